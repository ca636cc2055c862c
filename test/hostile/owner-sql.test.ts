// Writes into the books as the owner of the schema, past every grant: the triggers alone must hold the promises.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import pg from 'pg';
import {
  cashSale,
  createCompany,
  fingerprint,
  openTestHouse,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { assertBooksHold } from '#test/invariants';

let house: TestHouse;
let mine: TestCompany;
let owner: pg.Client;
let stored: unknown;

before(async () => {
  house = await openTestHouse(2);
  mine = await createCompany(house.db);
  await mine.post(cashSale('2024-01-10', '100.00'), cashSale('2024-01-11', '200.00'));
  owner = new pg.Client(house.url);
  await owner.connect();
  await owner.query(`set search_path = ${mine.tenant.schema}`);
  await owner.query("select set_period_status(id, 'closed') from periods where starts_on = '2024-05-01'");
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

/** Carries out statements in one transaction; the rule that refuses it, at the latest at its commit. */
async function refusal(...statements: string[]): Promise<string> {
  try {
    await owner.query('begin');
    for (const statement of statements) await owner.query(statement);
    await owner.query('commit');
    return 'it was carried out';
  } catch (error) {
    const { code, message, detail, constraint } = error as pg.DatabaseError;
    return code === 'HX002' ? `${message} ${detail}` : `${code} ${constraint}`;
  } finally {
    await owner.query('rollback');
  }
}

type Facts = {
  date?: string;
  debit?: string;
  credit?: string;
  total?: string;
  sequence?: number;
  counter?: number;
};

/** The statements of an entry by hand: its counter, its lines, itself. All is as it should be unless said otherwise. */
function byHand({
  date = '2024-02-10',
  debit = '5',
  credit = '5',
  total = '5',
  sequence = 3,
  counter = 3,
}: Facts = {}) {
  const period = `(select id from periods where '${date}' between starts_on and ends_on)`;
  const line = (no: number, account: string, sides: string) =>
    `insert into journal_lines (entry_id, line_no, account_id, period_id, entry_date, currency, debit, credit) select '11111111-1111-7111-8111-111111111111', ${no}, a.id, ${period}, '${date}', 'USD', ${sides}
     from accounts a where code = '${account}'`;
  return [
    `update number_counters set last_number = ${counter}`,
    line(1, '1010', `${debit}, 0`),
    line(2, '4010', `0, ${credit}`),
    `insert into journal_entries (id, series_id, fiscal_year_id, period_id, numbered_since, sequence, number, entry_date, memo, total, source)
     select '11111111-1111-7111-8111-111111111111', s.id, y.id, ${period}, y.starts_on, ${sequence}, 'JV-X-${sequence}', '${date}', 'by hand', ${total}, 'hand'
     from number_series s, fiscal_years y where s.code = 'JV' and y.name = '2024'`,
  ];
}

const immutable = /^accounting\/posted-is-immutable/;
const firstEntry = '(select id from journal_entries where sequence = 1)';

const cases: [string, string[], RegExp][] = [
  ['a posted entry is not changed', ["update journal_entries set memo = 'x'"], immutable],
  ['a posted line is not changed', ['update journal_lines set debit = 1 where debit > 0'], immutable],
  ['a posted entry is not deleted', ['delete from journal_entries'], immutable],
  ['a posted line is not deleted', ['delete from journal_lines'], immutable],
  ['the journal is not emptied', ['truncate journal_entries, journal_lines cascade'], immutable],
  [
    'a posted entry gets no further lines',
    [
      `insert into journal_lines (entry_id, line_no, account_id, period_id, entry_date, currency, debit, credit)
      select entry_id, line_no + 2, account_id, period_id, entry_date, currency, debit, credit
      from journal_lines where entry_id = ${firstEntry}`,
    ],
    immutable,
  ],
  [
    'an entry that does not balance is not committed',
    byHand({ credit: '4' }),
    /entry-not-proved .* does not balance/,
  ],
  [
    'an entry with another total is not committed',
    byHand({ total: '6' }),
    /entry-not-proved .* another total/,
  ],
  [
    'an entry in a closed period is not committed',
    byHand({ date: '2024-05-10' }),
    /entry-not-proved .* no open period/,
  ],
  [
    'an entry in another year than its number is not committed',
    byHand({ date: '2025-02-10' }),
    /no open period/,
  ],
  ['a number is not skipped', byHand({ sequence: 4, counter: 4 }), /^accounting\/number-gap/],
  ['a number is not used twice', byHand({ sequence: 2, counter: 2 }), /^23505 journal_entries_series_id/],
  ['a number does not run ahead of its counter', byHand({ counter: 2 }), /^accounting\/number-gap/],
  ['a counter does not run ahead of its numbers', byHand({ counter: 9 }), /^accounting\/number-gap/],
  [
    'an entry without lines is not committed',
    byHand().toSpliced(1, 2),
    /entry-not-proved .* fewer than two lines/,
  ],
  ['lines without an entry are not committed', byHand().slice(0, 3), /^accounting\/line-without-entry/],
  ['a line has one side', byHand({ debit: '0' }), /^23514 one_positive_side/],
  ['a line is never negative', byHand({ debit: '-5', credit: '-5', total: '-5' }), /^23514/],
  ['a line is a number', byHand({ debit: "'NaN'", credit: "'NaN'", total: "'NaN'" }), /^23514/],
  [
    'a group takes no line',
    byHand().map((each) => each.replace("code = '1010'", "code = '1000'")),
    /^accounting\/account-is-group/,
  ],
];

for (const [claim, statements, expected] of cases) {
  test(claim, async () => assert.match(await refusal(...statements), expected));
}

test('an entry by hand that keeps all rules moves the balances like any other', async () => {
  await owner.query('begin');
  for (const statement of byHand()) await owner.query(statement);
  await owner.query('set constraints all immediate');
  const { rows } =
    await owner.query(`select b.debit from account_balances b join accounts a on a.id = b.account_id
    join periods p on p.id = b.period_id where a.code = '1010' and p.starts_on = '2024-02-01'`);
  assert.deepEqual(rows, [{ debit: '5.0000' }]);
  await owner.query('rollback');
});
