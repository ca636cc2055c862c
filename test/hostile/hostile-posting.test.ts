// Calls the posting function as a hostile company's role would, with every document that might post something wrong.
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
let posted: string[];
let strange: string;

before(async () => {
  house = await openTestHouse(2);
  mine = await createCompany(house.db);
  const other = await createCompany(house.db);
  [strange = ''] = await other.post(cashSale('2024-01-05', '777.00'));
  posted = await mine.post(
    cashSale('2024-01-10', '100.00', { source_key: 'taken' }),
    cashSale('2024-02-10', '5'),
  );
  const { schema } = mine.tenant;
  await house.superuser.query(
    `update ${schema}.periods set status = 'closed' where starts_on = '2024-05-01'`,
  );
  await house.superuser.query(
    `update ${schema}.periods set status = 'locked' where starts_on = '2024-06-01'`,
  );
  await house.superuser.query(`update ${schema}.accounts set is_active = false where code = '1015'`);
  stored = await fingerprint(house, mine);
});

after(() => house.close());
afterEach(async () => assert.deepEqual(await fingerprint(house, mine), stored));

type Json = Record<string, unknown>;
type Row = { entry_ix: number; number: string | null; faults: { pointer: string; code: string }[] | null };

const head = (more: Json = {}): Json => ({
  ix: 0,
  id: randomUUID(),
  entry_date: '2024-03-10',
  memo: 'x',
  source: 'api',
  ...more,
});
const debit = (more: Json = {}): Json => ({
  entry_ix: 0,
  line_ix: 0,
  account: '1010',
  debit: '5.00',
  ...more,
});
const credit = (more: Json = {}): Json => ({
  entry_ix: 0,
  line_ix: 1,
  account: '4010',
  credit: '5.00',
  ...more,
});

async function call(entries: unknown, lines: unknown, atomic = false, dryRun = false): Promise<Row[]> {
  const documents = [JSON.stringify(entries), JSON.stringify(lines)];
  const { rows } = await mine.run((tx) =>
    sql<Row>`select * from post_entries(${documents[0]}::jsonb, ${documents[1]}::jsonb, ${atomic}, ${dryRun})`.execute(
      tx.db,
    ),
  );
  return rows;
}

