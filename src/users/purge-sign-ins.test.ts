// Ages what is kept of signing in, and looks at what the daily purge leaves.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { addMember, createCompany, openTestHouse, type TestHouse } from '#test/company';
import { purgeSignIns } from './purge-sign-ins.ts';

let house: TestHouse;
let who: { user: string; tenant: string };

before(async () => {
  house = await openTestHouse(2);
  const member = await addMember(house.db, await createCompany(house.db), 'owner');
  who = { user: member.userId, tenant: member.tenantId };
});
after(() => house.close());

/** How to write a row that is so old, or whose time was over so long ago; $1 is the age. */
const rows: Record<string, [table: string, columns: string, values: unknown[]]> = {
  history: [
    'sign_in_events',
    "(at, id, user_id, succeeded, methods, door) values (now() - $1::interval, $2, $3, true, '{pwd}', 'page')",
    ['uuid', 'user'],
  ],
  origin: [
    'known_origins',
    '(used_at, origin_hash, user_id) values (now() - $1::interval, $2, $3)',
    ['hash', 'user'],
  ],
  failure: ['sign_in_throttles', '(failed_at, key) values (now() - $1::interval, $2)', ['hash']],
  link: [
    'password_resets',
    '(expires_at, id, token_hash, user_id) values (now() - $1::interval, $2, $3, $4)',
    ['uuid', 'hash', 'user'],
  ],
  invitation: [
    'invitations',
    "(expires_at, revoked_at, id, token_hash, tenant_id, email, role) values (now() - $1::interval, now(), $2, $3, $4, 'a@b.test', 'clerk')",
    ['uuid', 'hash', 'tenant'],
  ],
};

const made = (kind: unknown) =>
  kind === 'uuid' ? randomUUID() : kind === 'hash' ? randomBytes(32) : who[kind as keyof typeof who];

/** What is kept of each kind so long, as docs/sign-in.md says, and what is forgotten then. */
const ages: [kind: keyof typeof rows, kept: string, forgotten: string][] = [
  ['history', '179 days', '181 days'],
  ['origin', '89 days', '91 days'],
  ['failure', '24 hours', '26 hours'],
  ['link', '23 hours', '25 hours'],
  ['invitation', '89 days', '91 days'],
];

test('what is kept of sign-ins is forgotten when its time is over, and not before', async () => {
  for (const [kind, ...each] of ages) {
    const [table, columns, values] = rows[kind] ?? ['', '', []];
    for (const age of each)
      await house.superuser.query(`insert into public.${table} ${columns}`, [age, ...values.map(made)]);
  }
  await purgeSignIns(house.db);
  for (const [kind, kept] of ages) {
    const [table, columns] = rows[kind] ?? ['', ''];
    const column = /\((\w+)/.exec(columns)?.[1] ?? '';
    const { rows: left } = await house.superuser.query<{ old: boolean }>(
      `select ${column} < now() - $1::interval - interval '1 hour' as old from public.${table}`,
      [kept],
    );
    assert.deepEqual(left, [{ old: false }], `${kind}: one row of two is left, the younger one`);
  }
});

test('an accepted invitation is forgotten with its address, counted from the day on which it was accepted', async () => {
  for (const age of ['89 days', '91 days'])
    await house.superuser.query(
      `insert into public.invitations (id, token_hash, tenant_id, email, role, expires_at, accepted_at)
       values ($1, $2, $3, $4, 'clerk', now() - interval '95 days', now() - $5::interval)`,
      [randomUUID(), randomBytes(32), who.tenant, `after-${age.slice(0, 2)}@b.test`, age],
    );
  await purgeSignIns(house.db);
  const { rows: left } = await house.superuser.query(
    "select email from public.invitations where email like 'after-%'",
  );
  assert.deepEqual(left, [{ email: 'after-89@b.test' }]);
});
