// Proves which days a report is compared with, by the periods of the company and outside of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Period } from '../fiscal-years/fiscal-year.ts';
import { comparedSpan } from './report-dates.ts';

/** Years of calendar months. */
const monthsOf = (year: number): Period[] =>
  Array.from({ length: 12 }, (_, index) => {
    const first = Temporal.PlainDate.from({ year, month: index + 1, day: 1 });
    return {
      id: year * 12 + index,
      fiscal_year: String(year),
      number: index + 1,
      name: '',
      starts_on: first.toString(),
      ends_on: first.with({ day: first.daysInMonth }).toString(),
      status: 'open' as const,
    };
  });
const periods = [...monthsOf(2023), ...monthsOf(2024), ...monthsOf(2026)];

const before = (from: string | null, to: string) =>
  Object.values(comparedSpan(periods, { from, to }, 'previous_period'));
const yearBefore = (from: string | null, to: string) =>
  Object.values(comparedSpan(periods, { from, to }, 'previous_year'));

test('whole periods are compared with as many before them', () => {
  assert.deepEqual(before('2024-03-01', '2024-03-31'), ['2024-02-01', '2024-02-29']);
  assert.deepEqual(before('2024-04-01', '2024-06-30'), ['2024-01-01', '2024-03-31']);
  assert.deepEqual(before('2024-01-01', '2024-12-31'), ['2023-01-01', '2023-12-31']);
  assert.deepEqual(before(null, '2024-03-31'), [null, '2024-02-29']);
});

test('a day keeps its place in its period, at most the last', () => {
  assert.deepEqual(before('2024-03-01', '2024-03-10'), ['2024-02-01', '2024-02-10']);
  assert.deepEqual(before(null, '2024-03-30'), [null, '2024-02-29']);
  assert.deepEqual(yearBefore('2024-02-10', '2024-02-29'), ['2023-02-10', '2023-02-28']);
});

test('the year before is the fiscal year before, also where a year is missing between', () => {
  assert.deepEqual(yearBefore('2026-05-01', '2026-06-15'), ['2024-05-01', '2024-06-15']);
  assert.deepEqual(yearBefore(null, '2024-12-31'), [null, '2023-12-31']);
});

test('days of no fiscal year, or with none before them, go by the Gregorian calendar', () => {
  assert.deepEqual(yearBefore('2023-01-01', '2023-02-28'), ['2022-01-01', '2022-02-28']);
  assert.deepEqual(before('2023-01-01', '2023-01-31'), ['2022-12-01', '2022-12-31']);
  assert.deepEqual(before('2025-03-05', '2025-03-07'), ['2025-03-02', '2025-03-04']);
  assert.deepEqual(before(null, '2025-03-31'), [null, '2025-02-28']);
  const [from, to] = yearBefore('2025-12-20', '2026-01-10');
  assert.ok(String(from) <= String(to));
});
