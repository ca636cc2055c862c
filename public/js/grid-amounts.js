// Amounts as the grid adds them up: bigints of the smallest unit, never floats.

/**
 * Reads what was keyed into units of 10^-scale: '' is zero, null is not an amount.
 * Grouping and Devanagari digits are understood as the server understands them.
 * @param {string} text
 * @param {number} scale decimals of the currency
 * @returns {bigint | null}
 */
export const readUnits = (text, scale) => {
  const ascii = text.replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x0966)).replace(/\s/g, '');
  if (ascii === '') return 0n;
  const grouped = /^-?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?$/.test(ascii);
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(grouped ? ascii.replaceAll(',', '') : ascii);
  if (match === null || (match[2] ?? '') + (match[3] ?? '') === '') return null;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) return null;
  const units = BigInt((match[2] || '0') + fraction.padEnd(scale, '0'));
  return match[1] === '-' ? -units : units;
};

/**
 * Writes units as people of that currency write amounts: 12,34,567.50 in NPR.
 * @param {bigint} units
 * @param {number} scale
 * @param {string} currency ISO 4217
 */
export const writeUnits = (units, scale, currency) => {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const whole = BigInt(digits.slice(0, digits.length - scale));
  const south = ['NPR', 'INR', 'PKR', 'BDT', 'LKR', 'BTN'].includes(currency);
  const grouped = whole.toLocaleString(south ? 'en-IN' : 'en-US');
  const text = scale === 0 ? grouped : `${grouped}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
};
