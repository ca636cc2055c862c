// Sends lines in other currencies that cannot be posted, and looks for the same clear refusal by every way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bank, type ForeignBooks, type Line, openForeignBooks } from './foreign-entries.ts';

let books: ForeignBooks;

before(async () => {
  books = await openForeignBooks();
});

after(() => books.close());

const bad: [string, Line, string[]][] = [
  ['a rate of zero', { debit: '1', rate: '0' }, ['/lines/0/rate accounting/rate-not-positive']],
  ['a negative rate', { debit: '1', rate: '-1' }, ['/lines/0/rate accounting/rate-not-positive']],
  ['a rate of 10^12', { debit: '1', rate: '1000000000000' }, ['/lines/0/rate accounting/rate-not-positive']],
  [
    'a rate with eleven decimals',
    { debit: '1', rate: '1.00000000001' },
    ['/lines/0/rate accounting/amount-invalid'],
  ],
  ['a rate that is no number', { debit: '1', rate: 'NaN' }, ['/lines/0/rate accounting/amount-invalid']],
  ['a negative amount', { debit: '-1', rate: '2' }, ['/lines/0/debit accounting/amount-negative']],
  [
    'a negative amount without a known rate',
    { debit: '-1', currency: 'EUR' },
    ['/lines/0/debit accounting/amount-negative'],
  ],
  [
    'a negative amount with a base amount',
    { debit: '-1', base_debit: '5' },
    ['/lines/0/debit accounting/amount-negative'],
  ],
  [
    'a negative base amount',
    { debit: '1', base_debit: '-5' },
    ['/lines/0/base_debit accounting/base-negative'],
  ],
  ['both sides', { debit: '1', credit: '2' }, ['/lines/0 accounting/line-both-sides']],
  [
    'base on the other side',
    { debit: '1', base_credit: '2' },
    ['/lines/0/base_debit accounting/base-on-other-side'],
  ],
  [
    'base on both sides',
    { base_debit: '1', base_credit: '2' },
    ['/lines/0/base_debit accounting/base-on-other-side'],
  ],
  [
    'a base amount with three decimals',
    { debit: '1', base_debit: '5.001' },
    ['/lines/0/base_debit accounting/amount-invalid'],
  ],
  ['nothing', { debit: '0' }, ['/lines/0 accounting/line-without-amount']],
  [
    'nothing of a currency without a rate',
    { currency: 'EUR', debit: '0' },
    ['/lines/0 accounting/line-without-amount'],
  ],
  ['an unknown currency', { currency: 'QQQ', debit: '1' }, ['/lines/0/currency accounting/currency-unknown']],
  [
    'a currency in small letters',
    { currency: 'usd', debit: '1' },
    ['/lines/0/currency accounting/currency-unknown'],
  ],
  [
    'a rate of the company’s currency',
    { currency: 'NPR', debit: '1', rate: '2' },
    ['/lines/0/rate accounting/rate-of-base-currency'],
  ],
  [
    'too large an amount',
    { debit: '1000000000000000', rate: '1' },
    ['/lines/0/debit accounting/amount-invalid'],
  ],
  [
    'too large a value',
    { debit: '999999999999999', rate: '999999999999' },
    ['/lines/0/debit accounting/amount-too-large'],
  ],
  [
    'a rate too small to be one',
    { debit: '999999999999999', base_debit: '0.01' },
    ['/lines/0/base_debit accounting/base-beyond-rates'],
  ],
  [
    'a rate too large to be one',
    { debit: '0.01', base_debit: '999999999999999' },
    ['/lines/0/base_debit accounting/base-beyond-rates'],
  ],
];

for (const [what, line, faults] of bad) {
  test(`a line with ${what} is refused alike by every way, and nothing is stored`, async () => {
    const found = await books.refused([
      bank(line),
      { account: '4010', credit: '1', currency: 'USD', rate: '1' },
    ]);
    assert.deepEqual(
      found.filter((fault) => !/entry-unbalanced/.test(fault)),
      faults,
    );
  });
}

test('all faults of lines in other currencies are named at once', async () => {
  const found = await books.refused([
    bank({ debit: '1.001', rate: 'x' }),
    bank({ credit: '5', currency: 'EUR' }),
    bank({ account: '9999', credit: '5', rate: '1', base_credit: '9' }),
    bank({ currency: 'XYZ', credit: '1' }),
  ]);
  assert.deepEqual(found, [
    '/lines/0/debit accounting/amount-invalid',
    '/lines/0/rate accounting/amount-invalid',
    '/lines/1/rate accounting/no-exchange-rate',
    '/lines/2/account accounting/account-unknown',
    '/lines/2/base_credit accounting/base-differs-from-rate',
    '/lines/3/currency accounting/currency-unknown',
  ]);
});
