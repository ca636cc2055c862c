// Foretells the number that an entry would get; numbers are given at posting only, and nothing is held for anybody.
import { sql } from 'kysely';
import { invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { requiredSeries } from './number-series.ts';

/** `sequence` and `number` are what the next posting would get if it came now; whoever posts first has it. */
export type NumberForecast = {
  series: string;
  date: string;
  fiscal_year: string;
  period: string;
  sequence: number;
  number: string;
  forecast: true;
};

type Row = Pick<NumberForecast, 'fiscal_year' | 'period' | 'sequence' | 'number'>;

/** The forecast for an entry of that date (ISO). Throws not-found, or an invalid Problem for a date outside of all periods. */
export async function previewNumber(tx: TenantTx, code: string, date: string): Promise<NumberForecast> {
  await requiredSeries(tx, code);
  const { rows } = await sql<Row>`
    select y.name as fiscal_year, p.name as period, n.next as sequence,
      numbering_text(s.prefix, s.code, y.name, p.number, ${date}::date)
        || lpad(n.next::text, greatest(s.padding, length(n.next::text)), '0')
        || numbering_text(s.suffix, s.code, y.name, p.number, ${date}::date) as number
    from number_series s
      join periods p on ${date}::date between p.starts_on and p.ends_on
      join fiscal_years y on y.id = p.fiscal_year_id
      left join number_counters c on c.series_id = s.id
        and c.since = case s.reset when 'never' then date '0001-01-01' when 'period' then p.starts_on else y.starts_on end
      cross join lateral (select coalesce(c.last_number, 0) + 1 as next) n
    where s.code = ${code}
  `.execute(tx.db);
  const [row] = rows;
  if (!row) {
    const detail = `${date} lies in no fiscal period of the company`;
    throw invalid([{ pointer: '/query/date', code: 'accounting/no-period', detail }]);
  }
  return { series: code, date, ...row, forecast: true };
}
