// Exists so that every amount on every page is grouped the way its readers count, without ever becoming a float.

// South Asian readers count in lakh (1,00,000) and crore (1,00,00,000).
const lakhCurrencies = new Set(['NPR', 'INR', 'PKR', 'BDT', 'LKR', 'BTN']);
const formats = new Map<string, Intl.NumberFormat>();

/**
 * Groups the digits of a decimal string for people: "1234567.50" → "12,34,567.50" in NPR, "1,234,567.50" in USD.
 * `currency` is ISO 4217. All decimals of the text are kept; Intl.NumberFormat is exact on decimal strings.
 */
export function displayAmount(text: string, currency: string): string {
  const decimals = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
  const locale = lakhCurrencies.has(currency) ? 'en-IN' : 'en-US';
  const key = `${locale}/${decimals}`;
  const known = formats.get(key);
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const format = known ?? new Intl.NumberFormat(locale, digits);
  if (known === undefined) formats.set(key, format);
  return format.format(text as `${number}`).replace('-', '−');
}

/** True for "0", "0.00" and "-0.00": an amount that a ledger leaves blank. */
export function isZero(text: string): boolean {
  return /^-?0*(\.0*)?$/.test(text);
}

/** A signed balance (debit positive) as an accountant writes it: an unsigned amount and its side, no side for zero. */
export function displayBalance(text: string, currency: string): { amount: string; side: 'Dr' | 'Cr' | '' } {
  const amount = displayAmount(text.replace(/^-/, ''), currency);
  return { amount, side: isZero(text) ? '' : text.startsWith('-') ? 'Cr' : 'Dr' };
}
