// Finds what stands in other currencies on a day, and what that is worth at the rates of the day.
import { sql } from 'kysely';
import type { TenantTx } from '#lib/tenant-tx';
import type { AccountType } from '../accounts/account.ts';
import { balancesSeen } from '../branch-limit.ts';

/**
 * One account's balance in one currency; debit is positive. `amount` is in `currency`, the others in the company's: `base` as
 * the books have it, `value` at the rate of `rate_date`, and the `difference` between them. `value` and `difference` are null
 * when no rate is known, and for what is not monetary.
 */
export type OpenBalance = {
  account: string;
  account_name: string;
  type: AccountType;
  monetary: boolean;
  currency: string;
  amount: string;
  base: string;
  rate: string | null;
  rate_date: string | null;
  value: string | null;
  difference: string | null;
};

/**
 * Categories whose balances are money to be received or paid in fixed amounts (IAS 21, paragraph 16). Taxes are not among them:
 * they are owed in the country's own currency, whatever the invoice was in.
 */
const monetaryCategories = ['cash', 'bank', 'receivable', 'payable', 'loan'];

/** How the source of an entry made by the revaluation is named. */
export const revaluationSource = 'revaluation';

/**
 * The balances of assets and liabilities in other currencies on an ISO date that are not settled whole, by account and currency:
 * from the kept balances, less what the day's period has later. `settled` counts the reversals of revaluations that are due by
 * then as if they were posted. Amounts are unrounded decimal strings.
 */
export async function openBalances(
  tx: TenantTx,
  day: string,
  options: { settled?: boolean } = {},
): Promise<OpenBalance[]> {
  const { currency, currencyScale } = tx.tenant;
  const { rows } = await sql<OpenBalance>`
    with moved as (
      select b.account_id, b.currency, b.amount_debit - b.amount_credit as amount, b.debit - b.credit as base
      from ${balancesSeen(tx)} b join periods p on p.id = b.period_id
      where p.starts_on <= ${day}::date and b.currency <> ${currency}
      union all
      select l.account_id, l.currency, case when l.debit > 0 then -l.amount else l.amount end, l.credit - l.debit
      from periods p
        join journal_entries e on e.period_id = p.id and e.entry_date > ${day}::date
        join journal_lines l on l.entry_id = e.id
      where ${day}::date between p.starts_on and p.ends_on and l.currency <> ${currency}
      union all
      select l.account_id, l.currency, 0, l.credit - l.debit
      from scheduled_reversals s
        join journal_entries e on e.id = s.entry_id and e.source = ${revaluationSource}
        join journal_lines l on l.entry_id = e.id
      where ${options.settled ?? false} and s.reverse_on <= ${day}::date and l.currency <> ${currency}
        and not exists (select from journal_entries r where r.reverses_id = e.id)
    ), open as (
      select a.code, a.name, a.type, m.currency, sum(m.amount) as amount, sum(m.base) as base,
        coalesce(a.is_monetary, coalesce(a.category = any(${monetaryCategories}::text[]), false)) as monetary
      from moved m join accounts a on a.id = m.account_id
      where a.type in ('asset', 'liability')
      group by a.id, m.currency
      having sum(m.amount) <> 0 or sum(m.base) <> 0
    )
    select o.code as account, o.name as account_name, o.type, o.monetary, o.currency, o.amount::text, o.base::text,
      trim_scale(x.rate)::text as rate, x.rate_date, v.value::text as value, (v.value - o.base)::text as difference
    from open o
      left join lateral (
        select r.rate, r.rate_date from exchange_rates r
        where r.currency = o.currency and r.rate_date <= ${day}::date and o.amount <> 0
        order by r.rate_date desc limit 1
      ) x on o.monetary
      cross join lateral (select case when o.monetary then
        case when o.amount = 0 then 0 else round(o.amount * x.rate, ${currencyScale}) end end as value) v
    order by o.code, o.currency
  `.execute(tx.db);
  return rows;
}
