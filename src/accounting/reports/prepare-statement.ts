// Reads what a statement is made from: the chart, the columns, and the sums of the spans in them.
import type { TenantTx } from '#lib/tenant-tx';
import type { Layout } from './account-rows.ts';
import { type ChartAccount, readChart, readSums, type Sheaf } from './read-sums.ts';
import { columnsOf } from './report-columns.ts';
import { type Comparison, type Span, type Time, timesOf } from './report-dates.ts';
import { findScope, type Scope, type ScopeQuery } from './report-scope.ts';
import type { Making } from './statement.ts';

/** What all statements are asked: `zero` wants accounts without any figure, too. */
export type StatementQuery = ScopeQuery & { compare: Comparison | null; layout: Layout; zero: boolean };

export type Prepared = {
  making: Making;
  scope: Scope;
  times: Time[];
  chart: ChartAccount[];
  sheaves: Sheaf[];
};

/**
 * Reads the sums of one span after the other of each of `spansOf`: a sheaf for each of them, whose spans are the times of
 * the report. Throws an invalid Problem for unknown dimensions.
 */
export async function prepareStatement(
  tx: TenantTx,
  query: StatementQuery,
  span: Span,
  spansOf: readonly ((time: Time) => Span)[],
): Promise<Prepared> {
  const scope = await findScope(tx, query);
  const times = await timesOf(tx, span, query.compare);
  const chart = await readChart(tx, scope);
  const spans = spansOf.flatMap((of) => times.map(of));
  const sums = await readSums(tx, spans, scope);
  const sheaves = spansOf.map(
    (_, nth): Sheaf => ({
      parts: sums.parts,
      at: (time, account, part, closing) => sums.at(nth * times.length + time, account, part, closing),
    }),
  );
  const columns = columnsOf(times, scope, sums);
  const { layout, zero } = query;
  const making = { scale: tx.tenant.currencyScale, scope, columns, layout, zero };
  return { making, scope, times, chart, sheaves };
}

/** The accounts of some types, in the order of the chart. */
export function ofTypes(chart: readonly ChartAccount[], ...types: ChartAccount['type'][]): ChartAccount[] {
  return chart.filter(({ type }) => types.includes(type));
}
