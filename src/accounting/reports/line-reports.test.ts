// Compares ledgers, day books and statements with what plain sums over all lines say, on a journal made by chance.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { type Key, type Part, pageNumber } from '#lib/lists/part';
import { Problem } from '#lib/problem';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import type { EntryInput, LineInput } from '../journal/entry.ts';
import { accountStatement } from './account-statement.ts';
import { dayBook, pageOfDayBook } from './day-book.ts';
import { generalLedger, type LedgerQuery, pageOfLedger } from './general-ledger.ts';

let house: TestHouse;
let company: TestCompany;
let halfway: string;

/** Numbers from 0 to 1, the same each time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const codes = ['1010', '1020', '4010', '5010'];
const from = '2024-02-10';
const to = '2024-05-20';

function entriesBy(random: () => number, count: number): EntryInput[] {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: count }, (_, n) => {
    const amount = (1 + Math.floor(random() * 9999) / 100).toFixed(2);
    const dimensions = random() < 0.4 ? { dimensions: { branch: pick(['KTM', 'PKR']) } } : {};
    const foreign = random() < 0.3 ? { currency: 'EUR', rate: '1.25' } : {};
    const [one, two] = [pick(codes), pick(codes)];
    const line = (account: string, side: 'debit' | 'credit'): LineInput => ({
      account,
      [side]: amount,
      ...foreign,
      ...dimensions,
    });
    const day = new Date(Date.UTC(2024, 0, 1 + Math.floor(random() * 180))).toISOString().slice(0, 10);
    return { entry_date: day, memo: `Entry ${n}`, lines: [line(one, 'debit'), line(two, 'credit')] };
  });
}

before(async () => {
  house = await openTestHouse(2);
  company = await createCompany(house.db, { years: 1 });
  await company.run((tx) =>
    sql`insert into dimension_values (dimension_id, code, name)
      select d.id, v.code, v.code from dimensions d, (values ('KTM'), ('PKR')) v (code) where d.code = 'branch'`.execute(
      tx.db,
    ),
  );
  const random = randomFrom(7);
  await company.post(...entriesBy(random, 150));
  const { rows } = await company.run((tx) =>
    sql<{
      now: string;
    }>`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`.execute(
      tx.db,
    ),
  );
  halfway = rows[0]?.now ?? '';
  await company.post(...entriesBy(random, 150));
});
after(() => house.close());

type Line = {
  id: string;
  code: string;
  day: string;
  debit: number;
  credit: number;
  amount: number | null;
  currency: string;
  branch: string | null;
  known: boolean;
};

/** All lines in the order of a ledger, amounts in cents. */
async function allLines(): Promise<Line[]> {
  const { rows } = await house.superuser.query<Line>(`
    select l.entry_id as id, a.code, l.entry_date::text as day, (l.debit * 100)::integer as debit, (l.credit * 100)::integer as credit,
      (l.amount * 100)::integer as amount, l.currency, v.code as branch, e.posted_at <= '${halfway}' as known
    from ${company.tenant.schema}.journal_lines l
    join ${company.tenant.schema}.accounts a on a.id = l.account_id
    join ${company.tenant.schema}.journal_entries e on e.id = l.entry_id
    left join ${company.tenant.schema}.journal_line_dimensions d on d.entry_id = l.entry_id and d.line_no = l.line_no
    left join ${company.tenant.schema}.dimension_values v on v.id = d.value_id
    order by l.entry_date, l.entry_id, l.line_no`);
  return rows;
}

const cents = (amount: string) => Math.round(Number(amount) * 100);
const net = (lines: readonly Line[]) => lines.reduce((sum, { debit, credit }) => sum + debit - credit, 0);

const scopes: [string, Partial<LedgerQuery>, (line: Line) => boolean][] = [
  ['whole', {}, () => true],
  ['of one branch', { dimensions: { branch: 'KTM' } }, ({ branch }) => branch === 'KTM'],
  ['without a branch', { dimensions: { branch: '' } }, ({ branch }) => branch === null],
  ['before closings', { closing: false }, () => true],
];

for (const [what, scope, holds] of scopes)
  for (const account of ['1010', '4010', '1000'])
    test(`the ledger of ${account}, ${what}, is what its lines say`, async () => {
      const group = account === '1000' ? ['1010', '1020'] : [account];
      const lines = (await allLines()).filter((line) => group.includes(line.code) && holds(line));
      const ledger = await company.run((tx) => generalLedger(tx, { account, from, to, ...scope }));
      const within = lines.filter(({ day }) => from <= day && day <= to);
      assert.equal(cents(ledger.opening), net(lines.filter(({ day }) => day < from)));
      assert.equal(cents(ledger.closing), net(lines.filter(({ day }) => day <= to)));
      assert.deepEqual(
        ledger.lines.map(({ entry_id, debit, credit }) => [entry_id, cents(debit), cents(credit)]),
        within.map(({ id, debit, credit }) => [id, debit, credit]),
      );
      let balance = cents(ledger.opening);
      for (const line of ledger.lines) {
        balance += cents(line.debit) - cents(line.credit);
        assert.equal(cents(line.balance), balance);
      }
      assert.equal(balance, cents(ledger.closing));
      for (const size of [1, 7, 50, 1000]) {
        const pages = Math.max(1, Math.ceil(within.length / size));
        for (const number of new Set([1, Math.ceil(pages / 2), pages, pages + 5])) {
          const paged = await company.run((tx) =>
            pageOfLedger(tx, { account, from, to, ...scope }, pageNumber(number, size)),
          );
          const first = (Math.min(number, pages) - 1) * size;
          assert.deepEqual(paged.ledger.lines, ledger.lines.slice(first, first + size));
          assert.equal(paged.count, within.length);
          assert.equal(cents(paged.broughtForward), cents(ledger.opening) + net(within.slice(0, first)));
        }
        if (size === 1) continue;
        const query = { account, from, to, ...scope };
        const lines = [];
        for (let after: Key | null | undefined; after !== null; ) {
          const part: Part = { by: 'key', after: after ?? null, size };
          const read = await company.run((tx) => pageOfLedger(tx, query, part));
          assert.equal(
            cents(read.broughtForward),
            cents(ledger.opening) + net(within.slice(0, lines.length)),
          );
          assert.deepEqual({ ...read.ledger, lines: [] }, { ...ledger, lines: [] });
          lines.push(...read.ledger.lines);
          after = read.next;
        }
        assert.deepEqual(lines, ledger.lines);
      }
    });

