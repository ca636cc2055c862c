// Brings the books of version 6 to the newest, and proves every number, balance and audited document of them.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { verifyBooks } from '#accounting';
import { type DirectoryTx, inDirectory, inTenant, systemActor, type Tenant } from '#lib/tenant-tx';
import { cashSale, openTestHouse, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';
import { assertProved, close, closingOf, refusalOf, reopen } from '#test/years';
import { migrateAll } from './migrate.ts';
import { applyMigrations, readMigrations } from './migrations.ts';
import { tenantFromRow } from './tenant.ts';
import { createTenantSchema } from './tenant-schema.ts';

/** The last version before dimensions, currencies, series and closings. */
const OLD = 6;

let house: TestHouse;
before(async () => {
  house = await openTestHouse(4);
});
after(() => house.close());

/** A company whose schema is at the old version, with a chart and the years 2023/24 and 2024/25 by hand. */
async function oldCompany(tx: DirectoryTx): Promise<Tenant> {
  const slug = `old-${randomBytes(4).toString('hex')}`;
  const schema = slug.replace('-', '_');
  const row = await tx.db
    .insertInto('tenants')
    .values({
      id: randomUUID(),
      slug,
      name: slug,
      schema_name: schema,
      role_name: `tenant_${schema}`,
      currency: 'USD',
      currency_scale: 2,
      calendar: 'gregorian',
      time_zone: 'UTC',
      schema_version: OLD,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const tenant = tenantFromRow(row);
  await createTenantSchema(tx, tenant.schema, tenant.role);
  await tx.client.query(`set local search_path = ${tenant.schema}, pg_temp`);
  const known = (await readMigrations('tenant')).slice(0, OLD);
  await applyMigrations(tx, tenant.schema, known, { schema: tenant.schema, role: tenant.role });
  await tx.client.query(`
    insert into company (currency, currency_scale, calendar) values ('USD', 2, 'gregorian');
    insert into accounts (code, name, type, category) values ('1010', 'Cash', 'asset', 'cash'), ('1020', 'Bank', 'asset', 'bank'),
      ('3100', 'Retained earnings', 'equity', 'retained_earnings'), ('4010', 'Sales', 'income', null), ('6110', 'Rent', 'expense', null);
    insert into fiscal_years (name, starts_on, ends_on) values ('2023/24', '2023-07-01', '2024-06-30'), ('2024/25', '2024-07-01', '2025-06-30');
    insert into periods (fiscal_year_id, number, name, starts_on, ends_on)
      select y.id, n, to_char(y.starts_on + make_interval(months => n - 1), 'Mon YYYY'), y.starts_on + make_interval(months => n - 1),
        y.starts_on + make_interval(months => n) - interval '1 day'
      from fiscal_years y, generate_series(1, 12) n`);
  return tenant;
}

type Old = { id: string; day: string; debit: string; credit: string; amount: string; reverses?: string };

/** Posts by the function of the old version, in its form; `by` is who it is said to be. */
async function postOld(client: pg.ClientBase, entries: Old[], by: string): Promise<string[]> {
  await client.query(`set local app.actor_id = '${by}'`);
  const heads = entries.map(({ id, day, reverses }, ix) => ({
    ix,
    id,
    entry_date: day,
    memo: `Entry ${ix}`,
    source: 'api',
    source_key: id,
    reverses_id: reverses ?? null,
  }));
  const lines = entries.flatMap(({ debit, credit, amount }, entry_ix) => [
    { entry_ix, line_ix: 0, account: debit, debit: amount, memo: 'with “words”' },
    { entry_ix, line_ix: 1, account: credit, credit: amount },
  ]);
  const { rows } = await client.query('select number, faults from post_entries($1, $2)', [
    JSON.stringify(heads),
    JSON.stringify(lines),
  ]);
  for (const { number, faults } of rows) assert.ok(number, JSON.stringify(faults));
  return rows.map(({ number }) => number);
}

/** Entries in both years in two batches, one reversed; a closed and a locked period; a draft; a kept answer. */
async function fillOld(tx: DirectoryTx): Promise<void> {
  const [by, first] = [randomUUID(), randomUUID()];
  const days = ['2023-07-01', '2023-12-31', '2024-06-30', '2024-07-01', '2024-07-01', '2025-06-30'];
  const sales = days.map((day, n) => ({
    id: n === 0 ? first : randomUUID(),
    day,
    debit: '1010',
    credit: '4010',
    amount: `${100 + n}.${n}5`,
  }));
  const numbers = await postOld(tx.client, sales, by);
  const more = [
    { id: randomUUID(), day: '2023-07-01', debit: '4010', credit: '1010', amount: '100.05', reverses: first },
    { id: randomUUID(), day: '2024-01-15', debit: '6110', credit: '1020', amount: '30.50' },
  ];
  await postOld(tx.client, more, by);
  await tx.client.query(`
    set constraints all immediate;
    select set_period_status(id, 'closed', 'old times') from periods where number < 3 and starts_on < '2024-01-01';
    select set_period_status(id, 'locked') from periods where number = 1 and starts_on < '2024-01-01';
    insert into journal_drafts (id, entry_date, memo, lines, total)
      values (gen_random_uuid(), '2024-03-01', 'unfinished', '[{"account": "1010", "debit": "1"}]', 1)`);
  await tx.client.query(
    `insert into idempotency_keys (actor_id, key, fingerprint, status, body) values ($1, 'k', sha256('x'), 201, $2)`,
    [by, JSON.stringify({ id: first, number: numbers[0] })],
  );
}

const seen = {
  entries:
    'select id, number, sequence, entry_date, total, reverses_id, posted_by, posted_at from {s}.journal_entries order by id',
  lines:
    'select entry_id, line_no, account_id, entry_date, currency, debit, credit, memo from {s}.journal_lines order by 1, 2',
  balances: 'select account_id, period_id, currency, debit, credit from {s}.account_balances order by 1, 2',
  audit: 'select block_seq, nth, actor_id, content, hash from {s}.audit_rows order by 1, 2',
  blocks: 'select * from {s}.audit_blocks order by seq',
  drafts: 'select id, entry_date, memo, lines, total, version from {s}.journal_drafts',
  answers: 'select actor_id, key, status, body from {s}.idempotency_keys',
  periods: 'select id, name, status, status_changed_by from {s}.periods order by id',
};

async function lookAt({ schema }: Tenant): Promise<Record<string, unknown[]>> {
  const all = Object.entries(seen).map(async ([what, query]) => {
    const { rows } = await house.superuser.query(query.replace('{s}', schema));
    return [what, rows] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

/** What the old version did not keep, or kept otherwise: counters by their first day, and sums of days. */
async function assertKeptRight({ schema }: Tenant): Promise<void> {
  const counters = `select s.code, c.since::text, c.last_number from ${schema}.number_counters c
    join ${schema}.number_series s on s.id = c.series_id order by since`;
  assert.deepEqual((await house.superuser.query(counters)).rows, [
    { code: 'JV', since: '2023-07-01', last_number: '5' },
    { code: 'JV', since: '2024-07-01', last_number: '3' },
  ]);
  const days = `select a.code, d.debit::numeric(9, 2)::text, d.credit::numeric(9, 2)::text, d.lines
    from ${schema}.account_days d join ${schema}.accounts a on a.id = d.account_id where entry_date in ('2023-07-01', '2024-07-01')
    order by entry_date, code`;
  assert.deepEqual((await house.superuser.query(days)).rows, [
    { code: '1010', debit: '100.05', credit: '100.05', lines: '2' },
    { code: '4010', debit: '100.05', credit: '100.05', lines: '2' },
    { code: '1010', debit: '207.80', credit: '0.00', lines: '2' },
    { code: '4010', debit: '0.00', credit: '207.80', lines: '2' },
  ]);
}

test('books of version 6 are the same in the newest, balance for balance and word for word, and go on', async () => {
  const tenant = await inDirectory(house.db, async (tx) => {
    const made = await oldCompany(tx);
    await fillOld(tx);
    return made;
  });
  const old = await lookAt(tenant);
  assert.equal(old.entries?.length, 8);
  assert.deepEqual((await migrateAll(house.db)).failures, []);
  assert.deepEqual(await lookAt(tenant), old);

  const run = <T>(work: Parameters<typeof inTenant<T>>[3]) => inTenant(house.db, tenant, systemActor, work);
  const company = {
    tenant,
    run,
    post: async () => {
      throw new Error('not used');
    },
  };
  await assertProved(house, company);
  await assertKeptRight(tenant);
  assert.match(await refusalOf(company, cashSale('2023-07-05', '1')), /accounting\/period-closed/);
  const year = await close(company, '2023/24');
  assert.deepEqual(await closingOf(company, year), [
    '4010 debit 203.40',
    '6110 credit 30.50',
    '3100 credit 172.90',
  ]);
  assert.equal(year.closing_entry?.number, 'CL-2023/24-000001');
  await reopen(company, '2023/24');
  const [next] = await run((tx) =>
    tx.db
      .selectFrom('journal_entries')
      .select('number')
      .where('number', 'like', 'JV-%')
      .orderBy('number')
      .execute(),
  );
  assert.equal(next?.number, 'JV-2023/24-000001');
  await assertBooksHold(house, company);
  assert.ok((await run(verifyBooks)).every(({ breaches }) => breaches === 0));
});
