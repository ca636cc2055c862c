// Follows what people do into the audit log: who, from where, before, after and why.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { compareJournal, postEntries, reverseEntry, setPeriodStatus } from '#accounting';
import { readChain } from '#lib/audit/read-chain';
import { verifyChain } from '#lib/audit/verify-chain';
import { type Actor, inDirectory, inTenant, systemActor } from '#lib/tenant-tx';
import { setTenantStatus } from '#tenancy';
import {
  addMember,
  cashSale,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { setMembership, setPassword } from '#users';

let house: TestHouse;
let company: TestCompany;

const someone = (ip: string): Actor => ({
  userId: randomUUID(),
  email: 'a@example.com',
  name: 'A',
  role: 'accountant',
  requestId: randomUUID(),
  ip,
});

type Logged = {
  block: number;
  actor_id: string | null;
  request_id: string | null;
  ip: string | null;
  what: string;
  subject_id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  reason: string | null;
};

/** What has been logged since the last call. */
let seen = 0;
async function news(): Promise<Logged[]> {
  const { rows } = await company.run((tx) =>
    sql<Logged>`select block_seq as block, actor_id, request_id, abbrev(ip) as ip, subject || ' ' || action as what,
      subject_id, content::jsonb -> 'before' as before, content::jsonb -> 'after' as after, content::jsonb ->> 'reason' as reason
      from audit_rows where block_seq > ${seen} order by block_seq, nth`.execute(tx.db),
  );
  seen = rows.at(-1)?.block ?? seen;
  return rows;
}

before(async () => {
  house = await openTestHouse(8);
  company = await createCompany(house.db);
});

after(async () => {
  const report = await inTenant(
    house.db,
    company.tenant,
    systemActor,
    async (tx) => (await verifyChain(readChain(tx))).fault ?? (await compareJournal(tx)),
    { snapshot: true },
  );
  await house.close();
  assert.equal(report, null, 'the chain holds after all of the tests');
});

test('a company’s log begins with its own making, in one block', async () => {
  const rows = await news();
  assert.deepEqual(new Set(rows.map((row) => row.block)), new Set([1]));
  assert.equal(rows[0]?.what, 'tenant create');
  assert.equal(rows[0]?.after?.slug, company.tenant.slug);
  const counts = Map.groupBy(rows, (row) => row.what);
  assert.equal(counts.get('company create')?.length, 1);
  assert.equal(counts.get('fiscal_year create')?.length, 2);
  assert.equal(counts.get('period create')?.length, 24);
  assert.ok((counts.get('account create')?.length ?? 0) > 50);
});

test('a posted entry is logged whole, with who posted it, by which request and from where', async () => {
  const actor = someone('192.0.2.9');
  const [id = ''] = (await company.run((tx) => postEntries(tx, [cashSale('2024-01-10', '12.5')]), actor)).map(
    (result) => result.id,
  );
  const [row, ...others] = await news();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [row?.actor_id, row?.request_id, row?.ip, row?.what, row?.subject_id, row?.before, row?.reason],
    [actor.userId, actor.requestId, '192.0.2.9', 'journal_entry post', id, null, null],
  );
  assert.equal(row?.after?.number, 'JV-2024-000001');
  assert.equal(row?.after?.total, '12.50');
  assert.deepEqual(row?.after?.lines, [
    { line: 1, account: '1010', currency: 'USD', debit: '12.50', credit: '0.00', memo: null },
    { line: 2, account: '4010', currency: 'USD', debit: '0.00', credit: '12.50', memo: null },
  ]);
});

test('entries that share a transaction share a block, and each row names its own request', async () => {
  const actors = ['192.0.2.1', '2001:db8::1', '192.0.2.3'].map(someone);
  const entries = [2, 0, 1].map((by) => ({ ...cashSale('2024-01-11', '1.00', { reference: `${by}` }), by }));
  await inTenant(house.db, company.tenant, systemActor, (tx) => postEntries(tx, entries), { actors });
  const rows = await news();
  assert.equal(new Set(rows.map((row) => row.block)).size, 1);
  const own = (row: Logged) => actors[Number(row.after?.reference)];
  assert.deepEqual(
    rows.map((row) => [row.actor_id, row.request_id, row.ip, row.after?.posted_by]),
    rows.map((row) => [own(row)?.userId, own(row)?.requestId, own(row)?.ip, own(row)?.userId]),
  );
});

test('a reversal names what it reverses', async () => {
  const [id = ''] = await company.post(cashSale('2024-01-12', '3.00'));
  await company.run((tx) => reverseEntry(tx, id));
  const [posted, reversal] = await news();
  assert.deepEqual(reversal?.after?.reverses, { id, number: posted?.after?.number });
});

test('what was refused, rolled back or only tried leaves no row', async () => {
  await company.run((tx) => postEntries(tx, [cashSale('1999-01-01', '1.00')]));
  await company.run((tx) => postEntries(tx, [cashSale('2024-01-12', '1.00')], { dryRun: true }));
  const work = company.run(async (tx) => {
    await tx.db.updateTable('accounts').set({ name: 'X' }).where('code', '=', '1010').execute();
    await postEntries(tx, [cashSale('2024-01-12', '1.00')]);
    throw new Error('no');
  });
  await assert.rejects(work, /no/);
  await company.run((tx) => tx.db.updateTable('accounts').set({ name: sql`name` }).execute());
  assert.deepEqual(await news(), []);
});

