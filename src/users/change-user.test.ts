// Changes people in every way there is, and looks into their companies' audit logs for who did it and from where.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { type Actor, inDirectory } from '#lib/tenant-tx';
import {
  addMember,
  createCompany,
  openTestHouse,
  type TestCompany,
  type TestHouse,
  testPassword,
} from '#test/company';
import { changeUser } from './change-user.ts';
import { ensureUser, type Member, setMembership, setPassword } from './user.ts';

let house: TestHouse;
let companies: [TestCompany, TestCompany];
let member: Member;

const admin: Actor = {
  userId: randomUUID(),
  email: 'owner@example.com',
  name: 'An owner',
  role: 'owner',
  requestId: randomUUID(),
  ip: '192.0.2.7',
};

before(async () => {
  house = await openTestHouse();
  companies = [await createCompany(house.db), await createCompany(house.db)];
});
after(() => house.close());

let seen = new Map<TestCompany, number>();
beforeEach(async () => {
  const [company, other] = companies;
  member = await addMember(house.db, company, 'clerk');
  await inDirectory(house.db, (tx) => setMembership(tx, member.userId, other.tenant.id, 'auditor'));
  for (const each of companies) await news(each);
});

/** What was logged since the last call: who, where from, what, before and after. */
async function news(company: TestCompany) {
  const { rows } = await company.run((tx) =>
    sql<{ block: number; row: unknown[] }>`select block_seq as block,
      json_build_array(actor_id, request_id, abbrev(ip), subject || ' ' || action, content::json -> 'before', content::json -> 'after') as row
      from audit_rows where block_seq > ${seen.get(company) ?? 0} order by block_seq, nth`.execute(tx.db),
  );
  seen = new Map(seen).set(company, rows.at(-1)?.block ?? seen.get(company) ?? 0);
  return rows.map(({ row }) => row);
}

const origin = [admin.userId, admin.requestId, admin.ip];
const change = (facts: Parameters<typeof changeUser>[2], email = member.email) =>
  inDirectory(house.db, (tx) => changeUser(tx, email, facts), admin);

test('name, address and deactivation are logged in each company of the person, with who did it and from where', async () => {
  const { email, name } = member;
  const before = { email, name, active: true };
  const after = { email: `new-${email}`, name: 'Another name', active: false };
  await change({ name: ' Another name ', email: `NEW-${email}`, active: false });
  for (const company of companies)
    assert.deepEqual(await news(company), [[...origin, 'user change', before, after]]);
  await change({ active: false }, after.email);
  for (const company of companies) assert.deepEqual(await news(company), [], 'nothing was changed');
  await change(before, after.email);
});

test('role and password are logged with who did it and from where, and no password is in the log', async () => {
  const { email, name } = member;
  const [company, other] = companies;
  await inDirectory(
    house.db,
    async (tx) => {
      await setMembership(tx, member.userId, company.tenant.id, 'accountant');
      await setPassword(tx, email, 'another secret');
    },
    admin,
  );
  const changed = [...origin, 'user change', null, { email, password: 'changed' }];
  assert.deepEqual(await news(company), [
    [...origin, 'membership change', { email, name, role: 'clerk' }, { email, name, role: 'accountant' }],
    changed,
  ]);
  assert.deepEqual(await news(other), [changed]);
  const log = await company.run((tx) =>
    sql<{
      n: number;
    }>`select count(*) as n from audit_rows where content like '%secret%' or content like '%argon2%'`.execute(
      tx.db,
    ),
  );
  assert.equal(log.rows[0]?.n, 0);
});

test('a new user is logged where they become a member', async () => {
  const [company] = companies;
  const facts = { email: `fresh@${company.tenant.slug}.test`, name: 'Fresh' };
  await inDirectory(
    house.db,
    async (tx) => {
      const id = await ensureUser(tx, { ...facts, password: testPassword });
      await setMembership(tx, id, company.tenant.id, 'auditor');
    },
    admin,
  );
  assert.deepEqual(await news(company), [
    [...origin, 'membership create', null, { ...facts, role: 'auditor' }],
  ]);
});

test('a faulty change is refused with every fault, and an unknown address is told', async () => {
  const [company] = companies;
  const owner = await addMember(house.db, company, 'owner');
  await news(company);
  await assert.rejects(
    change({ name: ' ', email: 'nobody' }),
    (problem: { errors: { pointer: string }[] }) => {
      assert.deepEqual(
        problem.errors.map(({ pointer }) => pointer),
        ['/name', '/email'],
      );
      return true;
    },
  );
  await assert.rejects(change({ email: owner.email }), { code: 'users/email-taken' });
  await assert.rejects(change({ name: 'x' }, 'nobody@example.com'), { code: 'request/not-found' });
  assert.deepEqual(await news(company), []);
});
