// Reads the server's log while requests are refused: who was kept from what is there, and nothing that is secret.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import {
  addMember,
  createCompany,
  openTestHouse,
  type TestCompany,
  type TestHouse,
  testConfig,
} from '#test/company';
import { testKeyRing } from '#test/secret-keys';
import { type Member, openSession, Tokens } from '#users';
import { buildApp } from '../../src/app.ts';

type Line = { level: number; reqId: string; msg: string; refused?: Record<string, string> };

const [INFO, WARN] = [30, 40];

let house: TestHouse;
let company: TestCompany;
let app: FastifyInstance;
let clerk: Member;
let bearer: { authorization: string };
const written: string[] = [];

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
  clerk = await addMember(house.db, company, 'clerk');
  const config = testConfig({ HIMALYTIX_LOG_LEVEL: 'info', HIMALYTIX_RATE_LIMITS: 'company=20/600' });
  app = await buildApp(config, house.db, { log: { write: (line) => written.push(line) } });
  await app.ready();
  const { access } = await new Tokens(house.db, testKeyRing).issue(clerk);
  bearer = { authorization: `Bearer ${access}` };
});

after(async () => {
  await app.close();
  await house.close();
});

beforeEach(() => {
  written.length = 0;
});

const refusals = () => written.map((line) => JSON.parse(line) as Line).filter(({ refused }) => refused);

describe('the log of the server', () => {
  test('tells who was kept from what, by the route and the id that the answer bears', async () => {
    const url = '/api/v1/members/00000000-0000-4000-8000-000000000000/?note=personal';
    const answer = await app.inject({ method: 'DELETE', url, headers: bearer });
    assert.equal(answer.statusCode, 403);
    assert.deepEqual(
      refusals().map(({ level, reqId, msg, refused }) => ({ level, reqId, msg, refused })),
      [
        {
          level: WARN,
          reqId: answer.headers['x-request-id'],
          msg: 'users/permission-missing',
          refused: {
            ip: '127.0.0.1',
            route: 'DELETE /api/v1/members/:id/',
            user: clerk.userId,
            tenant: company.tenant.id,
          },
        },
      ],
    );
    assert.doesNotMatch(written.join(''), /personal|0000-4000/);
  });

  test('tells of forged tokens, cookies and forms, and repeats none of them', async () => {
    const forged = `${bearer.authorization.slice(0, -8)}AAAAAAAA`;
    const session = await openSession(house.db, clerk, { ip: '127.0.0.1', userAgent: undefined });
    const host = `${company.tenant.slug}.localhost`;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const tries = [
      { url: '/api/v1/accounts/', headers: { authorization: forged } },
      { url: '/api/v1/accounts/', headers: { authorization: 'Bearer hx_personal_forged' } },
      { url: '/', headers: { host, cookie: 'himalytix_session=forged' } },
      {
        method: 'POST' as const,
        url: '/account/',
        headers: { host, ...form, cookie: `himalytix_session=${session}` },
        payload: '_csrf=forged&name=x',
      },
    ];
    for (const each of tries) assert.ok((await app.inject(each)).statusCode >= 300);
    assert.deepEqual(
      refusals().map(({ level, refused }) => [level, refused?.route]),
      [
        [WARN, 'GET /api/v1/accounts/'],
        [WARN, 'GET /api/v1/accounts/'],
        [WARN, 'GET /'],
        [WARN, 'POST /account/'],
      ],
    );
    for (const secret of [forged, session, 'forged', '_csrf'])
      assert.ok(!written.join('').includes(secret), 'what was sent is not in the log');
  });

  test('says nothing of strangers who are sent to sign in', async () => {
    await app.inject({ url: '/', headers: { host: `${company.tenant.slug}.localhost` } });
    await app.inject({ url: '/api/v1/accounts/' });
    assert.deepEqual(written, []);
  });

  test('tells of exceeded limits where it is asked for more than warnings, so that nobody floods it', async () => {
    let status = 200;
    for (let times = 0; times < 25 && status === 200; times += 1)
      status = (await app.inject({ url: '/api/v1/users/me/', headers: bearer })).statusCode;
    assert.equal(status, 429);
    assert.deepEqual(
      refusals().map(({ level, msg }) => [level, msg]),
      [[INFO, 'request/rate-limited']],
    );
  });
});