test('an account is logged as it was and as it is; what comes before a posting stands before it', async () => {
  const actor = someone('192.0.2.4');
  await company.run(async (tx) => {
    await tx.db.insertInto('accounts').values({ code: 'N1', name: 'New', type: 'asset' }).execute();
    await postEntries(tx, [cashSale('2024-01-13', '1.00')]);
    await tx.db.updateTable('accounts').set({ name: 'Newer' }).where('code', '=', 'N1').execute();
    await tx.db.deleteFrom('accounts').where('code', '=', 'N1').execute();
  }, actor);
  const rows = await news();
  assert.deepEqual(
    rows.map((row) => [row.what, row.before?.name, row.after?.name, row.actor_id]),
    [
      ['account create', undefined, 'New', actor.userId],
      ['journal_entry post', undefined, undefined, actor.userId],
      ['account change', 'New', 'Newer', actor.userId],
      ['account delete', 'Newer', undefined, actor.userId],
    ],
  );
});

test('a period’s closing is logged with its reason, which nothing else in the transaction inherits', async () => {
  const reason = 'VAT return of March was filed; "final"';
  await company.run(async (tx) => {
    const { id } = await tx.db
      .selectFrom('periods')
      .select('id')
      .where('starts_on', '=', '2024-03-01')
      .executeTakeFirstOrThrow();
    await setPeriodStatus(tx, id, 'closed', reason);
    await tx.db.updateTable('accounts').set({ name: 'Bank of Nepal' }).where('code', '=', '1020').execute();
    await setPeriodStatus(tx, id, 'open', 'a bill came late');
  });
  const rows = await news();
  assert.deepEqual(
    rows.map((row) => [row.what, row.before?.status, row.after?.status, row.reason]),
    [
      ['period change', 'open', 'closed', reason],
      ['account change', undefined, undefined, null],
      ['period change', 'closed', 'open', 'a bill came late'],
    ],
  );
});

test('over the API a change carries the request’s id, its address and the reason', async () => {
  const api = await openTestApi(house.db);
  const accountant = await addMember(house.db, company, 'accountant');
  await news();
  const call = await api.as(accountant);
  const periods = await call('GET', '/periods/?fiscal_year=2025');
  const id = periods.body.results[11]?.id;
  const closed = await call('PATCH', `/periods/${id}/`, { status: 'closed', reason: 'year end' });
  const posted = await call('POST', '/journal-entries/', cashSale('2025-01-10', '4.00'));
  assert.deepEqual([closed.status, posted.status], [200, 201]);
  const rows = await news();
  assert.deepEqual(
    rows.map((row) => [row.what, row.actor_id, row.request_id, row.ip, row.reason]),
    [
      ['period change', accountant.userId, closed.headers['x-request-id'], '127.0.0.1', 'year end'],
      ['journal_entry post', accountant.userId, posted.headers['x-request-id'], '127.0.0.1', null],
    ],
  );
  await api.close();
});

test('memberships, passwords and suspensions are logged in the company, and no secret with them', async () => {
  const clerk = await addMember(house.db, company, 'clerk');
  await inDirectory(house.db, async (tx) => {
    await setMembership(tx, clerk.userId, company.tenant.id, 'auditor');
    await setMembership(tx, clerk.userId, company.tenant.id, 'auditor');
    await setPassword(tx, clerk.email, 'another secret of theirs');
  });
  await setTenantStatus(house.db, company.tenant.slug, 'suspended');
  await setTenantStatus(house.db, company.tenant.slug, 'active');
  const rows = await news();
  assert.deepEqual(
    rows.map((row) => [
      row.what,
      row.before?.role ?? row.before?.status,
      row.after?.role ?? row.after?.status,
    ]),
    [
      ['membership create', undefined, 'clerk'],
      ['membership change', 'clerk', 'auditor'],
      ['user change', undefined, undefined],
      ['tenant change', 'active', 'suspended'],
      ['tenant change', 'suspended', 'active'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(rows), /secret of theirs|argon2/);
});

test('from many connections at once the chain grows without a fork or a deadlock', async () => {
  const name = (index: number) => `Name ${index}`;
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      if (index % 4 === 0) await switchRole();
      else if (index % 4 === 1) {
        await company.run((tx) =>
          tx.db
            .updateTable('accounts')
            .set({ name: name(index) })
            .where('code', '=', '1010')
            .execute(),
        );
      } else await company.post(cashSale('2024-05-01', `${index}.00`), cashSale('2024-06-01', '1.00'));
    }),
  );
  const rows = await news();
  assert.equal(rows.filter((row) => row.what === 'journal_entry post').length, 40);
  assert.equal(rows.filter((row) => row.what === 'account change').length, 10);
  assert.equal(rows.filter((row) => row.what === 'membership change').length, 10);
});

/** Gives the clerk another role than before. */
async function switchRole(): Promise<void> {
  await inDirectory(house.db, async (tx) => {
    const { id } = await tx.db
      .selectFrom('users')
      .select('id')
      .where('email', 'like', 'clerk@%')
      .forUpdate()
      .executeTakeFirstOrThrow();
    const now = await tx.db
      .selectFrom('memberships')
      .select('role')
      .where('user_id', '=', id)
      .executeTakeFirstOrThrow();
    await setMembership(tx, id, company.tenant.id, now.role === 'clerk' ? 'storekeeper' : 'clerk');
  });
}
