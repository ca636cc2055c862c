// Tries by hand-written SQL, as the role of members who are limited to branches, to see or write what is of another branch.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { TenantTx } from '#lib/tenant-tx';
import { type BranchBooks, createBranchBooks, limitedActor, telltales } from '#test/branches';
import { openTestHouse, type TestHouse } from '#test/company';

let house: TestHouse;
let books: BranchBooks;
before(async () => {
  house = await openTestHouse();
  books = await createBranchBooks(house.db);
});
after(() => house.close());

const ktm = limitedActor(randomUUID(), ['KTM']);
const limited = <T>(work: (tx: TenantTx) => Promise<T>): Promise<T> => books.company.run(work, ktm);

describe('hand-written SQL of a limited member', () => {
  const entered: Record<string, (schema: string) => string> = {
    'sets its branches by a function': () => `select set_config('app.branches', '["PKR"]', true)`,
    'sets its role by a function': (s) => `select set_config('role', 'tenant_${s}', true)`,
    'writes the settings’ catalogue': () =>
      `update pg_settings set setting = '["PKR"]' where name = 'app.branches'`,
    'runs code': () => `do 'begin perform 1; end'`,
    'reads totals of entries': () => 'select total from journal_entries',
    'reads whole rows of entries': () => 'select * from journal_entries',
    'counts totals': () => 'select sum(e.total) from journal_entries e',
    'reads entries through a view': () => 'select * from journal',
    'reads documents of the audit log': () => 'select * from entry_documents',
    'calls what reads whole entries': () => `select whole_entries('{}')`,
    'closes a year': () => `select close_year('2024', gen_random_uuid(), null)`,
    'asks what a closing would post': () => `select closing_lines('2024-12-31')`,
    'changes what balances are kept of': () => `select keep_dimension_balances('branch', false)`,
    'asks what waits to be told': () => 'select * from outbox_of_company()',
    'turns row security off': () => 'alter table journal_lines disable row level security',
    'makes a policy': () => 'create policy mine on journal_lines using (true)',
    'makes a function of its own': () => `create function f() returns int language sql return 1`,
    'writes lines': () => 'insert into journal_lines select * from journal_lines',
    'writes answers of others': () =>
      `insert into idempotency_keys (actor_id, key, fingerprint, status, body, branches)
        values (gen_random_uuid(), 'k', sha256(''), 200, '{}', '{PKR}')`,
    'adds a branch to the company': () =>
      `insert into dimension_values (dimension_id, code, name) select id, 'MINE', 'Mine' from dimensions where code = 'branch'`,
    'keeps a draft of another branch': () =>
      `insert into journal_drafts (id, entry_date, memo, lines, total)
        values (gen_random_uuid(), '2024-01-01', 'x', '[{"dimensions": {"branch": "PKR"}}]', 0)`,
    'moves a draft to another branch': () =>
      `update journal_drafts set lines = '[{"dimensions": {"branch": "PKR"}}]'`,
  };
  for (const [deed, text] of Object.entries(entered)) {
    test(`does not get through when it ${deed}`, async () => {
      await assert.rejects(
        limited((tx) => sql.raw(text(books.company.tenant.schema)).execute(tx.db)),
        { code: '42501' },
      );
    });
  }

  test('finds nothing of another branch in any table or view of the company', async () => {
    const { schema } = books.company.tenant;
    const { rows: readable } = await house.superuser.query<{ name: string; columns: string }>(
      `select c.relname as name, string_agg(quote_ident(a.attname), ', ') as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'v')
         and has_column_privilege($2, c.oid, a.attnum, 'select') group by 1 order by 1`,
      [schema, `branch_${schema}`],
    );
    assert.ok(readable.length > 20);
    for (const { name, columns } of readable) {
      const { rows } = await limited((tx) =>
        sql<{
          text: string;
        }>`select to_jsonb(x)::text as text from (select ${sql.raw(columns)} from ${sql.id(name)}) x`.execute(
          tx.db,
        ),
      );
      // Amounts have four decimals here.
      const text = rows.map((row) => row.text.replaceAll(/(\.\d\d)00\b/g, '$1')).join('\n');
      assert.deepEqual(telltales(text), [], name);
    }
  });

  test('is told by what it calls of its own branch only', async () => {
    const { ids } = books;
    const calls = [
      `select document::text from posted_entries('{${Object.values(ids).join()}}') d`,
      `select document::text from seen_entries('{${Object.values(ids).join()}}') d`,
      `select trial_balance('2027-12-31', true)`,
      `select account_sums('{NULL}', '{2027-12-31}')`,
      `select report_sums('{NULL}', '{2027-12-31}', '{}', 4::smallint, null)`,
      `select line_sums('{NULL}', '{2027-12-31}', '{}', null, null, false)`,
      `select line_sums('{NULL}', '{2027-12-31}', array(select id from dimension_values), null, now(), false)`,
      `select ledger_frame(array(select id from accounts), '2024-01-01', '2027-12-31', 0, 10)`,
      `select ledger_page(array(select id from accounts), '2024-01-01', '2027-12-31', 0, 10, 0)`,
      `select dimensions_of('${ids.other}', 1::smallint)`,
      `select seen_total('${ids.other}'), seen_total('${ids.nowhere}')`,
    ];
    for (const call of calls) {
      const { rows } = await limited((tx) => sql.raw(call).execute(tx.db));
      assert.deepEqual(telltales(JSON.stringify(rows).replaceAll(/(\.\d\d)00\b/g, '$1')), [], call);
      assert.doesNotMatch(JSON.stringify(rows), /PKR/);
    }
  });
});

