// Holds fiscal years to twelve named periods without a gap, in both calendars.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addDays } from '#lib/dates';
import { Problem } from '#lib/problem';
import { calendarYears, customaryFirstDay, type PlannedYear } from './calendar-years.ts';

function assertContiguous(years: PlannedYear[]) {
  let expected = years[0]?.starts_on ?? '';
  for (const year of years) {
    assert.equal(year.starts_on, expected);
    assert.deepEqual(
      year.periods.map((period) => period.number),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    );
    for (const period of year.periods) {
      assert.equal(period.starts_on, expected);
      assert.ok(period.ends_on > period.starts_on);
      expected = addDays(period.ends_on, 1);
    }
    assert.equal(addDays(year.ends_on, 1), expected);
  }
}

const refusal = (detail: RegExp) => (error: unknown) =>
  error instanceof Problem &&
  error.kind === 'invalid' &&
  error.errors[0]?.pointer === '/starts_on' &&
  detail.test(error.detail);

describe('fiscal years', () => {
  it('of the calendar year are named by it, with one period a month', () => {
    const years = calendarYears('gregorian', '2012-01-01', 3);
    assert.deepEqual(
      years.map((year) => year.name),
      ['2012', '2013', '2014'],
    );
    assert.equal(years[2]?.ends_on, '2014-12-31');
    assert.deepEqual(years[0]?.periods[1], {
      number: 2,
      name: 'Feb 2012',
      starts_on: '2012-02-01',
      ends_on: '2012-02-29',
    });
    assertContiguous(years);
  });

  it('across two calendar years are named by both, at the turn of a century too', () => {
    assert.deepEqual(
      calendarYears('gregorian', '2024-04-01', 2).map((year) => year.name),
      ['2024/25', '2025/26'],
    );
    assert.equal(calendarYears('gregorian', '2099-07-01', 1)[0]?.name, '2099/00');
  });

  it('cover every day once, from any day that every month has', () => {
    for (const start of ['1999-12-01', '2023-02-28', '2024-04-06', '2096-02-15'])
      assertContiguous(calendarYears('gregorian', start, 10));
  });

  it('of Nepal run from 1 Shrawan to the end of Ashadh', () => {
    const years = calendarYears('bikram_sambat', '2023-07-17', 4);
    assert.deepEqual(
      years.map(({ name, starts_on, ends_on }) => [name, starts_on, ends_on]),
      [
        ['2080/81', '2023-07-17', '2024-07-15'],
        ['2081/82', '2024-07-16', '2025-07-16'],
        ['2082/83', '2025-07-17', '2026-07-16'],
        ['2083/84', '2026-07-17', '2027-07-16'],
      ],
    );
    const names = years[3]?.periods.map((period) => period.name);
    assert.deepEqual(
      [names?.[0], names?.[8], names?.[9], names?.[11]],
      ['Shrawan 2083', 'Chaitra 2083', 'Baishakh 2084', 'Ashadh 2084'],
    );
    assertContiguous(calendarYears('bikram_sambat', '2013-07-16', 20));
  });

  it('that start on a day some months lack are refused', () => {
    assert.throws(() => calendarYears('gregorian', '2024-01-31', 1), refusal(/days 1 to 28/));
    assert.throws(() => calendarYears('gregorian', '2024-02-30', 1), refusal(/YYYY-MM-DD/));
  });

  it('of Nepal that start within a month, or beyond the table, are refused', () => {
    assert.throws(() => calendarYears('bikram_sambat', '2024-07-20', 1), refusal(/such as 2024-07-16/));
    assert.throws(() => calendarYears('bikram_sambat', '2012-07-16', 1), refusal(/2070 to 2090/));
    assert.throws(() => calendarYears('bikram_sambat', '2032-07-16', 3), refusal(/2070 to 2090/));
  });

  it('customarily begin on 1 January, in Nepal on 1 Shrawan', () => {
    assert.equal(customaryFirstDay('gregorian', '2026-11-23'), '2026-01-01');
    assert.equal(customaryFirstDay('bikram_sambat', '2026-11-23'), '2026-07-17');
    assert.equal(customaryFirstDay('bikram_sambat', '2026-07-17'), '2026-07-17');
    assert.equal(customaryFirstDay('bikram_sambat', '2026-07-16'), '2025-07-17');
  });
});
