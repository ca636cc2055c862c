// What stands on the accounts of some categories on a day: the cash, the bank, who owes us and whom we owe.
import { parseAmount } from '#lib/money';
import type { TenantTx } from '#lib/tenant-tx';
import { type AccountCategory, listAccounts } from '../accounts/account.ts';
import { trialBalance } from './trial-balance.ts';

/** `balance` is a signed decimal string: debit positive, credit negative. */
export type CategoryBalance = { account: string; name: string; category: AccountCategory; balance: string };

/** The accounts of these categories that are not at zero on an ISO date, the largest first. */
export async function categoryBalances(
  tx: TenantTx,
  asOf: string,
  categories: readonly AccountCategory[],
): Promise<CategoryBalance[]> {
  const accounts = await listAccounts(tx);
  const categoryOf = new Map(accounts.map(({ code, category }) => [code, category]));
  const { rows } = await trialBalance(tx, asOf);
  const found = rows.flatMap(({ account, name, debit, credit }) => {
    const category = categoryOf.get(account);
    if (!category || !categories.includes(category)) return [];
    return [{ account, name, category, balance: /[1-9]/.test(debit) ? debit : `-${credit}` }];
  });
  const size = ({ balance }: CategoryBalance) => {
    const units = parseAmount(balance, tx.tenant.currencyScale);
    return typeof units === 'bigint' ? (units < 0n ? -units : units) : 0n;
  };
  return found.sort((a, b) => (size(a) < size(b) ? 1 : size(a) > size(b) ? -1 : 0));
}
