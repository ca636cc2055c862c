// The commands that close fiscal years to retained earnings and open closed ones again.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { closeYear, getEntry, listFiscalYears, planClosing, reopenYear } from '#accounting';
import type { TenantTx } from '#lib/tenant-tx';
import {
  type Books,
  balancesOn,
  enter,
  mirrored,
  type SentEntry,
  type SentLine,
  written,
  yearsOf,
} from './books.ts';
import { pick, reason } from './recipes.ts';
import { agreed, command, told } from './world.ts';

type ModelYear = ReturnType<typeof yearsOf>[number];

/** Most often the year whose turn it is, at times any. */
const whichYear = fc.record({ which: fc.nat(), turn: fc.constantFrom(true, true, true, false) });

const byCode = (one: { code: string }, other: { code: string }) => (one.code < other.code ? -1 : 1);

/** The account that takes a year's result; '' where there is none. */
function retainedEarnings({ accounts }: Books): string {
  const fit = accounts.filter(
    ({ category, type, active, group }) =>
      category === 'retained_earnings' && type === 'equity' && active && !group,
  );
  return fit.toSorted(byCode)[0]?.code ?? '';
}

/** A line that moves an account by the net, which is positive in debit. */
const moving = (account: string, net: bigint): SentLine => ({
  account,
  debit: net > 0n ? net : null,
  credit: net > 0n ? null : -net,
  memo: null,
});

/** What takes all that stands on income and expenses at a year's end to retained earnings. */
function closingLines(books: Books, { to }: ModelYear): SentLine[] {
  const balances = balancesOn(books, to);
  const nets = books.accounts
    .filter(({ type }) => type === 'income' || type === 'expense')
    .map(({ code }) => ({ code, net: balances.get(code) ?? 0n }))
    .filter(({ net }) => net !== 0n)
    .toSorted(byCode);
  const result = nets.reduce((sum, { net }) => sum + net, 0n);
  const lines = nets.map(({ code, net }) => moving(code, -net));
  return result === 0n ? lines : [...lines, moving(retainedEarnings(books), result)];
}

function closingFaults(books: Books, year: ModelYear): string[] {
  if (books.closed.has(year.name)) return [];
  const isEarlierOpen = yearsOf(books).some(({ name, from }) => from < year.from && !books.closed.has(name));
  const isHomeless = closingLines(books, year).some(({ account }) => account === '');
  return [
    ...(isEarlierOpen ? [' accounting/earlier-year-open'] : []),
    ...(isHomeless ? [' accounting/no-retained-earnings'] : []),
  ];
}

const entryOf = (
  id: string,
  year: ModelYear,
  verb: 'Closing' | 'Reopening',
  lines: SentLine[],
): SentEntry => ({
  id,
  date: year.to,
  memo: `${verb} of fiscal year ${year.name}`,
  reference: null,
  sourceKey: null,
  reverses: null,
  series: 'CL',
  lines,
});

const idOf = async (tx: TenantTx, year: ModelYear): Promise<number> =>
  (await listFiscalYears(tx)).find(({ name }) => name === year.name)?.id ?? 0;

/** Fails where the dry run tells other lines or obstacles than the model. */
async function comparePlan(tx: TenantTx, books: Books, year: ModelYear): Promise<void> {
  const { lines, obstacles } = await planClosing(tx, await idOf(tx, year));
  const amount = (parts: bigint | null) => (parts === null ? null : written(parts, books.scale));
  const planned = books.closed.has(year.name) ? [] : closingLines(books, year);
  assert.deepEqual(
    {
      lines: lines.map(({ account, debit, credit }) => [account, debit, credit]),
      obstacles: told(obstacles),
    },
    {
      lines: planned.map(({ account, debit, credit }) => [account, amount(debit), amount(credit)]),
      obstacles: closingFaults(books, year),
    },
    `the plan of closing ${year.name}`,
  );
}

export const closing = command('closeYear', whichYear, async ({ company, books }, { which, turn }) => {
  const years = yearsOf(books);
  const year = (turn && years.find(({ name }) => !books.closed.has(name))) || pick(years, which);
  if (!year) return;
  await company.run((tx) => comparePlan(tx, books, year));
  const closed = await agreed(
    company.run(async (tx) => closeYear(tx, await idOf(tx, year))),
    closingFaults(books, year),
    year,
  );
  if (closed === null || books.closed.has(year.name)) return;
  const lines = closingLines(books, year);
  const id = closed.closing_entry?.id ?? null;
  assert.equal(id === null, lines.length === 0, 'an entry closes where there is something to close');
  if (id !== null)
    assert.equal(closed.closing_entry?.number, enter(books, entryOf(id, year, 'Closing', lines)));
  books.closed.set(year.name, id);
  for (const period of books.periods)
    if (period.year === year.name && period.status === 'open') period.status = 'closed';
});

function reopeningFaults(books: Books, year: ModelYear, why: string): string[] {
  if (!books.closed.has(year.name)) return [];
  const isLaterClosed = yearsOf(books).some(({ name, from }) => from > year.from && books.closed.has(name));
  return [
    ...(isLaterClosed ? [' accounting/later-year-closed'] : []),
    ...(why.trim() === '' ? ['/reason accounting/reason-required'] : []),
  ];
}

export const reopening = command(
  'reopenYear',
  fc.record({ year: whichYear, reason }),
  async ({ company, books }, { year: { which, turn }, reason }) => {
    const years = yearsOf(books);
    const year = (turn && years.findLast(({ name }) => books.closed.has(name))) || pick(years, which);
    if (!year) return;
    const opened = await agreed(
      company.run(async (tx) => reopenYear(tx, await idOf(tx, year), reason)),
      reopeningFaults(books, year, reason),
      { year, reason },
    );
    if (opened === null) return;
    const closingId = books.closed.get(year.name) ?? null;
    books.closed.delete(year.name);
    const original = books.entries.find(({ id }) => id === closingId);
    if (!original) return;
    const reversal = (await company.run((tx) => getEntry(tx, original.id)))?.reversed_by;
    assert.ok(reversal, `${original.number} is reversed`);
    const entry = entryOf(reversal.id, year, 'Reopening', mirrored(original.lines));
    assert.equal(reversal.number, enter(books, { ...entry, reverses: original.id }));
  },
);
