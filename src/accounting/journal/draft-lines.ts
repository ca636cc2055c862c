// Shows the lines of an entry that is not posted, such as a draft's, in the shape of posted ones.
import { currencyScale, fixAmount } from '#lib/money';
import type { Tenant } from '#lib/tenant-tx';
import type { EntryLine, LineInput } from './entry.ts';

const shown = (amount: string | null | undefined, scale: number): string | null =>
  amount ? fixAmount(amount, scale) : null;

/**
 * The lines as given, amounts with their currency's decimals; what a line of another currency is worth in the company's is told
 * only when it was given. `names` are the accounts' by code.
 */
export function draftLines(
  tenant: Tenant,
  lines: readonly LineInput[],
  names: ReadonlyMap<string, string>,
): EntryLine[] {
  return lines.map((line, index) => {
    const currency = line.currency ?? tenant.currency;
    const own = currency === tenant.currency;
    const scale = own ? tenant.currencyScale : (currencyScale(currency) ?? 4);
    // Where only the value is adjusted, the amount is zero and its side is that of the value, as in posted lines.
    const sideOf = (side: 'debit' | 'credit') =>
      shown(line[side], scale) ?? (!own && line[`base_${side}`] ? fixAmount('0', scale) : null);
    const [debit, credit] = [sideOf('debit'), sideOf('credit')];
    return {
      line: index + 1,
      account: line.account,
      account_name: names.get(line.account) ?? '',
      debit,
      credit,
      currency,
      rate: line.rate ?? null,
      base_debit: own ? debit : shown(line.base_debit, tenant.currencyScale),
      base_credit: own ? credit : shown(line.base_credit, tenant.currencyScale),
      memo: line.memo ?? null,
      dimensions: line.dimensions ?? {},
    };
  });
}
