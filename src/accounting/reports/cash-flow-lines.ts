// The lines behind a figure of the direct cash flow: an account's lines in entries that touch cash.
import { type RawBuilder, sql } from 'kysely';
import { type Key, type Ordering, type Part, readOrdering } from '#lib/lists/part';
import { afterKey, type SortedBy } from '#lib/lists/select-part';
import { fixAmount } from '#lib/money';
import { notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { isCash } from './cash-flow-accounts.ts';
import { readChart } from './read-sums.ts';
import { findScope, type ScopeQuery } from './report-scope.ts';

/** Which lines; `''` as the value of a dimension asks for lines without one of it. */
export type CashLinesQuery = {
  account: string;
  from: string;
  to: string;
  dimensions: Readonly<Record<string, string>>;
  knownOn: string | null;
};

export type CashLine = {
  entry_id: string;
  number: string;
  entry_date: string;
  memo: string;
  debit: string;
  credit: string;
};

/** `totals` are of all pages; credit less debit is the cash received. */
export type CashLines = {
  account: string;
  name: string;
  from: string;
  to: string;
  count: number;
  totals: { debit: string; credit: string };
  results: CashLine[];
  /** The key of the last line when more follow it, of a part by key. */
  next: Key | null;
};

type Row = CashLine & { line_no: number; count: number; debits: string; credits: string };

const columns = [
  { of: sql`entry_date`, type: 'date' },
  { of: sql`entry_id`, type: 'uuid' },
  { of: sql`line_no`, type: 'integer' },
] as const satisfies SortedBy[];

const keyOf = ({ entry_date, entry_id, line_no }: Row): Key => [entry_date, entry_id, String(line_no)];

/** What the scope asks of a line: all the values, and none of the dimensions without one. */
async function conditionsOf(tx: TenantTx, { dimensions, knownOn }: CashLinesQuery) {
  const asked = Object.entries(dimensions);
  const query: Pick<ScopeQuery, 'by' | 'knownOn'> = { by: null, knownOn };
  const { filters } = await findScope(tx, {
    ...query,
    dimensions: Object.fromEntries(asked.filter(([, value]) => value !== '')),
  });
  for (const [by] of asked.filter(([, value]) => value === ''))
    await findScope(tx, { ...query, dimensions: {}, by });
  const without = asked.filter(([, value]) => value === '').map(([code]) => code);
  const of = (condition: ReturnType<typeof sql>) =>
    sql`exists (select from journal_line_dimensions d join dimensions m on m.id = d.dimension_id
      where d.entry_id = l.entry_id and d.line_no = l.line_no and ${condition})`;
  return sql.join(
    [
      sql`true`,
      ...filters.map(({ id }) => of(sql`d.value_id = ${id}`)),
      ...without.map((code) => sql`not ${of(sql`m.code = ${code}`)}`),
    ],
    sql` and `,
  );
}

/** The account by its id, and the ids of all accounts of cash. */
type Found = { account: number; cash: number[]; conditions: RawBuilder<unknown> };

/** The lines of a part, one more when more follow a part by key, and the sums of all in each row; a row without a line when none is found. */
async function readRows(
  tx: TenantTx,
  { account, cash, conditions }: Found,
  { from, to, knownOn }: CashLinesQuery,
  part: Part,
  ordering: Ordering<'entry_date'>,
): Promise<Row[]> {
  const { backwards } = readOrdering(ordering);
  const sorted: SortedBy[] = backwards ? columns.map((each) => ({ ...each, falling: true })) : [...columns];
  const order = sql.join(sorted.map(({ of, falling }) => (falling ? sql`${of} desc` : of)));
  const [after, skip, limit] =
    part.by === 'number' ? [null, (part.page - 1) * part.size, part.size] : [part.after, 0, part.size + 1];
  const { rows } = await sql<Row>`
    with found as (
      select l.entry_id, l.line_no, l.entry_date, coalesce(l.memo, e.memo) as memo, e.number, l.debit, l.credit
      from journal_lines l join journal_entries e on e.id = l.entry_id
      where l.account_id = ${account} and l.entry_date between ${from}::date and ${to}::date
        and not l.account_id = any(${cash}::bigint[])
        and exists (select from journal_lines c where c.entry_id = l.entry_id and c.account_id = any(${cash}::bigint[]))
        and (${knownOn}::timestamptz is null or e.posted_at <= ${knownOn}::timestamptz) and ${conditions}
    ), sums as (
      select count(*) as count, coalesce(sum(debit), 0)::text as debits, coalesce(sum(credit), 0)::text as credits from found
    )
    select s.*, f.entry_id, f.line_no, f.number, f.entry_date, f.memo, f.debit, f.credit
    from sums s left join (
      select * from found where ${afterKey(sorted, after)} order by ${order}
      limit ${limit} offset ${skip}
    ) f on true
    order by ${order}
  `.execute(tx.db);
  return rows;
}

/**
 * A part of them, oldest first unless ordered otherwise. Throws not-found for an account that the chart has not, or had not at the
 * moment, and an invalid Problem for a key of another list.
 */
export async function cashFlowLines(
  tx: TenantTx,
  query: CashLinesQuery,
  part: Part,
  ordering: Ordering<'entry_date'> = 'entry_date',
): Promise<CashLines> {
  const { from, to, knownOn } = query;
  const conditions = await conditionsOf(tx, query);
  const chart = await readChart(tx, { knownOn });
  const account = chart.find(({ code, is_group }) => code === query.account && !is_group);
  if (!account) throw notFound('account');
  const cash = chart.filter(isCash).map(({ id }) => id);
  const rows = await readRows(tx, { account: account.id, cash, conditions }, query, part, ordering);
  const fix = (amount: string) => fixAmount(amount, tx.tenant.currencyScale);
  const [first] = rows;
  const found = rows.filter(({ entry_id }) => entry_id !== null);
  const shown = found.slice(0, part.size);
  const last = shown.at(-1);
  const results = shown.map(({ line_no: _, count: __, debits: ___, credits: ____, ...line }) => ({
    ...line,
    debit: fix(line.debit),
    credit: fix(line.credit),
  }));
  return {
    account: account.code,
    name: account.name,
    from,
    to,
    count: first?.count ?? 0,
    totals: { debit: fix(first?.debits ?? '0'), credit: fix(first?.credits ?? '0') },
    results,
    next: last && found.length > part.size ? keyOf(last) : null,
  };
}