/** What the call is answered with: the faults' codes, or the SQLSTATE that stopped it. */
async function answer(entries: unknown, lines: unknown): Promise<string> {
  try {
    const rows = await call(entries, lines);
    return rows
      .map((row) => row.number ?? row.faults?.map((fault) => fault.code.slice(11)).join(' '))
      .join(', ');
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

const amounts: [string, Json, Json, string][] = [
  ['sides that differ', debit(), credit({ credit: '4.99' }), 'entry-unbalanced'],
  ['negative amounts', debit({ debit: '-5' }), credit({ credit: '-5' }), 'amount-negative amount-negative'],
  ['NaN', debit({ debit: 'NaN' }), credit({ credit: 'NaN' }), 'amount-too-large amount-too-large'],
  [
    'Infinity',
    debit({ debit: 'Infinity' }),
    credit({ credit: 'Infinity' }),
    'amount-too-large amount-too-large',
  ],
  [
    'a negative infinity',
    debit({ debit: '-Infinity' }),
    credit({ credit: '-Infinity' }),
    'amount-negative amount-too-large amount-negative amount-too-large',
  ],
  [
    'thirty digits',
    debit({ debit: '1'.repeat(30) }),
    credit({ credit: '1'.repeat(30) }),
    'amount-too-large amount-too-large',
  ],
  ['an amount beyond numeric', debit({ debit: '1e200000' }), credit({ credit: '1e200000' }), '22003'],
  [
    'a third decimal',
    debit({ debit: '5.001' }),
    credit({ credit: '5.001' }),
    'amount-too-precise amount-too-precise',
  ],
  ['both sides', debit({ credit: '5' }), credit({ debit: '5' }), 'line-both-sides line-both-sides'],
  ['no side', debit({ debit: null }), credit({ credit: '0' }), 'line-without-amount line-without-amount'],
  ['a text for an amount', debit({ debit: 'five' }), credit(), '22P02'],
  ['an amount that is no scalar', debit({ debit: [5] }), credit({ credit: { a: 5 } }), '22P02'],
];

for (const [what, one, two, expected] of amounts) {
  test(`${what} cannot be posted`, async () => assert.equal(await answer([head()], [one, two]), expected));
}

const heads: [string, () => Json, string][] = [
  ['into no period', () => ({ entry_date: '1999-01-01' }), 'no-period'],
  ['into a closed period', () => ({ entry_date: '2024-05-10' }), 'period-closed'],
  ['into a locked period', () => ({ entry_date: '2024-06-10' }), 'period-closed'],
  ['at the end of time', () => ({ entry_date: 'infinity' }), 'no-period'],
  ['on a day that does not exist', () => ({ entry_date: '2024-02-30' }), '22008'],
  ['without a day', () => ({ entry_date: null }), 'HX002'],
  ['without an id', () => ({ id: null }), 'HX002'],
  ['under an id that is taken', () => ({ id: posted[0] }), 'id-taken'],
  ['under an id that is none', () => ({ id: 'x' }), '22P02'],
  ['without a number in the list', () => ({ ix: null }), 'HX002'],
  ['without a memo', () => ({ memo: null }), '23502'],
  ['without a source', () => ({ source: null }), '23502'],
  ['twice from the same source', () => ({ source_key: 'taken' }), 'already-posted'],
  ['as read with faults', () => ({ malformed: true }), 'HX002'],
  ['as the reversal of another company’s entry', () => ({ reverses_id: strange }), 'reversed-unknown'],
  ['as the reversal of what it does not mirror', () => ({ reverses_id: posted[0] }), 'HX002'],
  ['as its own reversal', () => ({ id: strange, reverses_id: strange }), 'reversed-unknown'],
];

for (const [how, more, expected] of heads) {
  test(`an entry cannot be posted ${how}`, async () =>
    assert.equal(await answer([head(more())], [debit(), credit()]), expected));
}

const lists: [string, () => [unknown, unknown], string][] = [
  ['an entry without lines', () => [[head()], []], 'too-few-lines'],
  ['an entry of one line', () => [[head()], [debit()]], 'too-few-lines entry-unbalanced'],
  [
    'a line of an entry that is not there',
    () => [[head()], [debit(), credit(), debit({ entry_ix: 7 })]],
    'HX002',
  ],
  ['a line of no entry', () => [[head()], [debit(), credit(), debit({ entry_ix: null })]], 'HX002'],
  ['two lines in one place', () => [[head()], [debit(), credit(), debit(), credit()]], 'HX002'],
  ['a line before the first', () => [[head()], [debit({ line_ix: -1 }), credit()]], 'HX002'],
  ['a line in no place', () => [[head()], [debit({ line_ix: null }), credit()]], 'HX002'],
  ['a line beyond the last place', () => [[head()], [debit({ line_ix: 99_999 }), credit()]], '22003'],
  [
    'a line without account',
    () => [[head()], [debit(), credit(), debit({ line_ix: 2, account: null })]],
    'HX002',
  ],
  ['a line read with faults', () => [[head()], [debit({ malformed: true }), credit()]], 'HX002'],
  [
    'two entries under one number',
    () => [
      [head(), head()],
      [debit(), credit()],
    ],
    'HX002',
  ],
  ['an unknown account', () => [[head()], [debit({ account: '9999' }), credit()]], 'account-unknown'],
  ['a group account', () => [[head()], [debit({ account: '1000' }), credit()]], 'account-is-group'],
  ['an inactive account', () => [[head()], [debit({ account: '1015' }), credit()]], 'account-inactive'],
  ['an object for the list', () => [{}, []], '22023'],
  ['a text for the list', () => ['x', 'y'], '22023'],
  ['a list of lists', () => [[[]], [[]]], '22023'],
  ['nulls in the list', () => [[null], []], '22023'],
  [
    'another currency',
    () => [[head({ currency: 'EUR' })], [debit({ currency: 'EUR' }), credit({ credit: '4' })]],
    'no-exchange-rate',
  ],
];

for (const [what, documents, expected] of lists) {
  test(`${what} is not posted`, async () => assert.equal(await answer(...documents()), expected));
}

test('of two entries with one id, one source or one entry to reverse, the second is at fault', async () => {
  const id = randomUUID();
  const twice = [
    head({ id, source_key: 'k', reverses_id: posted[0] }),
    head({ ix: 1, id, source_key: 'k', reverses_id: posted[0] }),
  ];
  const both = [debit(), credit(), debit({ entry_ix: 1 }), credit({ entry_ix: 1 })];
  const [first, second] = await call(twice, both, false, true);
  assert.equal(first?.faults, null);
  const codes = second?.faults?.map(({ pointer, code }) => `${pointer} ${code}`);
  assert.deepEqual(codes, [
    ' accounting/already-reversed',
    '/id accounting/id-taken',
    '/source_key accounting/already-posted',
  ]);
});

test('a dry run and an atomic set with one fault store nothing and burn no number', async () => {
  const good = [head(), head({ ix: 1 })];
  const lines = [debit(), credit(), debit({ entry_ix: 1 }), credit({ entry_ix: 1, credit: '4' })];
  for (const dryRun of [true, false]) {
    const rows = await call(good, lines, true, dryRun);
    assert.deepEqual(
      rows.map((row) => row.number),
      [null, null],
    );
    assert.deepEqual(
      rows.map((row) => row.faults?.length),
      [undefined, 1],
    );
  }
  assert.deepEqual(
    (await call(good, lines, false, true)).map((row) => row.number),
    [null, null],
  );
});

test('what a transaction posts before it closes the period is proved already, and nothing comes after', async () => {
  const documents = [JSON.stringify([head()]), JSON.stringify([debit(), credit()])];
  const undo = new Error('roll back');
  const work = mine.run(async (tx) => {
    await sql`select * from post_entries(${documents[0]}::jsonb, ${documents[1]}::jsonb)`.execute(tx.db);
    await sql`select set_period_status(id, 'closed') from periods where starts_on = '2024-03-01'`.execute(
      tx.db,
    );
    const again = [JSON.stringify([head({ id: randomUUID() })]), documents[1]];
    const { rows } = await sql<{ number: string | null; faults: { code: string }[] }>`
      select number, faults from post_entries(${again[0]}::jsonb, ${again[1]}::jsonb)`.execute(tx.db);
    assert.equal(rows[0]?.number, null);
    assert.equal(rows[0]?.faults[0]?.code, 'accounting/period-closed');
    throw undo;
  });
  await assert.rejects(work, undo);
});

test('the author of an entry is who acts, whatever the documents say', async () => {
  const forged = head({ created_by: randomUUID(), posted_by: randomUUID(), number: 'JV-1', sequence: 77 });
  const documents = [JSON.stringify([forged]), JSON.stringify([debit(), credit()])];
  const actor = { userId: randomUUID(), email: 'a@example.com', name: 'A', role: 'clerk' };
  const undo = new Error('roll back');
  const work = mine.run(async (tx) => {
    await sql`select * from post_entries(${documents[0]}::jsonb, ${documents[1]}::jsonb)`.execute(tx.db);
    const { rows } = await sql<Json>`select created_by, posted_by, sequence from journal_entries
      order by sequence desc limit 1`.execute(tx.db);
    assert.deepEqual(rows[0], { created_by: actor.userId, posted_by: actor.userId, sequence: 3 });
    throw undo;
  }, actor);
  await assert.rejects(work, undo);
});
