// What is revoked or changed anywhere holds on two web processes within a second, and who cannot hear of changes asks each time.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inDirectory } from '#lib/tenant-tx';
import { setTenantStatus } from '#tenancy';
import { addMember, testPassword } from '#test/company';
import { testSecretKeys } from '#test/secret-keys';
import { createApiKey, ensureUser, type Member, memberByEmail, openSession, setMembership } from '#users';
import type { Outcome } from './asker.ts';
import { NODES, openTwoNodes, type TwoNodes } from './two-nodes.ts';

let nodes: TwoNodes;

const himalytix = fileURLToPath(new URL('../../bin/himalytix', import.meta.url));
const command = (...args: string[]) =>
  promisify(execFile)(process.execPath, [himalytix, ...args], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: nodes.house.url,
      HIMALYTIX_SECRET_KEYS: testSecretKeys,
      ANOTHER_PASSWORD: 'plinth vexed quartz',
    },
  });

/** Another process than the nodes does it; `holds` is what they both answer within a second. */
type Change = {
  name: string;
  make: (member: Member, token: string) => Promise<unknown>;
  holds: (answer: Outcome) => boolean;
};

const may =
  (permission: string) =>
  ({ body }: Outcome) =>
    (body.permissions as string[]).includes(permission);
const refused = ({ status }: Outcome) => status === 401;
const patch = (body: object) => (member: Member) =>
  nodes.byOwner('PATCH', `/api/v1/members/${member.userId}/`, body);
const byHand = (text: string) => (member: Member) => nodes.house.superuser.query(text, [member.userId]);

/** Somebody of whom no other trial has said anything. */
async function anotherClerk(): Promise<Member> {
  const { db, company } = nodes.house;
  const email = `${randomUUID()}@example.com`;
  await inDirectory(db, async (tx) => {
    const userId = await ensureUser(tx, { email, name: 'Another', password: testPassword });
    await setMembership(tx, userId, company.tenant.id, 'clerk');
  });
  const member = await memberByEmail(db, company.tenant.id, email);
  assert.ok(member);
  return member;
}

const POST = 'accounting.journal_entry.post';

const madeAtTheOther: Change[] = [
  { name: 'another role', make: patch({ role: 'auditor' }), holds: ({ body }) => body.role === 'auditor' },
  { name: 'a grant', make: patch({ granted: ['users.member.view'] }), holds: may('users.member.view') },
  { name: 'a denial', make: patch({ denied: [POST] }), holds: (answer) => !may(POST)(answer) },
  { name: 'a limit', make: patch({ post_limit: '5' }), holds: ({ body }) => body.post_limit === '5.00' },
  {
    name: 'what a role of the company’s own may',
    make: async (member) => {
      await nodes.byOwner('POST', '/api/v1/roles/', { key: 'till', title: 'Till', permissions: [POST] });
      await patch({ role: 'till' })(member);
      await nodes.untilBoth(await nodes.issue(member), may(POST));
      await nodes.byOwner('PATCH', '/api/v1/roles/till/', { permissions: [] });
    },
    holds: (answer) => answer.body.role === 'till' && !may(POST)(answer),
  },
  {
    name: 'a removal',
    make: (member) => nodes.byOwner('DELETE', `/api/v1/members/${member.userId}/`),
    holds: refused,
  },
  {
    name: 'the end of a sign-in',
    make: (_, token) => nodes.ask(1, token, ['POST', '/api/v1/auth/logout/']),
    holds: refused,
  },
  {
    name: 'the end of a session in the list',
    make: async (_, token) => {
      const { body } = await nodes.ask(1, token, ['GET', '/api/v1/users/me/sessions/']);
      const [session] = body.results;
      await nodes.ask(1, token, ['DELETE', `/api/v1/users/me/sessions/${String(session?.id)}/`]);
    },
    holds: refused,
  },
];

const madeElsewhere: Change[] = [
  {
    name: 'a name',
    make: ({ email }) => command('user', 'change', '--email', email, '--name', 'Another name'),
    holds: ({ body }) => body.name === 'Another name',
  },
  {
    name: 'a person who is shut out',
    make: ({ email }) => command('user', 'change', '--email', email, '--deactivate'),
    holds: refused,
  },
  {
    name: 'another password',
    make: ({ email }) => command('user', 'change', '--email', email, '--password-env', 'ANOTHER_PASSWORD'),
    holds: refused,
  },
  {
    name: 'a denial by command',
    make: ({ email }) =>
      command(
        'member',
        'change',
        '--email',
        email,
        '--tenant',
        nodes.house.company.tenant.slug,
        '--deny',
        POST,
      ),
    holds: (answer) => !may(POST)(answer),
  },
  {
    name: 'a role that was taken by hand at the database',
    make: byHand("update memberships set role = 'storekeeper' where user_id = $1"),
    holds: ({ body }) => body.role === 'storekeeper',
  },
];

const roleByHand = (role: string) =>
  nodes.house.superuser.query(`update memberships set role = '${role}' where user_id = $1`, [
    nodes.house.member.userId,
  ]);

