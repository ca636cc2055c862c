// Adds up the lines that a figure's link names, by one plain sum past every function that reports use.
import assert from 'node:assert/strict';
import type { Account } from '#accounting';
import { unitsOf } from '#lib/money';
import type { TestCompany, TestHouse } from '#test/company';

/** The ids of an account and of all below it, in a chart. Fails for a code that it has not. */
function below(chart: readonly Account[], code: string): number[] {
  const own = chart.find((account) => account.code === code);
  assert.ok(own, `${code} was in the chart`);
  const children = chart.filter((account) => account.parent === code);
  return [own.id, ...children.flatMap((child) => below(chart, child.code))];
}

/** Conditions on lines `l` and entries `e`; `values` are their parameters, to which theirs are added. */
function conditionsOf(schema: string, asked: URLSearchParams, ofCash: boolean, values: unknown[]): string[] {
  const conditions: string[] = [];
  if (asked.get('closing') === 'false') conditions.push('not l.closing');
  const knownOn = asked.get('as_known_on');
  if (knownOn !== null) conditions.push(`e.posted_at <= $${values.push(knownOn)}`);
  for (const [name, value] of asked) {
    if (!name.startsWith('dimension.')) continue;
    const dimension = `$${values.push(name.slice('dimension.'.length))}`;
    const own = `select from ${schema}.journal_line_dimensions d join ${schema}.dimension_values v on v.id = d.value_id
      join ${schema}.dimensions m on m.id = d.dimension_id
      where d.entry_id = l.entry_id and d.line_no = l.line_no and m.code = ${dimension}`;
    conditions.push(
      value === '' ? `not exists (${own})` : `exists (${own} and v.code = $${values.push(value)})`,
    );
  }
  if (ofCash) {
    conditions.push(`exists (select from ${schema}.journal_lines c join ${schema}.accounts a on a.id = c.account_id
      where c.entry_id = l.entry_id and a.category in ('cash', 'bank'))`);
  }
  return conditions;
}

/**
 * What the lines behind a link come to, in hundredths: of the general ledger, or of the direct cash flow; from the first line on
 * where it has no first day. `chart` is the one by which groups are read.
 */
export async function linesBehind(
  { superuser }: TestHouse,
  { tenant: { schema } }: TestCompany,
  link: string,
  chart: readonly Account[],
): Promise<{ debit: bigint; credit: bigint }> {
  const { pathname, searchParams: asked } = new URL(link, 'http://relative.invalid');
  const ofCash = pathname === '/api/v1/reports/cash-flow/lines/';
  assert.ok(ofCash || pathname === '/api/v1/reports/general-ledger/', pathname);
  const accounts = below(chart, asked.get('account') ?? '');
  const values: unknown[] = [accounts, asked.get('from') ?? '1900-01-01', asked.get('to')];
  const narrowed = conditionsOf(schema, asked, ofCash, values);
  const conditions = ['l.account_id = any($1)', 'l.entry_date between $2 and $3', ...narrowed];
  const { rows } = await superuser.query<{ debit: string; credit: string }>(
    `select coalesce(sum(l.debit), 0)::numeric(30, 2)::text as debit, coalesce(sum(l.credit), 0)::numeric(30, 2)::text as credit
     from ${schema}.journal_lines l join ${schema}.journal_entries e on e.id = l.entry_id where ${conditions.join(' and ')}`,
    values,
  );
  const [sums] = rows;
  return { debit: unitsOf(sums?.debit ?? '0', 2), credit: unitsOf(sums?.credit ?? '0', 2) };
}
