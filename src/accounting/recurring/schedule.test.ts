// Counts the days of schedules in both calendars, at the ends of months above all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBikramSambat, toBikramSambat } from '#lib/bikram-sambat';
import { addDays } from '#lib/dates';
import type { Calendar } from '#lib/tenant-tx';
import { firstOfMonth, nextOccurrence, occurrences, type Schedule } from './schedule.ts';

const monthly: Schedule = { unit: 'month', every: 1, day: null, starts_on: '2024-01-31', ends_on: null };

function days(schedule: Partial<Schedule>, count: number, from?: string, calendar: Calendar = 'gregorian') {
  const whole = { ...monthly, ...schedule };
  return occurrences(whole, calendar, from ?? whole.starts_on)
    .take(count)
    .toArray();
}

test('a monthly schedule begun on the 31st falls on the last day of shorter months, and returns to the 31st', () => {
  assert.deepEqual(days({}, 4), ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30']);
  assert.deepEqual(days({}, 2, '2025-02-01'), ['2025-02-28', '2025-03-31']);
});

test('days, weeks, quarters and years are counted from the first day', () => {
  const starts_on = '2024-02-29';
  assert.deepEqual(days({ unit: 'day', every: 10, starts_on }, 3), [
    '2024-02-29',
    '2024-03-10',
    '2024-03-20',
  ]);
  assert.deepEqual(days({ unit: 'week', every: 2, starts_on }, 2, '2024-03-01'), [
    '2024-03-14',
    '2024-03-28',
  ]);
  assert.deepEqual(days({ unit: 'quarter', starts_on }, 3), ['2024-02-29', '2024-05-29', '2024-08-29']);
  assert.deepEqual(days({ unit: 'year', starts_on }, 5).slice(1), [
    '2025-02-28',
    '2026-02-28',
    '2027-02-28',
    '2028-02-29',
  ]);
  assert.deepEqual(days({ every: 5, starts_on }, 2, '2024-07-30'), ['2024-12-29', '2025-05-29']);
});

test('a day of the month before the first day comes in the month after, and months count from the first', () => {
  assert.deepEqual(days({ day: 1, starts_on: '2024-01-15' }, 2), ['2024-02-01', '2024-03-01']);
  assert.deepEqual(days({ unit: 'quarter', day: 1, starts_on: '2024-01-15' }, 1), ['2024-04-01']);
  assert.deepEqual(days({ day: 20, starts_on: '2024-01-15' }, 1), ['2024-01-20']);
});

test('the last day counts, and none after it', () => {
  assert.deepEqual(days({ ends_on: '2024-03-31' }, 9), ['2024-01-31', '2024-02-29', '2024-03-31']);
  assert.deepEqual(days({ ends_on: '2024-03-30' }, 9), ['2024-01-31', '2024-02-29']);
  assert.equal(nextOccurrence({ ...monthly, ends_on: '2024-03-30' }, 'gregorian', '2024-03-01'), null);
});

test('a company of Bikram Sambat counts that calendar’s months, 32 being the last day of each', () => {
  const starts_on = fromBikramSambat(2081, 1, 1);
  const bs = (list: string[]) => list.map(toBikramSambat).map(({ month, day }) => [month, day]);
  const ends = days({ day: 32, starts_on }, 12, starts_on, 'bikram_sambat');
  assert.deepEqual(
    bs(ends).map(([month]) => month),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  );
  for (const end of ends) assert.equal(toBikramSambat(addDays(end, 1)).day, 1);
  assert.equal(firstOfMonth('bikram_sambat', ends[4] ?? ''), addDays(ends[3] ?? '', 1));
  assert.deepEqual(bs(days({ day: 15, starts_on }, 3, starts_on, 'bikram_sambat')), [
    [1, 15],
    [2, 15],
    [3, 15],
  ]);
  assert.deepEqual(
    bs(days({ unit: 'year', starts_on: fromBikramSambat(2081, 4, 1) }, 2, starts_on, 'bikram_sambat')),
    [
      [4, 1],
      [4, 1],
    ],
  );
});

test('a schedule ends where the calendar’s table or the years of the books do', () => {
  const last = fromBikramSambat(2090, 12, 1);
  assert.deepEqual(days({ starts_on: last }, 9, last, 'bikram_sambat'), [last]);
  assert.deepEqual(days({ starts_on: '2150-01-01' }, 9, '2150-01-01', 'bikram_sambat'), []);
  assert.deepEqual(days({ unit: 'day', starts_on: '2200-12-30' }, 9), ['2200-12-30', '2200-12-31']);
  assert.deepEqual(days({ unit: 'year', starts_on: '2199-05-05' }, 9), ['2199-05-05', '2200-05-05']);
});
