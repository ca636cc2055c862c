// The statement of an account, as it is sent to whom it concerns: what stood open, what moved against what, what stands open now.
import { sql } from 'kysely';
import { currencyScale, fixAmount, formatAmount, unitsOf } from '#lib/money';
import { notFound } from '#lib/problem';
import { readRows } from '#lib/read-rows';
import type { TenantTx } from '#lib/tenant-tx';
import { type LineScope, type LineScopeQuery, lineScope } from './line-scope.ts';
import { entryLink } from './report-links.ts';

/** `against` are the codes of the entry's other accounts; `balance` is signed, debit positive. */
export type StatementLine = {
  entry_id: string;
  number: string;
  entry_date: string;
  memo: string;
  reference: string | null;
  against: string[];
  debit: string;
  credit: string;
  balance: string;
  link: string;
};

/**
 * ISO dates, both inclusive. `currency` (ISO 4217) other than the company's tells the lines in that currency, in its amounts;
 * without one it is the company's, and all lines are told.
 */
export type AccountStatementQuery = LineScopeQuery & {
  account: string;
  from: string;
  to: string;
  currency: string | null;
};

/** Signed amounts in `currency`. `lines` are read as they are asked for; the transaction must stay open meanwhile. */
export type AccountStatement = {
  account: string;
  name: string;
  currency: string;
  from: string;
  to: string;
  opening: string;
  totals: { debit: string; credit: string };
  closing: string;
  count: number;
  lines: AsyncGenerator<StatementLine>;
};

type Account = { name: string; ids: number[] };
type Sums = { opening: string; debit: string; credit: string; count: number };
type Row = Omit<StatementLine, 'link'>;

/** The two sides of a line in the statement's currency, and which lines it has. */
function sidesIn(tx: TenantTx, currency: string) {
  if (currency === tx.tenant.currency)
    return { debit: sql`l.debit`, credit: sql`l.credit`, where: sql`true` };
  return {
    debit: sql`case when l.debit > 0 then l.amount else 0 end`,
    credit: sql`case when l.credit > 0 then l.amount else 0 end`,
    where: sql`l.currency = ${currency}`,
  };
}

function linesQuery(
  query: AccountStatementQuery,
  { ids }: Account,
  { debit, credit, where }: ReturnType<typeof sidesIn>,
  opening: string,
  { conditions }: LineScope,
) {
  return sql<Row>`
    select e.id as entry_id, e.number, l.entry_date, coalesce(l.memo, e.memo) as memo, e.reference,
      array(select distinct a.code from journal_lines o join accounts a on a.id = o.account_id
        where o.entry_id = e.id and o.account_id <> l.account_id order by a.code) as against,
      l.debit, l.credit, ${opening}::numeric + sum(l.debit - l.credit) over (order by l.entry_date, l.entry_id, l.line_no) as balance
    from (
      select l.entry_id, l.line_no, l.entry_date, l.account_id, l.memo, ${debit} as debit, ${credit} as credit
      from journal_lines l join journal_entries e on e.id = l.entry_id
      where l.account_id = any(${ids}::bigint[]) and l.entry_date between ${query.from}::date and ${query.to}::date
        and ${where} and ${conditions}
    ) l join journal_entries e on e.id = l.entry_id
    order by l.entry_date, l.entry_id, l.line_no
  `;
}

async function sumsOf(
  tx: TenantTx,
  { from, to }: AccountStatementQuery,
  { ids }: Account,
  { debit, credit, where }: ReturnType<typeof sidesIn>,
  { conditions }: LineScope,
): Promise<Sums> {
  const { rows } = await sql<Sums>`
    select coalesce(sum(debit - credit) filter (where entry_date < ${from}::date), 0) as opening,
      coalesce(sum(debit) filter (where entry_date >= ${from}::date), 0) as debit,
      coalesce(sum(credit) filter (where entry_date >= ${from}::date), 0) as credit,
      count(*) filter (where entry_date >= ${from}::date) as count
    from (
      select l.entry_date, ${debit} as debit, ${credit} as credit
      from journal_lines l join journal_entries e on e.id = l.entry_id
      where l.account_id = any(${ids}::bigint[]) and l.entry_date <= ${to}::date and ${where} and ${conditions}
    ) l
  `.execute(tx.db);
  return rows[0] ?? { opening: '0', debit: '0', credit: '0', count: 0 };
}

/**
 * The statement of an account, or of all accounts below a group. Throws not-found for an unknown code and an invalid Problem for
 * unknown dimensions.
 */
export async function accountStatement(
  tx: TenantTx,
  query: AccountStatementQuery,
): Promise<AccountStatement> {
  const { rows } = await sql<Account>`select name, ids from ledger_accounts(${query.account})`.execute(tx.db);
  const [account] = rows;
  if (!account) throw notFound('account');
  const currency = query.currency ?? tx.tenant.currency;
  const scale = currency === tx.tenant.currency ? tx.tenant.currencyScale : (currencyScale(currency) ?? 4);
  const scope = await lineScope(tx, query);
  const sides = sidesIn(tx, currency);
  const sums = await sumsOf(tx, query, account, sides, scope);
  const fix = (amount: string) => fixAmount(amount, scale);
  async function* lines(): AsyncGenerator<StatementLine> {
    const found = readRows(tx, linesQuery(query, account as Account, sides, sums.opening, scope));
    for await (const { debit, credit, balance, ...line } of found)
      yield {
        ...line,
        debit: fix(debit),
        credit: fix(credit),
        balance: fix(balance),
        link: entryLink(line.entry_id, query.api),
      };
  }
  const { opening, debit, credit, count } = sums;
  const closing = unitsOf(opening, scale) + unitsOf(debit, scale) - unitsOf(credit, scale);
  return {
    account: query.account,
    name: account.name,
    currency,
    from: query.from,
    to: query.to,
    opening: fix(opening),
    totals: { debit: fix(debit), credit: fix(credit) },
    closing: formatAmount(closing, scale),
    count,
    lines: lines(),
  };
}