test('the rights of the two roles differ in what knows the company as a whole, and in nothing that nobody has thought of', async () => {
  const { schema, role } = books.company.tenant;
  const { rows } = await house.superuser.query<{ name: string }>(
    `select c.relname || ' ' || lower(p) as name from pg_class c, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
       where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'v')
         and has_any_column_privilege($2, c.oid, p) <> has_any_column_privilege($3, c.oid, p) and p in ('SELECT', 'INSERT', 'UPDATE')
     union all
     select p.proname from pg_proc p where p.pronamespace = $1::regnamespace
       and has_function_privilege($2, p.oid, 'execute') <> has_function_privilege($3, p.oid, 'execute')
     order by 1`,
    [schema, role, `branch_${schema}`],
  );
  assert.deepEqual(
    rows.map(({ name }) => name),
    [
      'close_year',
      'closing_lines',
      'entry_documents select',
      'journal select',
      'keep_dimension_balances',
      'outbox_of_company',
      'reopen_year',
      'schema_migrations select',
      'seen_entries',
      'seen_journal select',
      'seen_total',
      'whole_entries',
    ],
  );
});

test('every table of a company is behind a policy, or holds nothing of a branch', async () => {
  const { schema } = books.company.tenant;
  const { rows } = await house.superuser.query<{ name: string; forced: boolean }>(
    `select relname as name, relrowsecurity and relforcerowsecurity as forced from pg_class
     where relnamespace = $1::regnamespace and relkind = 'r' order by 1`,
    [schema],
  );
  const ofNoBranch = new Set([
    // The chart, the calendar and what is set for the whole company.
    ...[
      'company',
      'accounts',
      'fiscal_years',
      'periods',
      'period_exceptions',
      'number_series',
      'number_counters',
    ],
    ...['dimensions', 'required_dimensions', 'exchange_rates', 'schema_migrations'],
    // Hashes and counts; the limited role has no right on the last two.
    ...['audit_blocks', 'audit_head', 'audit_pending', 'entries_due'],
  ]);
  const open = rows.filter(({ name, forced }) => !forced && !ofNoBranch.has(name)).map(({ name }) => name);
  assert.deepEqual(open, [], 'a table without a policy: see docs/row-security.md');
});
