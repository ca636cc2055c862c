// Calls the posting function for lines in columns as a hostile company's role would: nothing wrong is posted that way either.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { sql } from 'kysely';
import {
  cashSale,
  createCompany,
  fingerprint,
  openTestHouse,
  type TestCompany,
  type TestHouse,
} from '#test/company';

let house: TestHouse;
let mine: TestCompany;
let stored: unknown;

before(async () => {
  house = await openTestHouse(2);
  mine = await createCompany(house.db);
  await mine.post(cashSale('2024-01-10', '100.00'));
  stored = await fingerprint(house, mine);
});

after(() => house.close());
afterEach(async () => assert.deepEqual(await fingerprint(house, mine), stored));

/** The columns as PostgreSQL's texts of arrays; null is a column that is not there. */
type Columns = Record<'entryIx' | 'lineIx' | 'account' | 'debit' | 'credit' | 'memo', string | null>;

const sound: Columns = {
  entryIx: '{0,0}',
  lineIx: '{0,1}',
  account: '{1010,4010}',
  debit: '{5.00,NULL}',
  credit: '{NULL,5.00}',
  memo: null,
};

/** The faults' codes, or the SQLSTATE that stopped the call. */
async function answer(more: Partial<Columns>, head: Record<string, unknown> = {}): Promise<string> {
  const heads = JSON.stringify([
    { ix: 0, id: randomUUID(), entry_date: '2024-03-10', memo: 'x', source: 'api', ...head },
  ]);
  const { entryIx, lineIx, account, debit, credit, memo } = { ...sound, ...more };
  try {
    const { rows } = await mine.run((tx) =>
      sql<{ number: string | null; faults: { code: string }[] | null }>`
        select * from post_plain_entries(${heads}::jsonb, row(${entryIx}::integer[], ${lineIx}::integer[],
          ${account}::text[], ${debit}::numeric[], ${credit}::numeric[], ${memo}::text[])::plain_lines)
      `.execute(tx.db),
    );
    return rows
      .map((row) => row.number ?? row.faults?.map((fault) => fault.code.slice(11)).join(' '))
      .join(', ');
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

const none: Columns = { entryIx: null, lineIx: null, account: null, debit: null, credit: null, memo: null };

const attempts: [string, Partial<Columns>, string][] = [
  ['sides that differ', { credit: '{NULL,4.99}' }, 'entry-unbalanced'],
  ['negative amounts', { debit: '{-5,NULL}', credit: '{NULL,-5}' }, 'amount-negative amount-negative'],
  ['NaN', { debit: '{NaN,NULL}', credit: '{NULL,NaN}' }, 'amount-too-large amount-too-large'],
  [
    'a third decimal',
    { debit: '{5.001,NULL}', credit: '{NULL,5.001}' },
    'amount-too-precise amount-too-precise',
  ],
  ['both sides of a line', { debit: '{5,5}', credit: '{5,5}' }, 'line-both-sides line-both-sides'],
  ['no amounts', { debit: null, credit: null }, 'line-without-amount line-without-amount'],
  ['an unknown account', { account: '{1010,9999}' }, 'account-unknown'],
  ['a line without an account', { account: '{1010,NULL}' }, 'HX002'],
  ['a column that is shorter', { account: '{1010}' }, 'HX002'],
  ['a column that is longer', { debit: '{5.00,NULL,1.00}' }, 'HX002'],
  ['one place twice', { lineIx: '{0,0}' }, 'HX002'],
  ['a place below the first', { lineIx: '{-1,0}' }, 'HX002'],
  ['lines of an entry that is not there', { entryIx: '{0,1}' }, 'HX002'],
  ['lines of no entry', { entryIx: null }, 'HX002'],
  ['lines in no place', { lineIx: null }, 'HX002'],
  ['one side alone', { debit: '{5.00,5.00}', credit: null }, 'entry-unbalanced'],
  ['no columns', none, 'too-few-lines'],
];

for (const [what, columns, expected] of attempts) {
  test(`${what} cannot be posted in columns`, async () => assert.equal(await answer(columns), expected));
}

test('an entry that closes a year, or is marked as unreadable, cannot be posted in columns', async () => {
  assert.equal(await answer({}, { source: 'closing' }), 'HX002');
  assert.equal(await answer({}, { malformed: true }), 'HX002');
});

test('the company’s role cannot call what reads the columns or posts closing entries', async () => {
  const refused = { code: '42501' };
  await assert.rejects(
    mine.run((tx) => sql`select post_documents('[]', null, false, false, true, null)`.execute(tx.db)),
    refused,
  );
  await assert.rejects(
    mine.run((tx) => sql`select read_plain(null)`.execute(tx.db)),
    refused,
  );
});
