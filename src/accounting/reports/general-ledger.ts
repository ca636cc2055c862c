// One account's ledger: what it stood at, every line between two days with the running balance, and what it came to.
import { sql } from 'kysely';
import { fixAmount } from '#lib/money';
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

type Account = { id: number; name: string; type: AccountType; ids: number[] };

async function accountWithDescendants(tx: TenantTx, code: string): Promise<Account> {
  const { rows } = await sql<Account>`
    with recursive tree (id) as (
      select id from accounts where code = ${code}
      union all
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

/**
 * The general ledger of an account, or of all accounts below a group, between two ISO dates (inclusive). Throws
 * not-found for an unknown code.
 */
export async function generalLedger(
  tx: TenantTx,
  query: { account: string; from: string; to: string },
): Promise<GeneralLedger> {
  const account = await accountWithDescendants(tx, query.account);
  const scale = tx.tenant.currencyScale;
  const opening = await openingBalance(tx, account.ids, query.from);
  const { rows } = await sql<LedgerLine>`
    select e.id as entry_id, e.number, l.entry_date, a.code as account, coalesce(l.memo, e.memo) as memo, e.reference,
      l.debit, l.credit,
      (${opening}::numeric + sum(l.debit - l.credit) over (order by l.entry_date, l.entry_id, l.line_no))::text as balance
    from journal_lines l
    join journal_entries e on e.id = l.entry_id
    join accounts a on a.id = l.account_id
    where l.account_id = any(${account.ids}) and l.entry_date between ${query.from}::date and ${query.to}::date
    order by l.entry_date, l.entry_id, l.line_no
  `.execute(tx.db);
  const { rows: sums } = await sql<{ debit: string; credit: string; closing: string }>`
    select coalesce(sum(debit), 0)::text as debit, coalesce(sum(credit), 0)::text as credit,
      (${opening}::numeric + coalesce(sum(debit - credit), 0))::text as closing
    from journal_lines
    where account_id = any(${account.ids}) and entry_date between ${query.from}::date and ${query.to}::date
  `.execute(tx.db);
  const sum = sums[0] ?? { debit: '0', credit: '0', closing: opening };
  const fix = (amount: string) => fixAmount(amount, scale);
  return {
    account: query.account,
    name: account.name,
    type: account.type,
    currency: tx.tenant.currency,
    from: query.from,
    to: query.to,
    opening: fix(opening),
    lines: rows.map((row) => ({
      ...row,
      debit: fix(row.debit),
      credit: fix(row.credit),
      balance: fix(row.balance),
    })),
    totals: { debit: fix(sum.debit), credit: fix(sum.credit) },
    closing: fix(sum.closing),
  };
}
