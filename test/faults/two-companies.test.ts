// Two companies by turns on a pool of two connections, with requests that are cut off at random: no answer has a row of the other.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import {
  addMember,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { type Member, openSession } from '#users';
import { assertFired, seededRandom } from './trial.ts';

/** How many; WALL_REQUESTS=100000 is the long form. */
const REQUESTS = Number(process.env.WALL_REQUESTS ?? 2000);
const AT_ONCE = 12;

type Side = {
  company: TestCompany;
  member: Member;
  cookie: string;
  bearer: string;
  entry: string;
  other: string;
};

let house: TestHouse;
let api: TestApi;
let sides: [Side, Side];
let port: number;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

const sale = ({ tenant }: TestCompany, amount: string, entry_date = '2024-01-10') => ({
  entry_date,
  memo: `of ${tenant.slug}`,
  reference: tenant.slug,
  lines: [
    { account: '1010', debit: amount, memo: `line of ${tenant.slug}` },
    { account: '4010', credit: amount },
  ],
});

const bearerOf = async (member: Member) => `Bearer ${(await api.tokens.issue(member)).access}`;

async function sideOf(currency: string): Promise<Side> {
  const company = await createCompany(house.db, { currency });
  const member = await addMember(house.db, company, 'accountant');
  const ids = await company.post(...Array.from({ length: 300 }, (_, n) => sale(company, `${n + 1}.00`)));
  const token = await openSession(house.db, member, { ip: '127.0.0.1', userAgent: undefined });
  return {
    company,
    member,
    cookie: `himalytix_session=${token}`,
    bearer: await bearerOf(member),
    entry: ids[0] ?? '',
    other: '',
  };
}

before(async () => {
  house = await openTestHouse(2);
  api = await openTestApi(house.db);
  sides = [await sideOf('USD'), await sideOf('NPR')];
  [sides[0].other, sides[1].other] = [sides[1].entry, sides[0].entry];
  await api.app.listen({ port: 0 });
  port = (api.app.server.address() as AddressInfo).port;
});

after(async () => {
  agent.destroy();
  // Not by api.close(): the contract's check cannot read headers that went over a socket.
  await api.app.close();
  await house.close();
});

type Ask = { method?: string; path: string; status: number; body?: unknown; page?: boolean };

const reports = '/api/v1/reports';
const range = 'from=2024-01-01&to=2024-12-31';

/** What is asked by turns; the last of them for what is the other company's. What is posted lies outside of the long reports. */
const asks: ((side: Side) => Ask)[] = [
  () => ({ path: `${reports}/trial-balance/?as_of=2024-12-31`, status: 200 }),
  () => ({ path: '/api/v1/journal-entries/?page_size=20', status: 200 }),
  () => ({ path: '/api/v1/users/me/', status: 200 }),
  () => ({ path: `${reports}/day-book/?${range}&format=csv`, status: 200 }),
  () => ({ path: `${reports}/general-ledger/?account=1010&${range}&page=2`, status: 200 }),
  () => ({ path: '/journal-entries/', status: 200, page: true }),
  ({ company }) => ({
    method: 'POST',
    path: '/api/v1/journal-entries/',
    status: 201,
    body: sale(company, '1.00', '2025-01-10'),
  }),
  ({ entry }) => ({ path: `/api/v1/journal-entries/${entry}/`, status: 200 }),
  () => ({ path: '/reports/trial-balance/?as_of=2024-12-31', status: 200, page: true }),
  () => ({ path: `${reports}/balance-sheet/?as_of=2024-12-31&by=branch`, status: 200 }),
  ({ other }) => ({ path: `/api/v1/journal-entries/${other}/`, status: 404 }),
];

const counts = { answered: 0, cut: 0, busy: 0 };

/** Sends a request and reads its answer, or cuts it off after some milliseconds; null for what was cut off. */
async function send(
  side: Side,
  ask: Ask,
  cutAfter: number | null,
): Promise<{ status: number; text: string } | null> {
  const { tenant } = side.company;
  const own = ask.page
    ? { cookie: side.cookie, host: `${tenant.slug}.localhost` }
    : { authorization: side.bearer };
  const body = ask.body === undefined ? undefined : JSON.stringify(ask.body);
  const sent = httpRequest({
    port,
    agent,
    method: ask.method ?? 'GET',
    path: ask.path,
    headers: { ...own, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
  });
  // What is cut off at the very end of its answer has nobody else to tell.
  sent.on('error', () => {});
  const timer =
    cutAfter === null ? undefined : setTimeout(() => sent.destroy(new Error('cut off')), cutAfter);
  let text = '';
  try {
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    for await (const part of answer.setEncoding('utf8')) text += part;
    counts.answered += 1;
    return { status: answer.statusCode ?? 0, text };
  } catch (error) {
    if (cutAfter === null) throw error;
    counts.cut += 1;
    assertOwn(side, ask, text);
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** What was read, also before it was cut off, speaks of the one company only. */
function assertOwn(side: Side, ask: Ask, text: string): void {
  const stranger = sides.find((each) => each !== side)?.company.tenant;
  assert.ok(stranger);
  for (const foreign of [stranger.slug, stranger.id, `"currency":"${stranger.currency}"`])
    assert.ok(!text.includes(foreign), `${ask.path} of ${side.company.tenant.slug} says ${foreign}`);
}

async function trial(nth: number, random: () => number): Promise<void> {
  const side = sides[nth % 2] as Side;
  const ask = (asks[Math.floor(random() * asks.length)] as (typeof asks)[number])(side);
  const answer = await send(side, ask, random() < 0.25 ? random() * 25 : null);
  if (answer === null) return;
  assertOwn(side, ask, answer.text);
  if (answer.status === 503) counts.busy += 1;
  else assert.equal(answer.status, ask.status, `${ask.path}: ${answer.text.slice(0, 300)}`);
  if (answer.status === 200) assert.ok(answer.text.length > 50, ask.path);
}

const roomy = { timeout: 120_000 + REQUESTS * 40 };

test(
  'two companies by turns on two connections, some requests cut off, get not one foreign row',
  roomy,
  async (t) => {
    const random = seededRandom(t);
    let next = 0;
    const work = async () => {
      while (next < REQUESTS) {
        const nth = next++;
        // A token lasts ten minutes, which the long form outlasts.
        if (nth % 2000 < 2 && nth > 2)
          (sides[nth % 2] as Side).bearer = await bearerOf((sides[nth % 2] as Side).member);
        await trial(nth, random);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    t.diagnostic(`${REQUESTS} requests: ${JSON.stringify(counts)}`);
    assertFired(counts.cut > REQUESTS / 50, 'requests were cut off');
    assert.ok(counts.answered - counts.busy > REQUESTS / 2, JSON.stringify(counts));
    for (const { company } of sides) {
      const { rows } = await company.run((tx) =>
        sql<{ memo: string }>`select distinct memo from journal_entries`.execute(tx.db),
      );
      assert.deepEqual(rows, [{ memo: `of ${company.tenant.slug}` }]);
    }
    const { rows } = await house.db.pool.query(
      `select current_user = session_user as own, coalesce(current_setting('app.actor_id', true), '') as actor`,
    );
    assert.deepEqual(rows, [{ own: true, actor: '' }]);
  },
);
