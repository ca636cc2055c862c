// Exact amounts: decimal strings at the edges, bigints of the currency's smallest unit inside, never a float.

/** Digits before the decimal point that an amount may have; numeric(19,4) in the database holds as many. */
const MAX_INTEGER_DIGITS = 15;

/** No amount is longer, unless by zeros that nobody writes; PostgreSQL reads no more than some ten thousand decimals. */
const MAX_TEXT = 60;

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Turns a decimal string of ours, from the database or checked before, into units of 10^-scale. Throws a RangeError
 * when it is no decimal or has more decimals than the scale.
 */
export function unitsOf(text: string, scale: number): bigint {
  const match = DECIMAL.exec(text);
  const [, sign, integer = '', fraction = ''] = match ?? [];
  if (!match || /[1-9]/.test(fraction.slice(scale)))
    throw new RangeError(`"${text}" is no amount of ${scale} decimals`);
  const units = BigInt(integer + fraction.slice(0, scale).padEnd(scale, '0'));
  return sign ? -units : units;
}

/**
 * Reads a person's or a program's decimal string ("1234.50") into units of 10^-scale. Zeros beyond the scale are
 * harmless. Returns the reason when it is not such an amount.
 */
export function parseAmount(text: string, scale: number): bigint | { fault: string } {
  const [, , integer, fraction = ''] = text.length <= MAX_TEXT ? (DECIMAL.exec(text) ?? []) : [];
  if (integer === undefined)
    return { fault: `"${text.slice(0, MAX_TEXT).toWellFormed()}" is not a decimal number such as "1234.50"` };
  if (integer.replace(/^0+/, '').length > MAX_INTEGER_DIGITS) {
    return { fault: `an amount has at most ${MAX_INTEGER_DIGITS} digits before the decimal point` };
  }
  if (/[1-9]/.test(fraction.slice(scale))) return { fault: `an amount has at most ${scale} decimals here` };
  return unitsOf(text, scale);
}

/** Writes units of 10^-scale as a decimal string with exactly `scale` decimals. */
export function formatAmount(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const cut = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return units < 0n ? `-${text}` : text;
}

/** Gives a decimal string from the database ("1234.5000") exactly `scale` decimals, for JSON and for people. */
export function fixAmount(text: string, scale: number): string {
  return formatAmount(unitsOf(text, scale), scale);
}

/** ISO 4217's minor units, of whatever currency has another number of decimals than two. */
const MINOR_UNITS = new Map(
  Object.entries({
    0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    3: 'BHD IQD JOD KWD LYD OMR TND',
    4: 'CLF UYW',
  }).flatMap(([decimals, codes]) => codes.split(' ').map((code) => [code, Number(decimals)])),
);

/**
 * The decimals of a currency by ISO 4217; null for an unknown code. Which codes there are, the runtime knows; its numbers
 * of decimals are those of daily life, without the cents of Colombia, Hungary, Indonesia or Pakistan, which books have.
 */
export function currencyScale(code: string): number | null {
  const scale = MINOR_UNITS.get(code);
  if (scale !== undefined) return scale;
  return Intl.supportedValuesOf('currency').includes(code) ? 2 : null;
}