describe('of two nodes', () => {
  before(async () => {
    nodes = await openTwoNodes('off');
  });
  after(() => nodes?.close());

  for (const [where, all] of [
    ['at the other node', madeAtTheOther],
    ['by a command or by hand', madeElsewhere],
  ] as const)
    for (const { name, make, holds } of all)
      test(`${name}, made ${where}, holds on both nodes within a second`, async () => {
        const member = await anotherClerk();
        const token = await nodes.issue(member);
        await nodes.untilBoth(token, ({ status }) => status === 200);
        await make(member, token);
        const ms = await nodes.untilBoth(token, holds);
        assert.ok(ms < 1000, `${ms} ms`);
      });

  test('a company that is suspended is shut on both nodes within a second, and open again as soon', async () => {
    const { slug } = nodes.house.company.tenant;
    const owner = await nodes.issue(await addMember(nodes.house.db, nodes.house.company, 'owner'));
    await nodes.untilBoth(owner, ({ status }) => status === 200);
    await setTenantStatus(nodes.house.db, slug, 'suspended');
    assert.ok((await nodes.untilBoth(owner, ({ status }) => status === 403)) < 1000);
    await setTenantStatus(nodes.house.db, slug, 'active');
    assert.ok((await nodes.untilBoth(owner, ({ status }) => status === 200)) < 1000);
  });

  test('an API key that is revoked, of a person or of the company, is refused by both nodes from the next request on', async () => {
    const { id } = nodes.house.company.tenant;
    for (const whom of [{ userId: nodes.house.member.userId }, { role: 'clerk' }]) {
      const input = { name: 'till', for: whom };
      const key = await inDirectory(nodes.house.db, (tx) => createApiKey(tx, id, input, null));
      for (const node of NODES) assert.equal((await nodes.ask(node, key.secret)).status, 200);
      const used = 'select last_used_at is not null as used from api_keys where id = $1';
      assert.deepEqual((await nodes.house.superuser.query(used, [key.id])).rows, [{ used: true }]);
      await nodes.byOwner('DELETE', `/api/v1/api-keys/${key.id}/`);
      for (const node of NODES) assert.equal((await nodes.ask(node, key.secret)).status, 401);
    }
  });

  test('a page’s session that was signed out at one node is over at the other', async () => {
    const cookie = `himalytix_session=${await openSession(nodes.house.db, nodes.house.member, { ip: null, userAgent: undefined })}`;
    const host = `${nodes.house.company.tenant.slug}.localhost`;
    const page = (node: number) => nodes.send(node, ['GET', '/account/'], { cookie, host });
    for (const node of NODES) assert.equal((await page(node)).status, 200);
    const { rows } = await nodes.house.superuser.query<{ csrf_token: string }>(
      'select csrf_token from sessions where user_id = $1',
      [nodes.house.member.userId],
    );
    const headers = { cookie, host, 'x-csrf-token': rows[0]?.csrf_token ?? '' };
    const out = await nodes.send(1, ['POST', '/sign-out/'], headers);
    assert.equal(out.status, 303);
    assert.equal((await page(0)).headers.location, '/sign-in/?next=%2Faccount%2F');
  });

  test('a change of which nothing is told, as behind a pooler, holds on both nodes within a second', async () => {
    const token = await nodes.issue(nodes.house.member);
    await nodes.house.superuser.query('alter table memberships disable trigger memberships_told');
    try {
      for (const role of ['clerk', 'accountant', 'clerk', 'accountant']) {
        await roleByHand(role);
        const ms = await nodes.untilBoth(token, ({ body }) => body.role === role);
        assert.ok(ms < 1000, `${ms} ms`);
      }
    } finally {
      await nodes.house.superuser.query('alter table memberships enable trigger memberships_told');
    }
  });

  test('while a node cannot listen it asks the database each time, and is told of changes again afterwards', async () => {
    const token = await nodes.issue(nodes.house.member);
    const name = new URL(nodes.house.url).pathname.slice(1);
    const listeners = "application_name = 'himalytix changes' and datname = current_database()";
    const countOf = async () =>
      (
        await nodes.house.superuser.query(
          `select count(*)::int as n from pg_stat_activity where ${listeners}`,
        )
      ).rows[0].n;
    // The connections that serve requests stay, and no other comes.
    await Promise.all(NODES.flatMap((node) => Array.from({ length: 8 }, () => nodes.ask(node, token))));
    await nodes.house.superuser.query(`alter database ${name} connection limit 0`);
    try {
      await nodes.house.superuser.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where ${listeners}`,
      );
      while ((await countOf()) > 0) await delay(5);
      for (let n = 0; n < 20; n += 1) {
        const role = n % 2 === 0 ? 'clerk' : 'accountant';
        await roleByHand(role);
        for (const node of NODES)
          assert.equal((await nodes.ask(node, token)).body.role, role, 'from the next request on');
      }
      assert.equal(await countOf(), 0);
    } finally {
      await nodes.house.superuser.query(`alter database ${name} connection limit -1`);
    }
    while ((await countOf()) < 2) await delay(20);
    await roleByHand('clerk');
    assert.ok((await nodes.untilBoth(token, ({ body }) => body.role === 'clerk')) < 1000);
    await roleByHand('accountant');
  });
});
