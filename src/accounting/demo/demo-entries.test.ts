// Holds the invented journals to what an accountant would check in real ones.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toBikramSambat } from '#lib/bikram-sambat';
import { addMonths, dayOfWeek } from '#lib/dates';
import { parseAmount } from '#lib/money';
import { chartNamed } from '../charts/chart-named.ts';
import type { EntryInput, LineInput } from '../journal/entry.ts';
import { demoEntries, demoFirstDay } from './demo-entries.ts';

const TODAY = '2026-11-23';
const FACTS = {
  acme: { chart: chartNamed('nepal'), count: [1850, 2250], closed: [6] },
  demo: { chart: chartNamed('general'), count: [280, 430], closed: [6, 7] },
} as const;

/** The signed hundredths of a line, debit positive. */
function signed({ debit, credit }: LineInput): bigint {
  const units = parseAmount(debit ?? credit ?? '', 2);
  assert.ok(typeof units === 'bigint' && units > 0n && !(debit && credit), `${debit} ${credit}`);
  return debit ? units : -units;
}

const sumOf = (entries: EntryInput[], account: RegExp) =>
  entries
    .flatMap((entry) => entry.lines)
    .filter((line) => account.test(line.account))
    .reduce((sum, line) => sum + signed(line), 0n);

for (const profile of ['acme', 'demo'] as const) {
  const { chart, count, closed } = FACTS[profile];
  const entries = demoEntries({ seed: 1, today: TODAY, profile });

  describe(`the journal of ${profile}`, () => {
    it('balances in every entry, with one positive side a line', () => {
      for (const { memo, lines } of entries) {
        assert.ok(lines.length >= 2, memo);
        assert.equal(
          lines.reduce((sum, line) => sum + signed(line), 0n),
          0n,
          memo,
        );
      }
    });

    it('uses posting accounts of its ready-made chart only', () => {
      const posting = new Set(chart.filter((account) => !account.group).map((account) => account.code));
      for (const { lines } of entries)
        for (const { account } of lines) assert.ok(posting.has(account), account);
    });

    it('runs in order of date over the 18 months up to today', () => {
      assert.equal(entries[0]?.entry_date, demoFirstDay(TODAY));
      assert.equal(demoFirstDay(TODAY), addMonths(TODAY, -18));
      for (const [index, { entry_date }] of entries.entries())
        assert.ok(entry_date >= (entries[index - 1]?.entry_date ?? '') && entry_date <= TODAY);
      const months = new Set(entries.map((entry) => entry.entry_date.slice(0, 7)));
      assert.equal(months.size, 19);
    });

    it('has about as many entries as promised, each with its own number', () => {
      assert.ok(entries.length >= count[0] && entries.length <= count[1], `${entries.length} entries`);
      assert.equal(new Set(entries.map((entry) => entry.source_key)).size, entries.length);
    });

    it('sells on working days only', () => {
      for (const { reference, entry_date } of entries.filter((entry) => entry.reference?.startsWith('SI')))
        assert.ok(
          !(closed as readonly number[]).includes(dayOfWeek(entry_date)),
          `${reference} ${entry_date}`,
        );
    });

    it('is the same for the same seed and another for another', () => {
      assert.deepEqual(demoEntries({ seed: 1, today: TODAY, profile }), entries);
      assert.notDeepEqual(demoEntries({ seed: 2, today: TODAY, profile }), entries);
    });

    it('earns a gross margin of 15 to 45 percent and is owed a few months of sales at most', () => {
      const sales = -sumOf(entries, /^4010$/);
      const cost = sumOf(entries, /^5010$/);
      const margin = Number(((sales - cost) * 100n) / sales);
      assert.ok(margin >= 15 && margin <= 45, `${margin} %`);
      assert.ok(-sumOf(entries, /^[4-9]/) > 0n, 'a profit');
      const owed = sumOf(entries, /^1110$/);
      assert.ok(owed > 0n && owed < sales / 6n);
    });
  });
}

describe('the invented journals', () => {
  const days = [TODAY, '2025-07-16', '2026-04-14', '2027-07-17', '2028-02-29'];
  const runs = days.flatMap((today, seed) =>
    (['acme', 'demo'] as const).map((profile) => ({
      profile,
      entries: demoEntries({ seed, today, profile }),
    })),
  );

  it('never overdraw cash or bank, sell what is not there, or turn an asset or a debt around', () => {
    for (const { profile, entries } of runs) {
      const types = new Map(FACTS[profile].chart.map((account) => [account.code, account]));
      const balances = new Map<string, bigint>();
      for (const { lines, memo, entry_date } of entries) {
        for (const line of lines)
          balances.set(line.account, (balances.get(line.account) ?? 0n) + signed(line));
        for (const { account } of lines) {
          const { type, name } = types.get(account) ?? { type: null, name: '' };
          const balance = balances.get(account) ?? 0n;
          if (type === 'liability' || name.startsWith('Accumulated'))
            assert.ok(balance <= 0n, `${name}: ${memo}`);
          else if (type === 'asset') assert.ok(balance >= 0n, `${entry_date} ${name}: ${memo}`);
        }
      }
    }
  });

  it('charge 13 % VAT on the sum of an invoice, rounded to the paisa', () => {
    for (const { entries } of runs.filter((run) => run.profile === 'acme')) {
      for (const entry of entries.filter(({ reference }) => /^(SI|CS)/.test(reference ?? ''))) {
        const net = -sumOf([entry], /^4010$/);
        assert.equal(-sumOf([entry], /^2110$/), (net * 13n + 50n) / 100n, entry.memo);
      }
    }
  });

  it('settle VAT by the 25th of the next Bikram Sambat month, and pay the Dashain allowance in autumn', () => {
    for (const { entries } of runs.filter((run) => run.profile === 'acme')) {
      const settled = entries.filter(({ memo }) => /^VAT return .* \d/.test(memo));
      assert.ok(settled.length >= 17);
      for (const { entry_date } of settled) assert.ok(toBikramSambat(entry_date).day <= 25, entry_date);
      const allowances = entries.filter(({ memo }) => memo.startsWith('Dashain allowance'));
      assert.ok(allowances.length >= 1);
      for (const { entry_date } of allowances) assert.match(entry_date, /-(09|10)-/);
    }
  });
});
