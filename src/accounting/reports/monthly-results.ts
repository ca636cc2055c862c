// Income and expense of the latest periods, from the kept balances.
import { sql } from 'kysely';
import { fixAmount } from '#lib/money';
import type { TenantTx } from '#lib/tenant-tx';
import { balancesSeen } from '../branch-limit.ts';

/** `label` is the period's name without its year; amounts are positive on the usual side of their nature. */
export type MonthlyResult = { period: string; label: string; income: string; expense: string };

/** The last `count` periods that had begun on an ISO date, oldest first; quiet ones are there with zeros. */
export async function monthlyResults(tx: TenantTx, asOf: string, count: number): Promise<MonthlyResult[]> {
  const { rows } = await sql<{ name: string; income: string; expense: string }>`
    select p.name,
      coalesce(sum(b.credit - b.debit) filter (where a.type = 'income'), 0)::text as income,
      coalesce(sum(b.debit - b.credit) filter (where a.type = 'expense'), 0)::text as expense
    from (select id, name, starts_on from periods where starts_on <= ${asOf}::date
      order by starts_on desc limit ${count}) p
    left join ${balancesSeen(tx)} b on b.period_id = p.id
    left join accounts a on a.id = b.account_id
    group by p.id, p.name, p.starts_on
    order by p.starts_on
  `.execute(tx.db);
  const fix = (amount: string) => fixAmount(amount, tx.tenant.currencyScale);
  return rows.map(({ name, income, expense }) => ({
    period: name,
    label: name.replace(/\s+\d.*$/, ''),
    income: fix(income),
    expense: fix(expense),
  }));
}
