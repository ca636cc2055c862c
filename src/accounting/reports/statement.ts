// What balance sheet, profit and loss and cash flow are alike: sections of accounts with figures in columns, and sums.
import { formatAmount } from '#lib/money';
import type { AccountType } from '../accounts/account.ts';
import { type AccountRow, accountRows, type Cells, type Layout } from './account-rows.ts';
import type { ChartAccount, Part, Sheaf } from './read-sums.ts';
import type { Column, PlacedColumn } from './report-columns.ts';
import type { Span } from './report-dates.ts';
import { type LinkOptions, ledgerLink } from './report-links.ts';
import type { Scope } from './report-scope.ts';

export type Side = 'debit' | 'credit';

/**
 * `link` is the address of the lines that the amount is the sum of; a sum of several accounts or groups has theirs as
 * `links` instead. Lines count positive on the side of their section.
 */
export type Figure = { amount: string; link: string | null; links?: string[] };

export type StatementRow = {
  kind: 'account' | 'group';
  account: string;
  name: string;
  type: AccountType;
  depth: number;
  figures: (Figure | null)[];
};

/** `figures` are the section's total, one for each column. A section without rows is a sum of others, or a line by itself. */
export type Section = {
  key: string;
  title: string;
  side: Side;
  rows: StatementRow[];
  figures: (Figure | null)[];
};

export type Statement = {
  report: string;
  currency: string;
  as_known_on: string | null;
  columns: Column[];
  sections: Section[];
};

/** What sections are made from. */
export type Making = {
  scale: number;
  scope: Scope;
  columns: PlacedColumn[];
  layout: Layout;
  zero: boolean;
};

/** A section with its amounts still as numbers, and the addresses of what it is the sum of, for each column. */
export type Made = { section: Section; units: (bigint | null)[]; links: string[][] };

type Linking = (account: string, span: Span, options: LinkOptions) => string;

/** How the accounts of a section are counted: which lines, and how they are shown again. */
export type Counting = {
  key: string;
  title: string;
  side: Side;
  accounts: readonly ChartAccount[];
  sums: Sheaf;
  closing: boolean;
  link?: Linking;
};

const blankOf = ({ columns }: Making): Cells => columns.map(({ index }) => (index === null ? null : [0n]));

function unitsAt(counting: Counting, { index, of }: PlacedColumn, account: number): bigint[] | null {
  if (index === null) return null;
  const { debit, credit } = counting.sums.at(index, account, of as Part, counting.closing);
  return [counting.side === 'debit' ? debit - credit : credit - debit];
}

/** The section of some accounts, which come by code. */
export function makeSection(making: Making, counting: Counting): Made {
  const { columns, scale, scope } = making;
  const { rows, roots, total } = accountRows(
    counting.accounts,
    (account) => {
      const cells = columns.map((column) => unitsAt(counting, column, account.id));
      return { cells, touched: cells.some((cell) => cell?.some((units) => units !== 0n)) };
    },
    { layout: making.layout, zero: making.zero, blank: blankOf(making) },
  );
  const linkAt = ({ account }: AccountRow, { column, of }: PlacedColumn) =>
    (counting.link ?? ledgerLink)(account.code, column, { scope, part: of, closing: counting.closing });
  const section: Section = {
    key: counting.key,
    title: counting.title,
    side: counting.side,
    rows: rows.map((row) => ({
      kind: row.account.is_group ? 'group' : 'account',
      account: row.account.code,
      name: row.account.name,
      type: row.account.type,
      depth: row.depth,
      figures: columns.map((column, at) => {
        const units = row.cells[at]?.[0];
        return units === undefined ? null : { amount: formatAmount(units, scale), link: linkAt(row, column) };
      }),
    })),
    figures: [],
  };
  const units = total.map((cell) => cell?.[0] ?? null);
  const links = columns.map((column) => roots.map((root) => linkAt(root, column)));
  section.figures = figuresOf(units, links, scale);
  return { section, units, links };
}

function figuresOf(units: readonly (bigint | null)[], links: string[][], scale: number): (Figure | null)[] {
  return units.map((amount, at) =>
    amount === null ? null : { amount: formatAmount(amount, scale), link: null, links: links[at] ?? [] },
  );
}

/** A line that sums up sections; those counted on the other side are taken off. */
export function makeSum(
  { scale, columns }: Pick<Making, 'scale' | 'columns'>,
  { key, title, side }: Pick<Section, 'key' | 'title' | 'side'>,
  parts: readonly Made[],
): Made {
  const units = columns.map(({ index }, at) =>
    index === null
      ? null
      : parts.reduce((sum, part) => {
          const own = part.units[at] ?? 0n;
          return part.section.side === side ? sum + own : sum - own;
        }, 0n),
  );
  const links = columns.map((_, at) => [...new Set(parts.flatMap((part) => part.links[at] ?? []))]);
  return { section: { key, title, side, rows: [], figures: figuresOf(units, links, scale) }, units, links };
}

/** The same counted on the other side: what was positive in debit is added to what is positive in credit as it comes. */
export const inCredit = (made: Made): Made => ({ ...made, section: { ...made.section, side: 'credit' } });

/**
 * A sum that comes to the same as another one, with that one's lines: its own would cancel each other out, as those that are
 * booked against other values are among them on both sides.
 */
export const explainedBy = (made: Made, other: Made): Made => ({
  ...made,
  section: { ...made.section, side: other.section.side, figures: other.section.figures },
});

/** Whether a statement is of a part of the lines only, of which debits and credits need not be the same. */
export const isPartial = ({ filters, by, branches }: Scope) =>
  filters.length > 0 || by !== null || branches !== null;
