// Accounts as the rows of a report: a flat list, or the tree of the chart with a subtotal on each group.
import type { ChartAccount } from './read-sums.ts';

export const layouts = ['flat', 'tree'] as const;
export type Layout = (typeof layouts)[number];

/** The amounts of a row, one list for each column; null where a column has no figures yet. */
export type Cells = (bigint[] | null)[];

/** `touched` says whether a row has something to tell: otherwise it is left out, unless all accounts are asked for. */
export type AccountFigures = { cells: Cells; touched: boolean };

export type AccountRow = AccountFigures & { account: ChartAccount; depth: number };

/** The sum of rows, column by column. */
function sumOfCells(rows: readonly Cells[], blank: Cells): Cells {
  return rows.reduce<Cells>(
    (sum, cells) =>
      sum.map((own, column) => own?.map((units, at) => units + (cells[column]?.[at] ?? 0n)) ?? null),
    blank,
  );
}

/**
 * The rows of accounts, which come by code: with 'tree' each group before what is below it. `figuresOf` is asked for
 * accounts that take lines; a group is the sum of those below it. `blank` has the shape of all cells, with zeros.
 */
export function accountRows(
  accounts: readonly ChartAccount[],
  figuresOf: (account: ChartAccount) => AccountFigures,
  options: { layout: Layout; zero: boolean; blank: Cells },
): { rows: AccountRow[]; roots: AccountRow[]; total: Cells } {
  const ids = new Set(accounts.map(({ id }) => id));
  const below = new Map<number | null, ChartAccount[]>();
  for (const account of accounts) {
    const above = account.parent_id !== null && ids.has(account.parent_id) ? account.parent_id : null;
    const siblings = below.get(above);
    if (siblings) siblings.push(account);
    else below.set(above, [account]);
  }
  const walk = (account: ChartAccount, depth: number): AccountRow[] => {
    if (!account.is_group) return [{ account, depth, ...figuresOf(account) }];
    const under = (below.get(account.id) ?? []).map((child) => walk(child, depth + 1));
    const heads = under.flatMap(([head]) => (head ? [head] : []));
    const cells = sumOfCells(
      heads.map((head) => head.cells),
      options.blank,
    );
    return [{ account, depth, cells, touched: heads.some((head) => head.touched) }, ...under.flat()];
  };
  const trees = (below.get(null) ?? []).map((root) => walk(root, 0));
  const heads = trees.flatMap(([head]) => (head ? [head] : []));
  const total = sumOfCells(
    heads.map((head) => head.cells),
    options.blank,
  );
  const shown = trees.flat().filter((row) => row.touched || options.zero);
  const roots = heads.filter((head) => head.touched);
  if (options.layout === 'tree') return { rows: shown, roots, total };
  const leaves = shown.filter(({ account }) => !account.is_group).map((row) => ({ ...row, depth: 0 }));
  const place = new Map(accounts.map(({ id }, index) => [id, index]));
  leaves.sort((a, b) => (place.get(a.account.id) ?? 0) - (place.get(b.account.id) ?? 0));
  return { rows: leaves, roots, total };
}
