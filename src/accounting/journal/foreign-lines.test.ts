// Holds random entries in other currencies to exact balance: rounding is a line that is never larger than what rounding can do.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { setRates, verifyBooks } from '#accounting';
import { currencyScale, formatAmount, unitsOf } from '#lib/money';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';
import type { LineInput } from './entry.ts';
import { postEntries } from './post-entries.ts';
import { getPosted } from './read-entries.ts';

const foreign = ['USD', 'EUR', 'JPY', 'KWD', 'NPR', 'CLF', 'INR'] as const;
const RATE = 10;

let house: TestHouse;
const companies = new Map<string, TestCompany>();

before(async () => {
  house = await openTestHouse(4);
  for (const currency of ['NPR', 'JPY', 'KWD']) {
    const company = await createCompany(house.db, { currency });
    const others = foreign.filter((each) => each !== currency);
    await company.run((tx) =>
      setRates(
        tx,
        others.map((each, index) => ({
          currency: each,
          rate_date: '2024-01-01',
          rate: `${index + 1}.0${index}7`,
        })),
      ),
    );
    companies.set(currency, company);
  }
});

after(async () => {
  for (const company of companies.values()) {
    const verdicts = await company.run(verifyBooks);
    assert.deepEqual(
      verdicts.filter(({ breaches }) => breaches > 0),
      [],
    );
    await assertBooksHold(house, company);
  }
  await house.close();
});

/** units × rate of 10 decimals in units of the company's currency, rounded half away from zero as numeric is. */
function worthOf(units: bigint, scale: number, rate: bigint, base: number): bigint {
  const wide = units * rate * 10n ** BigInt(base);
  const divisor = 10n ** BigInt(scale + RATE);
  return (wide + divisor / 2n) / divisor;
}

type Random = { currency: (typeof foreign)[number]; units: bigint; rate: bigint; debit: boolean };

const randomLine = fc.record<Random>({
  currency: fc.constantFrom(...foreign),
  units: fc.bigInt({ min: 1n, max: 10n ** 11n }),
  rate: fc.bigInt({ min: 10n ** 7n, max: 10n ** 13n }),
  debit: fc.boolean(),
});

/** The entry's lines, with one line in the company's currency that leaves it `off` units from balance. */
function entryOf(
  tenant: { currency: string; currencyScale: number },
  random: readonly Random[],
  off: bigint,
) {
  const { currency: base, currencyScale: scale } = tenant;
  let net = 0n;
  let rounded = 0n;
  const lines = random.flatMap(({ currency, units, rate, debit }): LineInput[] => {
    const own = currency === base;
    const decimals = currencyScale(currency) ?? 2;
    const value = own ? units : worthOf(units, decimals, rate, scale);
    if (value === 0n) return [];
    net += debit ? value : -value;
    if (!own) rounded += 1n;
    const amount = formatAmount(units, decimals);
    const line = { account: '1110', currency, ...(own ? {} : { rate: formatAmount(rate, RATE) }) };
    return [{ ...line, ...(debit ? { debit: amount } : { credit: amount }) }];
  });
  const rest = -net + off;
  const amount = formatAmount(rest < 0n ? -rest : rest, scale);
  if (rest !== 0n) lines.push({ account: '4010', ...(rest > 0n ? { debit: amount } : { credit: amount }) });
  return { lines, most: rounded / 2n };
}

for (const base of ['NPR', 'JPY', 'KWD']) {
  test(`in ${base}, what rounding can leave is a line of its own, and one unit more is refused`, async () => {
    const company = companies.get(base);
    assert.ok(company);
    const { tenant } = company;
    const inputs = fc.tuple(
      fc.array(randomLine, { minLength: 2, maxLength: 6 }),
      fc.bigInt({ min: -6n, max: 6n }),
    );
    const samples = fc.sample(inputs, { numRuns: 150, seed: 20_260_101 });
    const entries = samples.map(([random, off]) => ({ ...entryOf(tenant, random, off), off }));
    const results = await company.run((tx) =>
      postEntries(
        tx,
        entries.map(({ lines }) => ({ entry_date: '2024-05-05', memo: 'Random', lines })),
      ),
    );
    const ids = results.flatMap((result) => (result.posted ? [result.id] : []));
    const posted = new Map((await company.run((tx) => getPosted(tx, ids))).map((each) => [each.id, each]));
    for (const [index, { lines, most, off }] of entries.entries()) {
      const result = results[index];
      const size = off < 0n ? -off : off;
      if (size > most || lines.length < 2) {
        assert.equal(result?.posted, false, JSON.stringify({ lines, off: String(off) }));
        continue;
      }
      assert.equal(result?.posted, true, JSON.stringify(result));
      const entry = posted.get(result.posted ? result.id : '');
      const sum = (side: 'base_debit' | 'base_credit') =>
        (entry?.lines ?? []).reduce(
          (all, line) => all + unitsOf(line[side] ?? '0', tenant.currencyScale),
          0n,
        );
      assert.equal(sum('base_debit'), sum('base_credit'));
      const extra = entry?.lines.slice(lines.length) ?? [];
      assert.deepEqual(
        extra.map(({ account, debit, credit }) => [account, debit, credit]),
        off === 0n
          ? []
          : [
              [
                '7030',
                off < 0n ? formatAmount(size, tenant.currencyScale) : null,
                off > 0n ? formatAmount(size, tenant.currencyScale) : null,
              ],
            ],
      );
    }
    assert.ok(posted.size > 30 && posted.size < 150, String(posted.size));
  });
}

describe('the decimals of a currency', () => {
  test('are the same to the database as to the program, for every currency', async () => {
    const codes = [...Intl.supportedValuesOf('currency'), 'UYI', 'CLF', 'UYW', 'BHD', 'XPF'];
    const company = companies.get('NPR');
    const { rows } = (await company?.run((tx) =>
      sql<{ code: string; decimals: number }>`
        select code, currency_decimals(code) as decimals from unnest(${codes}::text[]) as code`.execute(
        tx.db,
      ),
    )) ?? { rows: [] };
    assert.ok(rows.length > 150);
    for (const { code, decimals } of rows) assert.equal(decimals, currencyScale(code), code);
  });

  test('of the company are those of its amounts, for none and for three', async () => {
    for (const [base, total] of [
      ['JPY', '13325'],
      ['KWD', '13325.000'],
    ] as const) {
      const company = companies.get(base);
      const [id = ''] = (await company?.post({
        entry_date: '2024-06-01',
        memo: 'Exact',
        lines: [
          { account: '1110', currency: 'USD', rate: '133.25', debit: '100.00' },
          { account: '4010', credit: '13325' },
        ],
      })) ?? [''];
      const [entry] = (await company?.run((tx) => getPosted(tx, [id]))) ?? [];
      assert.deepEqual(
        [entry?.total, entry?.lines[0]?.debit, entry?.lines[0]?.base_debit],
        [total, '100.00', total],
      );
    }
  });
});
