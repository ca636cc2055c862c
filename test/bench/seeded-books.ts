// Books of very many lines, made by the posting function itself in big batches.
import type { BenchCompany, BenchHouse } from './house.ts';

/** Entries a statement. */
const BATCH = 5000;

/** Two years of entries of two lines over some accounts; `hot` is the account whose ledger is turned over. */
export const seeded = { hot: '1010', from: '2024-01-01', to: '2025-12-31', middle: '2025-06-15' };

/** One batch, from entry number `first` on; every fifth entry goes by the hot account. */
function batchOf(schema: string, first: number, count: number, days: number): string {
  return `
    with e as (
      select n, n - ${first} as ix, date '2024-01-01' + (n % ${days} * 7919 % ${days}) as day, ((n * 31) % 99999 + 1) / 100.0 as amount
      from generate_series(${first}, ${first + count - 1}) n
    ), codes as (
      select array_agg(code order by code) as list from ${schema}.accounts where not is_group and is_active and code <> '1010'
    )
    select count(*) from ${schema}.post_entries(
      (select jsonb_agg(jsonb_build_object('ix', ix, 'id', uuidv7(), 'entry_date', day, 'memo', 'Entry ' || n, 'source', 'api')) from e),
      (select jsonb_agg(jsonb_build_object('entry_ix', ix, 'line_ix', side, 'account',
          case when side = 0 and n % 5 = 0 then '1010' else list[1 + (n * 13 + side * 7) % array_length(list, 1)] end,
          case side when 0 then 'debit' else 'credit' end, amount::text))
        from e, codes, generate_series(0, 1) side))
    where number is not null`;
}

/** A new company with that many lines on `days` days from the beginning of 2024. Throws when an entry was refused. */
export async function seedBooks(house: BenchHouse, lines: number, days = 731): Promise<BenchCompany> {
  const company = await house.company();
  const { schema } = company.tenant;
  const started = performance.now();
  const entries = lines / 2;
  for (let first = 1; first <= entries; first += BATCH) {
    const count = Math.min(BATCH, entries - first + 1);
    const { rows } = await house.superuser.query(batchOf(`"${schema}"`, first, count, days));
    if (Number(rows[0].count) !== count)
      throw new Error(`only ${rows[0].count} of ${count} entries were posted`);
  }
  await house.superuser.query(
    `vacuum (analyze) "${schema}".journal_lines, "${schema}".journal_entries, "${schema}".account_balances, "${schema}".account_days`,
  );
  const seconds = (performance.now() - started) / 1000;
  house.log(
    `  posted ${lines.toLocaleString('en-US')} lines in ${seconds.toFixed(1)} s, ${Math.round(lines / seconds)} lines/s`,
  );
  return company;
}
