// Statements as tables for CSV, XLSX and PDF.
import type { Sheet, SheetColumn, SheetRow } from '#lib/export/sheet';
import type { Tenant } from '#lib/tenant-tx';
import type { Section, Statement } from './statement.ts';
import type { TrialBalanceColumns, TrialBalanceFigures } from './trial-balance-columns.ts';

type Days = { from: string | null; to: string };

const daysOf = ({ from, to }: Days) => (from === null ? `As of ${to}` : `${from} to ${to}`);

function headOf(tenant: Tenant, days: Days, knownOn: string | null) {
  const known = knownOn === null ? [] : [`As known on ${knownOn}`];
  return {
    subtitle: [tenant.name, daysOf(days), `All amounts in ${tenant.currency}`, ...known],
    currency: tenant.currency,
    scale: tenant.currencyScale,
  };
}

const accountColumns: SheetColumn[] = [
  { key: 'account', title: 'Account', kind: 'text', width: 14 },
  { key: 'name', title: 'Name', kind: 'text', width: 36 },
];

type Amounts = Record<string, string | null>;

function sectionRows({ title, rows, figures }: Section): SheetRow[] {
  const amounts = (of: Section['figures']): Amounts =>
    Object.fromEntries(of.map((figure, at) => [`c${at}`, figure?.amount ?? null]));
  const total: SheetRow = { kind: 'total', cells: { account: null, name: title, ...amounts(figures) } };
  if (rows.length === 0) return [total];
  return [
    { kind: 'heading', cells: { account: title } },
    ...rows.map(
      (row): SheetRow => ({
        kind: row.kind === 'group' ? 'group' : 'line',
        depth: row.depth,
        cells: { account: row.account, name: row.name, ...amounts(row.figures) },
      }),
    ),
    { ...total, cells: { ...total.cells, name: `Total ${title.toLowerCase()}` } },
  ];
}

/** A balance sheet, a profit and loss or a cash flow as a table, one amount column for each of its own. */
export function statementSheet(tenant: Tenant, title: string, days: Days, statement: Statement): Sheet {
  return {
    title,
    ...headOf(tenant, days, statement.as_known_on),
    columns: [
      ...accountColumns,
      ...statement.columns.map((column, at) => ({
        key: `c${at}`,
        title: column.title,
        kind: 'amount' as const,
      })),
    ],
    rows: statement.sections.flatMap(sectionRows),
  };
}

const PARTS = ['opening', 'movement', 'closing'] as const;
const SIDES = ['debit', 'credit'] as const;

function trialBalanceAmounts(figures: readonly (TrialBalanceFigures | null)[]): Amounts {
  const cells = figures.flatMap((figure, at) =>
    PARTS.flatMap((part) => SIDES.map((side) => [`c${at}.${part}.${side}`, figure?.[part]?.[side] ?? null])),
  );
  return Object.fromEntries(cells);
}

/** A trial balance as a table: debit and credit of each balance it has, for each of its columns. */
export function trialBalanceSheet(tenant: Tenant, report: TrialBalanceColumns): Sheet {
  const parts = report.from === null ? (['closing'] as const) : PARTS;
  const several = report.columns.length > 1;
  const columns = report.columns.flatMap((column, at) =>
    parts.flatMap((part) =>
      SIDES.map((side): SheetColumn => {
        const title = report.from === null ? side : `${part} ${side}`;
        const shown = `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
        return {
          key: `c${at}.${part}.${side}`,
          title: several ? `${column.title}: ${title}` : shown,
          kind: 'amount',
        };
      }),
    ),
  );
  return {
    title: 'Trial balance',
    ...headOf(tenant, { from: report.from, to: report.as_of }, report.as_known_on),
    columns: [...accountColumns, ...columns],
    rows: [
      ...report.rows.map(
        (row): SheetRow => ({
          kind: row.kind === 'group' ? 'group' : 'line',
          depth: row.depth,
          cells: { account: row.account, name: row.name, ...trialBalanceAmounts(row.figures) },
        }),
      ),
      { kind: 'total', cells: { name: 'Total', ...trialBalanceAmounts(report.totals.figures) } },
    ],
  };
}