test('a ledger as known at a moment has what was posted until then', async () => {
  const lines = (await allLines()).filter((line) => line.code === '1010' && line.known);
  const query = { account: '1010', from, to, knownOn: halfway };
  const ledger = await company.run((tx) => generalLedger(tx, query));
  assert.ok(lines.length > 0);
  assert.equal(cents(ledger.closing), net(lines.filter(({ day }) => day <= to)));
  assert.equal(cents(ledger.opening), net(lines.filter(({ day }) => day < from)));
});

test('a ledger tells what a line moved in its own currency', async () => {
  const ledger = await company.run((tx) => generalLedger(tx, { account: '1010', from, to }));
  const foreign = ledger.lines.filter(({ amount }) => amount !== null);
  assert.ok(foreign.length > 0);
  for (const { amount, currency, rate, debit, credit } of foreign) {
    assert.deepEqual([currency, rate], ['EUR', '1.25']);
    assert.ok(Math.abs(cents(amount ?? '') * 1.25 - (cents(debit) - cents(credit))) <= 1);
  }
});

test('unknown dimensions and values are all told', async () => {
  const query = { account: '1010', from, to, dimensions: { branch: 'XX', colour: 'red' } };
  await assert.rejects(
    company.run((tx) => generalLedger(tx, query)),
    (problem) =>
      problem instanceof Problem &&
      problem.errors.map(({ pointer, code }) => `${pointer} ${code}`).join() ===
        '/query/dimension.branch accounting/dimension-value-unknown,/query/dimension.colour accounting/dimension-unknown',
  );
});

test('the day book has every entry of the days once, whole and page by page', async () => {
  const lines = (await allLines()).filter(({ day }) => from <= day && day <= to);
  const ids = [...new Set(lines.map(({ id }) => id))];
  const whole = await company.run(async (tx) => {
    const { entries, ...frame } = await dayBook(tx, { from, to });
    return { ...frame, entries: await Array.fromAsync(entries) };
  });
  const read = (part: Part) => company.run((tx) => pageOfDayBook(tx, { from, to }, part));
  assert.equal(whole.count, ids.length);
  assert.deepEqual(
    whole.entries.map(({ id }) => id),
    ids,
  );
  assert.equal(
    cents(whole.totals.debit),
    lines.reduce((sum, { debit }) => sum + debit, 0),
  );
  assert.equal(whole.totals.debit, whole.totals.credit);
  const pages = [];
  for (let number = 1; number <= Math.ceil(ids.length / 20); number += 1)
    pages.push(...(await read(pageNumber(number, 20))).entries);
  assert.deepEqual(pages, whole.entries);
  const parts = [];
  for (let after: Key | null | undefined; after !== null; ) {
    const part = await read({ by: 'key', after: after ?? null, size: 20 });
    parts.push(...part.entries);
    after = part.next;
  }
  assert.deepEqual(parts, whole.entries);
});

test('the day book of a branch has the lines of that branch', async () => {
  const lines = (await allLines()).filter(({ day, branch }) => from <= day && day <= to && branch === 'PKR');
  const book = await company.run(async (tx) => {
    const { entries, ...frame } = await dayBook(tx, { from, to, dimensions: { branch: 'PKR' } });
    return { ...frame, entries: await Array.fromAsync(entries) };
  });
  assert.equal(book.entries.flatMap((entry) => entry.lines).length, lines.length);
  assert.equal(
    cents(book.totals.credit),
    lines.reduce((sum, { credit }) => sum + credit, 0),
  );
});

for (const currency of [null, 'EUR'])
  test(`an account’s statement in ${currency ?? 'the company’s currency'} runs from opening to closing`, async () => {
    const lines = (await allLines()).filter(
      (line) => line.code === '1020' && (currency === null || line.currency === currency),
    );
    const value = ({ debit, credit, amount }: Line) =>
      currency === null ? debit - credit : debit > 0 ? (amount ?? 0) : -(amount ?? 0);
    const sum = (some: readonly Line[]) => some.reduce((total, line) => total + value(line), 0);
    const read = await company.run(async (tx) => {
      const statement = await accountStatement(tx, { account: '1020', from, to, currency });
      return { ...statement, lines: await Array.fromAsync(statement.lines) };
    });
    assert.ok(read.lines.length > 0);
    assert.equal(read.count, read.lines.length);
    assert.equal(cents(read.opening), sum(lines.filter(({ day }) => day < from)));
    assert.equal(cents(read.closing), sum(lines.filter(({ day }) => day <= to)));
    assert.equal(read.lines.at(-1)?.balance, read.closing);
    for (const { against } of read.lines) assert.ok(!against.includes('1020'));
  });
