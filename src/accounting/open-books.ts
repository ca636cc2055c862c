// Gives a new company its chart of accounts and its first fiscal years.
import type { TenantTx } from '#lib/tenant-tx';
import { type ChartName, chartNamed } from './charts/chart-named.ts';
import { type FiscalYear, openFiscalYears } from './fiscal-years/fiscal-year.ts';

/**
 * Opens the books: the ready-made chart of that name and `years` fiscal years from the ISO date `firstYear`. Throws an
 * invalid Problem when the company's calendar cannot begin a year that day.
 */
export async function openBooks(
  tx: TenantTx,
  books: { chart: ChartName; firstYear: string; years: number },
): Promise<FiscalYear[]> {
  const ids = new Map<string, number>();
  for (const account of chartNamed(books.chart)) {
    const { id } = await tx.db
      .insertInto('accounts')
      .values({
        code: account.code,
        name: account.name,
        type: account.type,
        category: account.category,
        is_group: account.group,
        parent_id: account.parent === null ? null : (ids.get(account.parent) ?? null),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    ids.set(account.code, id);
  }
  return await openFiscalYears(tx, books.firstYear, books.years);
}
