// Lets programs in by API keys under two web nodes: what they may, what they may not, who is named for it, and how they end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { inDirectory } from '#lib/tenant-tx';
import {
  type Answer,
  addMember,
  type Call,
  cashSale,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { type Member, setMembership, userNames } from '#users';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let nodes: [TestApi, TestApi];
let mine: TestCompany;
let other: TestCompany;
let members: Record<'owner' | 'accountant' | 'clerk', Member>;
let as: Record<'owner' | 'accountant' | 'clerk', Call>;

before(async () => {
  house = await openTestHouse();
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  nodes = [await openTestApi(house.db), await openTestApi(house.db)];
  const add = (role: 'owner' | 'accountant' | 'clerk') => addMember(house.db, mine, role);
  members = { owner: await add('owner'), accountant: await add('accountant'), clerk: await add('clerk') };
  const [node] = nodes;
  as = {
    owner: await node.as(members.owner),
    accountant: await node.as(members.accountant),
    clerk: await node.as(members.clerk),
  };
});

after(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await house.close();
});

type Made = { id: string; prefix: string; secret: string };

async function make(role: keyof typeof as, body: object): Promise<Made> {
  const answer = await as[role]('POST', '/api-keys/', body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body as unknown as Made;
}

/** Asks by a key, at the first node unless told. */
const by =
  (secret: string, node = 0): Call =>
  (method, path, body, headers = {}) =>
    (nodes[node] ?? nodes[0]).call(method, `/api/v1${path}`, body, {
      authorization: `Bearer ${secret}`,
      ...headers,
    });
const me = (secret: string, node = 0): Promise<Answer> => by(secret, node)('GET', '/users/me/');
const service = (more: object = {}) =>
  make('owner', { name: 'Shop', kind: 'service', role: 'clerk', ...more });

const lastAuditRows = async () =>
  (
    await mine.run((tx) =>
      sql<{
        actor_id: string;
        request_id: string;
        subject: string;
        content: string;
      }>`select actor_id, request_id, subject, content
        from audit_rows where block_seq = (select max(block_seq) from audit_rows) order by nth`.execute(
        tx.db,
      ),
    )
  ).rows;

describe('a personal key', () => {
  test('acts as its person: with their role as it is at the moment, in their company only', async () => {
    const key = await make('accountant', { name: 'My reports' });
    const { status, body } = await me(key.secret);
    assert.deepEqual(
      [status, body.id, body.email],
      [200, members.accountant.userId, members.accountant.email],
    );
    assert.equal((await by(key.secret)('GET', '/accounts/')).status, 200);
    faultsOf(await by(key.secret)('GET', '/users/me/', undefined, { 'x-tenant': other.tenant.slug }), 403);
    const setRole = (role: 'accountant' | 'storekeeper') =>
      inDirectory(house.db, (tx) => setMembership(tx, members.accountant.userId, mine.tenant.id, role));
    await setRole('storekeeper');
    faultsOf(await by(key.secret)('GET', '/accounts/'), 403);
    await setRole('accountant');
    await house.superuser.query('update users set is_active = false where id = $1', [
      members.accountant.userId,
    ]);
    for (const node of [0, 1]) faultsOf(await me(key.secret, node), 401);
    await house.superuser.query('update users set is_active = true where id = $1', [
      members.accountant.userId,
    ]);
    assert.equal((await me(key.secret)).status, 200);
  });

  test('is its person’s to list and to revoke, and nobody else’s but theirs who manage keys', async () => {
    const key = await make('accountant', { name: 'Mine' });
    const names = (answer: Answer) => answer.body.results.map(({ name }) => name);
    assert.ok(names(await as.accountant('GET', '/api-keys/')).includes('Mine'));
    assert.ok(!names(await as.clerk('GET', '/api-keys/')).includes('Mine'));
    faultsOf(await as.clerk('GET', '/api-keys/?of=company'), 403);
    assert.ok(names(await as.owner('GET', '/api-keys/?of=company')).includes('Mine'));
    faultsOf(await as.clerk('DELETE', `/api-keys/${key.id}/`), 404);
    assert.equal((await me(key.secret)).status, 200);
    assert.equal((await as.owner('DELETE', `/api-keys/${key.id}/`)).status, 204);
    faultsOf(await me(key.secret), 401);
  });
});

describe('a key', () => {
  test('is told once and kept as a hash, with its use written down at most once a minute', async () => {
    const key = await make('accountant', { name: 'Once' });
    assert.match(key.secret, new RegExp(`^hmx_${key.prefix}_[A-Za-z0-9_-]{43}$`));
    const row = async () =>
      (await house.superuser.query('select * from api_keys where id = $1', [key.id])).rows[0];
    assert.ok(!JSON.stringify(await row()).includes(key.secret.slice(13)));
    const listed = await as.accountant('GET', '/api-keys/');
    assert.ok(!JSON.stringify(listed.body).includes(key.secret.slice(13)));
    assert.equal((await row()).last_used_at, null);
    await Promise.all([0, 1, 0, 1].map((node) => me(key.secret, node)));
    const first = (await row()).last_used_at;
    await me(key.secret);
    assert.deepEqual((await row()).last_used_at, first);
    await house.superuser.query("update api_keys set last_used_at = now() - interval '61 s' where id = $1", [
      key.id,
    ]);
    await me(key.secret);
    assert.ok((await row()).last_used_at >= first);
  });

  test('is refused on every node from the next request on when it is revoked or out of time', async () => {
    for (const end of [
      (id: string) => as.owner('DELETE', `/api-keys/${id}/`),
      (id: string) => house.superuser.query('update api_keys set expires_at = now() where id = $1', [id]),
    ]) {
      const key = await service();
      for (const node of [0, 1]) assert.equal((await me(key.secret, node)).status, 200);
      await end(key.id);
      for (const node of [0, 1]) faultsOf(await me(key.secret, node), 401);
    }
  });

  test('that is altered, cut, unknown or not one at all opens nothing', async () => {
    const { secret, prefix } = await service();
    const swapped = secret.endsWith('A') ? 'B' : 'A';
    for (const text of [
      'hmx_',
      secret.slice(0, -1),
      `${secret.slice(0, -1)}${swapped}`,
      `${secret}x`,
      secret.toUpperCase(),
      secret.replace(prefix, 'aaaaaaaa'),
      `hmx_${prefix}_`,
      `hmx_${prefix}_' or true --`,
    ])
      faultsOf(await me(text), 401);
  });

  test('does with its scopes what they name, and never more than its role', async () => {
    const reads = await service({ scopes: ['accounting.*.view'] });
    assert.equal((await by(reads.secret)('GET', '/accounts/')).status, 200);
    faultsOf(await by(reads.secret)('POST', '/journal-entries/', cashSale('2024-01-05', '1.00')), 403);
    for (const name of (await me(reads.secret)).body.permissions as string[])
      assert.match(name, /^accounting\.\w+\.view$/);
    const posts = await service({ scopes: ['accounting.journal_entry.post'] });
    assert.equal(
      (await by(posts.secret)('POST', '/journal-entries/', cashSale('2024-01-05', '1.00'))).status,
      201,
    );
    faultsOf(await by(posts.secret)('GET', '/accounts/'), 403);
    const wide = await service({ scopes: ['*'] });
    const account = { code: '9001', name: 'No', type: 'asset' };
    faultsOf(await by(wide.secret)('POST', '/accounts/', account), 403);
    const whole = await service({ role: 'owner' });
    assert.equal((await by(whole.secret)('POST', '/accounts/', account)).status, 201);
  });

  test('of whatever role neither sees, makes nor revokes keys, nor does what is a person’s own', async () => {
    const { secret, id } = await service({ role: 'owner', scopes: ['*', 'users.*'] });
    const call = by(secret);
    faultsOf(await call('GET', '/api-keys/'), 403);
    faultsOf(await call('POST', '/api-keys/', { name: 'Child' }), 403);
    faultsOf(await call('DELETE', `/api-keys/${id}/`), 403);
    faultsOf(
      await nodes[0].call('POST', '/api/v1/auth/logout/', undefined, { authorization: `Bearer ${secret}` }),
      401,
    );
    faultsOf(await nodes[0].call('POST', '/api/v1/auth/refresh/', { refresh: secret }), 401);
  });

  test('opens no page', async () => {
    const { secret } = await service({ role: 'owner' });
    const headers = { authorization: `Bearer ${secret}`, host: `${mine.tenant.slug}.localhost` };
    assert.equal((await nodes[0].call('GET', '/accounts/', undefined, headers)).status, 303);
  });
});

describe('a service key', () => {
  test('is named as itself by the books, the log and the entries that it made', async () => {
    const key = await service({ name: 'Web shop' });
    const { status, body } = await by(key.secret)(
      'POST',
      '/journal-entries/',
      cashSale('2024-01-06', '2.00'),
    );
    assert.deepEqual([status, body.created_by], [201, 'Web shop (API key)']);
    const [row] = await lastAuditRows();
    assert.equal(row?.actor_id, key.id);
    assert.match(row?.request_id ?? '', new RegExp(`^[0-9a-f-]{36}-${key.prefix}$`));
    assert.deepEqual(await userNames(house.db, [key.id]), new Map([[key.id, 'Web shop (API key)']]));
    const seen = await as.clerk('GET', `/journal-entries/${body.id}/`);
    assert.equal(seen.body.created_by, 'Web shop (API key)');
  });

  test('is made by an owner only, as it may more than others have to give', async () => {
    const wanted = { name: 'Shop', kind: 'service', role: 'clerk' };
    faultsOf(await as.accountant('POST', '/api-keys/', wanted), 403);
    faultsOf(await as.clerk('POST', '/api-keys/', wanted), 403);
  });

  test('of another company is not there', async () => {
    const stranger = await nodes[0].as(await addMember(house.db, other, 'owner'));
    const key = await service();
    faultsOf(await stranger('DELETE', `/api-keys/${key.id}/`), 404);
    assert.equal((await stranger('GET', '/api-keys/?of=company')).body.count, 0);
    assert.equal((await me(key.secret)).status, 200);
  });
});

test('making and revoking are in the company’s log, with who did it and without the secret', async () => {
  const key = await service({ name: 'Logged' });
  const [made] = await lastAuditRows();
  await as.owner('DELETE', `/api-keys/${key.id}/`);
  const [ended] = await lastAuditRows();
  for (const row of [made, ended]) {
    assert.deepEqual([row?.subject, row?.actor_id], ['api_key', members.owner.userId]);
    assert.ok(!row?.content.includes(key.secret.slice(13)));
  }
  assert.match(made?.content ?? '', /"name": ?"Logged"/);
  assert.match(ended?.content ?? '', /"revoked": ?true/);
});

test('a key that cannot be is refused with every fault at once, and nothing is stored', async () => {
  const count = async () => (await house.superuser.query('select count(*) from api_keys')).rows[0].count;
  const before = await count();
  const bad = {
    name: ' ',
    kind: 'service',
    role: 'king',
    scopes: ['Accounting', 'a..b'],
    expires_in_days: 0,
  };
  const answer = await as.owner('POST', '/api-keys/', bad);
  const pointers = (of: Answer) => faultsOf(of, 422).map((fault) => fault.split(' ')[0]);
  assert.deepEqual(pointers(answer), ['/expires_in_days', '/name', '/role', '/scopes/0', '/scopes/1']);
  const personal = await as.owner('POST', '/api-keys/', { name: 'x', role: 'clerk', scopes: [] });
  assert.deepEqual(pointers(personal), ['/role', '/scopes']);
  assert.equal(await count(), before);
});
