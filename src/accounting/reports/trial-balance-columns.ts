// The trial balance with all that can be asked of it: opening, movement and closing, subtotals, comparison, dimensions.
import { addDays } from '#lib/dates';
import { formatAmount } from '#lib/money';
import type { TenantTx } from '#lib/tenant-tx';
import type { AccountType } from '../accounts/account.ts';
import { accountRows, type Cells } from './account-rows.ts';
import { type Prepared, prepareStatement, type StatementQuery } from './prepare-statement.ts';
import type { ChartAccount, Sheaf, Sums } from './read-sums.ts';
import type { Column, PlacedColumn } from './report-columns.ts';
import { yearStart } from './report-dates.ts';
import { ledgerLink } from './report-links.ts';

/**
 * Both sides and the lines behind them; a total has no link, as its rows have theirs. A balance without the closing of its year is
 * of the lines before that year and of those in it: it has `links`.
 */
export type Sides = { debit: string; credit: string; link: string | null; links?: string[] };

/** Opening and movement are there where the report has a first day. Movement has both sides in full, balances are net. */
export type TrialBalanceFigures = { opening?: Sides; movement?: Sides; closing: Sides };

export type TrialBalanceLine = {
  kind: 'account' | 'group';
  account: string;
  name: string;
  type: AccountType;
  depth: number;
  /** The closing balance of the first column that has figures of all lines, as in the plain trial balance. */
  debit: string;
  credit: string;
  figures: (TrialBalanceFigures | null)[];
};

export type TrialBalanceColumns = {
  from: string | null;
  as_of: string;
  currency: string;
  as_known_on: string | null;
  columns: Column[];
  rows: TrialBalanceLine[];
  totals: { debit: string; credit: string; figures: (TrialBalanceFigures | null)[] };
};

/** `closing` false leaves out what closed a year within the days asked for: from `from`, or from the start of that year. */
export type TrialBalanceQuery = StatementQuery & { from: string | null; asOf: string; closing: boolean };

const net = ({ debit, credit }: Sums): [bigint, bigint] =>
  debit >= credit ? [debit - credit, 0n] : [0n, credit - debit];

const plus = (a: Sums, b: Sums): Sums => ({ debit: a.debit + b.debit, credit: a.credit + b.credit });

/** Of an account in a column: opening, movement and closing, debit and credit of each; and whether it was ever used. */
function unitsOf(
  [before, movement]: readonly Sheaf[],
  account: number,
  column: PlacedColumn,
  closing: boolean,
) {
  const { index, of } = column;
  if (index === null || !before || !movement) return { cell: null, touched: false };
  const opening = before.at(index, account, of, true);
  const moved = movement.at(index, account, of, closing);
  const touched = [opening, moved].some(({ debit, credit }) => debit !== 0n || credit !== 0n);
  const cell = [...net(opening), moved.debit, moved.credit, ...net(plus(opening, moved))];
  return { cell, touched };
}

type Shape = { prepared: Prepared; query: TrialBalanceQuery };

function figuresIn({ prepared, query }: Shape, cells: Cells, account: string | null) {
  const { columns, scale, scope } = prepared.making;
  return columns.map(({ column, of }, at): TrialBalanceFigures | null => {
    const cell = cells[at];
    if (!cell) return null;
    const link = (from: string | null, to: string, closing = true) =>
      account === null ? null : ledgerLink(account, { from, to }, { scope, part: of, closing });
    const sides = (place: number, address: string | null): Sides => ({
      debit: formatAmount(cell[place] ?? 0n, scale),
      credit: formatAmount(cell[place + 1] ?? 0n, scale),
      link: address,
    });
    const { from, to } = column;
    const before = from === null ? null : link(null, addDays(from, -1));
    const movement = link(from, to, query.closing);
    const apart = !query.closing && before !== null && movement !== null;
    const closing = apart
      ? { ...sides(4, null), links: [before, movement] }
      : sides(4, link(null, to, query.closing));
    if (query.from === null) return { closing };
    return { opening: sides(0, before), movement: sides(2, movement), closing };
  });
}

/** The closing balance of all lines on the report's own last day. */
function mainSides({ making }: Prepared, cells: Cells) {
  const at = making.columns.findIndex(({ column }) => column.part === 'all' && column.time === 'current');
  const cell = cells[at];
  return {
    debit: formatAmount(cell?.[4] ?? 0n, making.scale),
    credit: formatAmount(cell?.[5] ?? 0n, making.scale),
  };
}

/**
 * The trial balance as of an ISO date, or between two. Throws an invalid Problem for unknown dimensions. A group's sides are the
 * sums of its accounts' sides. Accounts that were used and have come to zero are listed.
 */
export async function trialBalanceColumns(
  tx: TenantTx,
  query: TrialBalanceQuery,
): Promise<TrialBalanceColumns> {
  const { asOf, closing } = query;
  // Without closings there has to be a day from which they are left out; earlier years stay closed.
  const from = query.from ?? (closing ? null : await yearStart(tx, asOf));
  const prepared = await prepareStatement(tx, query, { from, to: asOf }, [
    (time) => ({ from: null, to: addDays(time.from ?? '1900-01-01', -1) }),
    (time) => time,
  ]);
  const { making, chart, sheaves } = prepared;
  const figuresOf = (account: ChartAccount) => {
    const units = making.columns.map((column) => unitsOf(sheaves, account.id, column, closing));
    return { cells: units.map(({ cell }) => cell), touched: units.some(({ touched }) => touched) };
  };
  const blank = making.columns.map(({ index }) => (index === null ? null : new Array<bigint>(6).fill(0n)));
  const { rows, total } = accountRows(chart, figuresOf, { ...making, blank });
  const shape = { prepared, query };
  return {
    from: query.from,
    as_of: asOf,
    currency: tx.tenant.currency,
    as_known_on: prepared.scope.knownOn,
    columns: making.columns.map(({ column }) => column),
    rows: rows.map(({ account, depth, cells }) => ({
      kind: account.is_group ? 'group' : 'account',
      account: account.code,
      name: account.name,
      type: account.type,
      depth,
      ...mainSides(prepared, cells),
      figures: figuresIn(shape, cells, account.code),
    })),
    totals: { ...mainSides(prepared, total), figures: figuresIn(shape, total, null) },
  };
}
