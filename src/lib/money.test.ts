// Proves that amounts are exact in every currency, whatever is thrown at their reader.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { currencyScale, fixAmount, formatAmount, parseAmount, unitsOf } from './money.ts';

const scales = fc.integer({ min: 0, max: 4 });
const units = fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n });

test('units written and read again are the same units', () => {
  fc.assert(
    fc.property(units, scales, (value, scale) => unitsOf(formatAmount(value, scale), scale) === value),
  );
});

test('what is written has exactly the currency’s decimals and no negative zero', () => {
  const shape = (scale: number) =>
    scale === 0 ? /^(-?[1-9]\d*|0)$/ : new RegExp(`^(-?[1-9]\\d*|-?0)\\.\\d{${scale}}$`);
  fc.assert(
    fc.property(units, scales, (value, scale) => assert.match(formatAmount(value, scale), shape(scale))),
  );
  assert.equal(fixAmount('-0.00', 2), '0.00');
});

test('a sum of amounts is the sum of their units, as floats’ are not', () => {
  const amounts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { maxLength: 50 });
  fc.assert(
    fc.property(amounts, (list) => {
      const read = list.map((each) => unitsOf(formatAmount(each, 2), 2)).reduce((a, b) => a + b, 0n);
      assert.equal(
        read,
        list.reduce((a, b) => a + b, 0n),
      );
    }),
  );
  assert.equal(unitsOf('0.10', 2) + unitsOf('0.20', 2), unitsOf('0.30', 2));
});

test('zeros at either end are harmless', () => {
  for (const text of ['1', '1.0', '1.00', '1.0000000', '01', '0001.00'])
    assert.equal(parseAmount(text, 2), 100n, text);
});

test('fifteen digits before the point are the most', () => {
  assert.equal(parseAmount('999999999999999.9999', 4), 9999999999999999999n);
  assert.deepEqual(parseAmount('1000000000000000', 2), {
    fault: 'an amount has at most 15 digits before the decimal point',
  });
});

test('more decimals than the currency has are a fault, and never rounded', () => {
  for (const [text, scale] of [
    ['1.005', 2],
    ['1.5', 0],
    ['1.0005', 3],
    ['0.00001', 4],
  ] as const) {
    assert.deepEqual(parseAmount(text, scale), { fault: `an amount has at most ${scale} decimals here` });
    assert.throws(() => unitsOf(text, scale), RangeError);
  }
});

test('whatever else is read, it is a fault that quotes little of it and can be stored', () => {
  const bad = [
    '',
    ' ',
    '1 ',
    '1.',
    '.5',
    '1,000',
    '1e3',
    '+1',
    '--1',
    '0x1',
    'NaN',
    'Infinity',
    '１',
    '1\n',
    '\0',
    '\ud800',
    '1_000',
  ];
  for (const text of [...bad, '9'.repeat(61), `1.${'0'.repeat(100)}`]) {
    const read = parseAmount(text, 2);
    assert.ok(typeof read === 'object', JSON.stringify(text));
    assert.ok(read.fault.length < 120 && read.fault.isWellFormed());
  }
  fc.assert(
    fc.property(fc.string(), scales, (text, scale) => {
      const read = parseAmount(text, scale);
      if (typeof read === 'bigint') assert.equal(read, unitsOf(text, scale));
    }),
  );
});

test('a currency has the decimals of ISO 4217, also where daily life has dropped its cents', () => {
  const expected = {
    USD: 2,
    NPR: 2,
    EUR: 2,
    JPY: 0,
    KRW: 0,
    KWD: 3,
    BHD: 3,
    CLF: 4,
    HUF: 2,
    COP: 2,
    IDR: 2,
    PKR: 2,
    IQD: 3,
  };
  for (const [code, scale] of Object.entries(expected)) assert.equal(currencyScale(code), scale, code);
  for (const code of ['', 'usd', 'US', 'USDX', 'ZZZ', 'U$D', 'toString', '__proto__'])
    assert.equal(currencyScale(code), null, code);
});
