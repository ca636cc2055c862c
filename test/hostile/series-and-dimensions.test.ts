// Tries by hand-written SQL to falsify numbers and dimensions, as the company's role and as the owner of the schema.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { createValues, updateAccount } from '#accounting';
import { createCompany, fingerprint, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';

let house: TestHouse;
let mine: TestCompany;
let owner: pg.Client;
let stored: unknown;

before(async () => {
  house = await openTestHouse(2);
  mine = await createCompany(house.db);
  const values = [
    { code: 'KTM', name: 'Kathmandu' },
    { code: 'PKR', name: 'Pokhara' },
  ];
  await mine.run((tx) => createValues(tx, 'branch', values));
  await mine.run((tx) => createValues(tx, 'project', [{ code: 'P', name: 'P' }]));
  await mine.run((tx) => updateAccount(tx, '4010', { required_dimensions: ['branch'] }, null));
  const lines = [
    { account: '1010', debit: '5' },
    { account: '4010', credit: '5', dimensions: { branch: 'KTM' } },
  ];
  await mine.post({ entry_date: '2024-01-10', memo: 'Sale', lines });
  owner = new pg.Client(house.url);
  await owner.connect();
  await owner.query(`set search_path = ${mine.tenant.schema}`);
  stored = await fingerprint(house, mine);
});

after(async () => {
  await owner.end();
  await house.close();
});

afterEach(async () => {
  assert.deepEqual(await fingerprint(house, mine), stored);
  await assertBooksHold(house, mine);
});

/** By what the company's role is refused a statement, in the very transaction in which the program works. */
async function roleRefusal(statement: string): Promise<string> {
  try {
    await mine.run((tx) => sql.raw(statement).execute(tx.db));
    return 'it was carried out';
  } catch (error) {
    const { code, message } = error as pg.DatabaseError;
    return code === '42501' ? code : `${code} ${message}`;
  }
}

/** By what the owner is refused statements of one transaction, at the latest at its commit. */
async function ownerRefusal(...statements: string[]): Promise<string> {
  try {
    await owner.query('begin');
    for (const statement of statements) await owner.query(statement);
    await owner.query('commit');
    return 'it was carried out';
  } catch (error) {
    const { code, message, detail, constraint } = error as pg.DatabaseError;
    return code === 'HX002' ? `${message} ${detail}` : `${code} ${constraint ?? message}`;
  } finally {
    await owner.query('rollback');
  }
}

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

test('the role writes no counter, no line’s dimension and no balance, and no code of what has one', async () => {
  const statements = lines(`
    update number_counters set last_number = last_number - 1
    delete from number_counters
    insert into number_counters (series_id, since, last_number) select id, '2030-01-01', 5 from number_series
    delete from number_series
    truncate number_series cascade
    update number_series set code = 'ZZ'
    insert into number_series (code, name, is_active) values ('ZZ', 'x', false)
    insert into journal_line_dimensions select entry_id, 1, dimension_id, value_id, account_id, period_id, entry_date, closing, debit, credit from journal_line_dimensions
    update journal_line_dimensions set value_id = value_id
    delete from journal_line_dimensions
    truncate journal_line_dimensions
    insert into dimension_balances select value_id + 1, account_id, period_id, false, 5, 0 from dimension_balances
    update dimension_balances set debit = 0
    delete from dimension_balances
    update dimensions set code = 'x'
    update dimensions set keeps_balances = false
    insert into dimensions (code, name, keeps_balances) values ('x', 'x', true)
    update dimension_values set code = 'x'
    update dimension_values set dimension_id = 2
    update required_dimensions set dimension_id = 2
    truncate required_dimensions
    select dimensions_into_balances()
    select wait_for_postings()
    select guard_series()
    select post_documents('[]', '[]', true, false, true)
    select insert_lines('{}', '{}', true)
    drop trigger wait_for_postings on dimension_values
    alter table number_series disable trigger guard_series`);
  for (const statement of statements) {
    const answer = await roleRefusal(statement);
    assert.match(
      answer,
      /^(42501|42809 trigger functions can only|0A000 trigger functions can only)/,
      statement,
    );
  }
});

test('the role’s own rights over series and dimensions end at what would falsify', async () => {
  const statements: [string, RegExp][] = [
    [`update number_series set prefix = '{nonsense}' where code = 'JV'`, /^HX001 accounting\/series-pattern/],
    [
      `update number_series set prefix = '{fiscal_', suffix = 'year}' where code = 'JV'`,
      /^HX001 .*series-pattern/,
    ],
    [`update number_series set prefix = 'x' where code = 'JV'`, /^HX001 accounting\/series-pattern/],
    [`update number_series set reset = 'never' where code = 'JV'`, /^HX001 accounting\/series-in-use/],
    [`update number_series set is_active = false where code = 'JV'`, /^HX001 accounting\/series-needed/],
    [`update number_series set is_active = false where code = 'CL'`, /^HX001 accounting\/series-needed/],
    [`update number_series set voucher_type = 'journal' where code = 'CL'`, /^HX001 .*series-of-closings/],
    [
      `insert into number_series (code, name, voucher_type) values ('CX', 'x', 'closing')`,
      /^HX001 .*series-of-closings/,
    ],
    [`update number_series set padding = 0`, /^23514/],
    [`delete from dimension_values where code = 'KTM'`, /^23503/],
    [`delete from dimensions where code = 'branch'`, /^23503/],
    [
      `insert into dimension_values (dimension_id, code, name) select id, ' x', 'x' from dimensions`,
      /^23514/,
    ],
  ];
  for (const [statement, expected] of statements)
    assert.match(await roleRefusal(statement), expected, statement);
});

const id = '11111111-1111-7111-8111-111111111111';
const period = `(select id from periods where '2024-02-10' between starts_on and ends_on)`;
const branchOf = (code: string) => `(select id from dimension_values where code = '${code}')`;
const line = (no: number, account: string, sides: string, branch = 'null') =>
  `insert into journal_lines (entry_id, line_no, account_id, period_id, entry_date, currency, debit, credit, branch_id)
   select '${id}', ${no}, a.id, ${period}, '2024-02-10', 'USD', ${sides}, ${branch} from accounts a where code = '${account}'`;
const value = (no: number, account: string, sides: string, code = 'KTM', dimension = 'branch') =>
  `insert into journal_line_dimensions select '${id}', ${no}, m.id, v.id, a.id, ${period}, '2024-02-10', false, ${sides}
   from accounts a, dimensions m, dimension_values v where a.code = '${account}' and m.code = '${dimension}' and v.code = '${code}'`;
const opening = [
  'update number_counters set last_number = 2',
  line(1, '1010', '5, 0'),
  line(2, '4010', '0, 5', branchOf('KTM')),
];
const entry = `insert into journal_entries
    (id, series_id, fiscal_year_id, period_id, numbered_since, sequence, number, entry_date, memo, total, source)
  select '${id}', s.id, y.id, ${period}, y.starts_on, 2, 'JV-X-2', '2024-02-10', 'by hand', 5, 'hand'
  from number_series s, fiscal_years y where y.name = '2024' and s.code = 'JV'`;

const cases: [string, string[], RegExp][] = [
  [
    'a line without the dimension that its account asks for is not committed',
    [...opening, entry],
    /^accounting\/entry-not-proved .* without a dimension/,
  ],
  [
    'a posted line gets no dimension afterwards',
    [
      `insert into journal_line_dimensions select l.entry_id, l.line_no, m.id, v.id, l.account_id, l.period_id, l.entry_date, false, l.debit, l.credit
       from journal_lines l, dimensions m, dimension_values v where m.code = 'project' and v.code = 'P'`,
    ],
    /^accounting\/posted-is-immutable/,
  ],
  [
    'nor does it in the transaction that posts it',
    [...opening, value(2, '4010', '0, 5'), entry, value(1, '1010', '5, 0')],
    /posted-is-immutable/,
  ],
  ['a dimension has the amounts of its line', [...opening, value(2, '4010', '0, 4')], /posted-is-immutable/],
  ['a dimension has the account of its line', [...opening, value(2, '1010', '0, 5')], /posted-is-immutable/],
  ['a dimension is not that of no line', [...opening, value(3, '4010', '0, 5')], /posted-is-immutable/],
  [
    'a line’s branch is what its dimensions say',
    [...opening.slice(0, 2), line(2, '4010', '0, 5', branchOf('PKR')), value(2, '4010', '0, 5')],
    /posted-is-immutable/,
  ],
  ['a value is one of its own dimension', [...opening, value(2, '4010', '0, 5', 'P', 'branch')], /^23503/],
  [
    'a line has one value of a dimension',
    [...opening, value(2, '4010', '0, 5'), value(2, '4010', '0, 5', 'PKR')],
    /^23505/,
  ],
  [
    'a line’s dimension is not changed',
    ['update journal_line_dimensions set value_id = value_id'],
    /posted-is-immutable/,
  ],
  ['a line’s dimension is not removed', ['delete from journal_line_dimensions'], /posted-is-immutable/],
  ['the lines’ dimensions are not emptied', ['truncate journal_line_dimensions'], /posted-is-immutable/],
  [
    'a number does not begin where its series does not',
    [
      "insert into number_counters (series_id, since, last_number) select id, '2024-02-01', 1 from number_series where code = 'JV'",
      ...opening.slice(1),
      value(2, '4010', '0, 5'),
      entry.replace('y.starts_on, 2,', "'2024-02-01', 1,"),
    ],
    /^accounting\/number-gap/,
  ],
];

for (const [claim, statements, expected] of cases)
  test(claim, async () => assert.match(await ownerRefusal(...statements), expected));

test('an entry by hand with the dimensions asked for moves the balances like any other', async () => {
  await owner.query('begin');
  for (const statement of [...opening, value(2, '4010', '0, 5'), entry]) await owner.query(statement);
  await owner.query('set constraints all immediate');
  const { rows } = await owner.query('select debit, credit from dimension_balances order by period_id');
  assert.deepEqual(rows, [
    { debit: '0.0000', credit: '5.0000' },
    { debit: '0.0000', credit: '5.0000' },
  ]);
  await owner.query('rollback');
});
