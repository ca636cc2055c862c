// Guesses from an imported account's name what dashboards should know it as; a wrong guess is corrected in the chart.
import type { AccountCategory, AccountType } from '../accounts/account.ts';

const guesses: [AccountType, RegExp, AccountCategory][] = [
  ['asset', /\breceivables?\b|\bdebtors?\b/i, 'receivable'],
  ['asset', /\b(bank|checking|chequing|savings?|current account)\b/i, 'bank'],
  ['asset', /\b(petty )?cash\b|\bwallet\b/i, 'cash'],
  ['asset', /\binventor(y|ies)\b|\bstock in (hand|trade)\b/i, 'inventory'],
  ['liability', /\bpayables?\b|\bcreditors?\b/i, 'payable'],
  ['liability', /\b(vat|gst|tds|sales tax)\b/i, 'tax'],
  ['equity', /\bretained[ -]?(earnings|profits?)\b/i, 'retained_earnings'],
];

// "AccountsReceivable" and "Retained-Earnings" are read as words.
const words = (name: string) => name.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replaceAll(/[-_]/g, ' ');

/** The category that the account's own name tells, or null. `name` is the last part of its path. */
export function guessCategory(name: string, type: AccountType): AccountCategory | null {
  const [, , category] = guesses.find(([of, pattern]) => of === type && pattern.test(words(name))) ?? [];
  return category ?? null;
}
