// One account's ledger: what it stood at, every line between two days with the running balance, and what it came to.
import { sql } from 'kysely';
import { fixAmount, formatAmount, unitsOf } from '#lib/money';
import { notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import type { AccountType } from '../accounts/account.ts';

export type LedgerLine = {
  entry_id: string;
  number: string;
  entry_date: string;
  account: string;
  memo: string;
  reference: string | null;
  debit: string;
  credit: string;
  balance: string;
};

/** Balances are signed: debit is positive, credit negative. A group's ledger holds the lines of all accounts below it. */
export type GeneralLedger = {
  account: string;
  name: string;
  type: AccountType;
  currency: string;
  from: string;
  to: string;
  opening: string;
  lines: LedgerLine[];
  totals: { debit: string; credit: string };
  closing: string;
};

export type LedgerQuery = { account: string; from: string; to: string };

/** `number` counts from 1, `size` is in lines. */
export type LedgerPage = { number: number; size: number };

/** `count` is how many lines the range has in all; `ledger.lines` are those of `page`, which begins at `broughtForward`. */
export type PagedLedger = { ledger: GeneralLedger; count: number; page: number; broughtForward: string };

type Account = { id: number; name: string; type: AccountType; ids: number[] };

async function accountWithDescendants(tx: TenantTx, code: string): Promise<Account> {
  const { rows } = await sql<Account>`
    with recursive tree (id) as (
      select id from accounts where code = ${code}
      union
      select a.id from accounts a join tree t on a.parent_id = t.id
    )
    select a.id, a.name, a.type, (select array_agg(id::integer) from tree) as ids from accounts a where a.code = ${code}
  `.execute(tx.db);
  const [account] = rows;
  if (!account) throw notFound('account');
  return account;
}

/** The balance before a day: whole periods from the kept balances, the begun one from its lines. */
async function openingBalance(tx: TenantTx, ids: number[], from: string): Promise<string> {
  const { rows } = await sql<{ opening: string }>`
    select (
      coalesce((select sum(b.debit - b.credit) from account_balances b join periods p on p.id = b.period_id
        where b.account_id = any(${ids}) and p.ends_on < ${from}::date), 0)
      + coalesce((select sum(l.debit - l.credit) from periods p
        join journal_lines l on l.period_id = p.id and l.entry_date >= p.starts_on and l.entry_date < ${from}::date
        where ${from}::date between p.starts_on and p.ends_on and l.account_id = any(${ids})), 0)
    )::text as opening
  `.execute(tx.db);
  return rows[0]?.opening ?? '0';
}

type Sums = { debit: string; credit: string; closing: string; count: number };

async function sumsOf(
  tx: TenantTx,
  ids: number[],
  { from, to }: LedgerQuery,
  opening: string,
): Promise<Sums> {
  const { rows } = await sql<Sums>`
    select coalesce(sum(debit), 0)::text as debit, coalesce(sum(credit), 0)::text as credit,
      (${opening}::numeric + coalesce(sum(debit - credit), 0))::text as closing, count(*) as count
    from journal_lines
    where account_id = any(${ids}) and entry_date between ${from}::date and ${to}::date
  `.execute(tx.db);
  return rows[0] ?? { debit: '0', credit: '0', closing: opening, count: 0 };
}

/** The balance runs over all lines before any are left out; what belongs to a line is looked up for the rest only. */
async function linesOf(
  tx: TenantTx,
  ids: number[],
  { from, to }: LedgerQuery,
  opening: string,
  page: LedgerPage | null,
): Promise<LedgerLine[]> {
  const { rows } = await sql<LedgerLine>`
    with running as (
      select entry_id, entry_date, line_no, account_id, memo, debit, credit,
        ${opening}::numeric + sum(debit - credit) over (order by entry_date, entry_id, line_no) as balance
      from journal_lines
      where account_id = any(${ids}) and entry_date between ${from}::date and ${to}::date
      order by entry_date, entry_id, line_no
      limit ${page?.size ?? null} offset ${page ? (page.number - 1) * page.size : 0}
    )
    select e.id as entry_id, e.number, r.entry_date, a.code as account, coalesce(r.memo, e.memo) as memo, e.reference,
      r.debit, r.credit, r.balance::text as balance
    from running r
    join journal_entries e on e.id = r.entry_id
    join accounts a on a.id = r.account_id
    order by r.entry_date, r.entry_id, r.line_no
  `.execute(tx.db);
  const fix = (amount: string) => fixAmount(amount, tx.tenant.currencyScale);
  return rows.map((row) => ({
    ...row,
    debit: fix(row.debit),
    credit: fix(row.credit),
    balance: fix(row.balance),
  }));
}

function balanceBefore({ balance, debit, credit }: LedgerLine, scale: number): string {
  return formatAmount(unitsOf(balance, scale) - unitsOf(debit, scale) + unitsOf(credit, scale), scale);
}

async function readLedger(tx: TenantTx, query: LedgerQuery, wanted: LedgerPage | null): Promise<PagedLedger> {
  const scale = tx.tenant.currencyScale;
  const account = await accountWithDescendants(tx, query.account);
  const opening = await openingBalance(tx, account.ids, query.from);
  const { count, ...sums } = await sumsOf(tx, account.ids, query, opening);
  const pages = wanted ? Math.max(1, Math.ceil(count / wanted.size)) : 1;
  const page = wanted && { ...wanted, number: Math.min(wanted.number, pages) };
  const lines = await linesOf(tx, account.ids, query, opening, page);
  const ledger: GeneralLedger = {
    account: query.account,
    name: account.name,
    type: account.type,
    currency: tx.tenant.currency,
    from: query.from,
    to: query.to,
    opening: fixAmount(opening, scale),
    lines,
    totals: { debit: fixAmount(sums.debit, scale), credit: fixAmount(sums.credit, scale) },
    closing: fixAmount(sums.closing, scale),
  };
  const [first] = lines;
  const broughtForward = first ? balanceBefore(first, scale) : ledger.opening;
  return { ledger, count, page: page?.number ?? 1, broughtForward };
}

/**
 * The general ledger of an account, or of all accounts below a group, between two ISO dates (inclusive). Throws
 * not-found for an unknown code.
 */
export async function generalLedger(tx: TenantTx, query: LedgerQuery): Promise<GeneralLedger> {
  return (await readLedger(tx, query, null)).ledger;
}

/**
 * The same with only one page of its lines; opening, totals and closing stay those of the whole range. A page past the
 * last one is the last one.
 */
export async function pageOfLedger(tx: TenantTx, query: LedgerQuery, page: LedgerPage): Promise<PagedLedger> {
  return await readLedger(tx, query, page);
}
