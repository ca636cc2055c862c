// Proves the table of months against three other sources, and says which decides where they differ.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import converter from 'nepali-date-converter';
import nepaliDatetime from 'nepali-datetime/dateConverter';
import { formatBikramSambat, fromBikramSambat, toBikramSambat } from './bikram-sambat.ts';
import { BIKRAM_SAMBAT_YEARS, LAST_PUBLISHED_YEAR } from './bikram-sambat-years.ts';
import { addDays, addMonths } from './dates.ts';

type MonthStart = (year: number, month: number) => string;
const months = Object.keys(BIKRAM_SAMBAT_YEARS).flatMap((year) =>
  Array.from({ length: 12 }, (_, index) => [Number(year), index + 1] as const),
);

const isoDate = (year: number, month: number, day: number) =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** medic/bikram-sambat: data of Nepal's health information system; ships no types. */
const health = createRequire(import.meta.url)('bikram-sambat') as {
  toGreg_text: (year: number, month: number, day: number) => string;
};
const fromHealth: MonthStart = (year, month) => health.toGreg_text(year, month, 1);

/** opensource-nepal/nepali-datetime: data of the almanac Nepali Patro. */
const fromPatro: MonthStart = (year, month) => {
  const [y, m, d] = nepaliDatetime.nepaliToEnglish(year, month - 1, 1);
  return isoDate(y, m + 1, d);
};

/** subeshb1/nepali-date-converter: a list kept by its users. */
const fromConverter: MonthStart = (year, month) => {
  const { year: y, month: m, date: d } = new converter.default(year, month - 1, 1).getAD();
  return isoDate(y, m + 1, d);
};

/**
 * The astronomical rule: a month begins on the civil day, by Kathmandu's mean time, on which the sun
 * enters its sign by the Surya Siddhanta (sidereal year of 1,577,917,828 days in 4,320,000 years from
 * 18 February 3102 BC at Ujjain's midnight; apsis 77°17′; epicycle 14° less up to 20′). Two entries keep
 * their rites: into Cancer (Shrawan) before sunrise belongs to the day before, into Capricorn (Magh)
 * after sunset to the day after.
 */
const fromSun: MonthStart = (year, month) => {
  const target = 30 * (month - 1);
  const radians = Math.PI / 180;
  let mean = target;
  for (let round = 0; round < 30; round++) {
    const sine = Math.sin((mean - 77.2827) * radians);
    mean = target + Math.asin(((14 - Math.abs(sine) / 3) / 360) * sine) / radians;
  }
  const daysSinceEpoch = (year + 3044 + mean / 360) * (1577917828 / 4320000);
  const kathmanduEastOfUjjain = 9.55 / 360;
  const julianDay = 588465.5 + daysSinceEpoch + kathmanduEastOfUjjain;
  const dayBegins = month === 4 ? 0.22 : month === 10 ? -0.29 : 0;
  return addDays('1970-01-01', Math.floor(julianDay - 2440587.5 - dayBegins));
};

function disagreements(source: MonthStart): number[] {
  const differing = months.filter(
    ([year, month]) => source(year, month) !== fromBikramSambat(year, month, 1),
  );
  return [...new Set(differing.map(([year]) => year))];
}

describe('the Bikram Sambat table', () => {
  it('has every month start of 2070 to 2090 where nepali-datetime has it', () => {
    assert.equal(months.length, 21 * 12);
    assert.deepEqual(disagreements(fromPatro), []);
  });

  it('has every month start of 2070 to 2090 where the Surya Siddhanta puts it', () => {
    assert.deepEqual(disagreements(fromSun), []);
  });

  it('agrees with nepali-date-converter up to 2086, three years past the published calendars', () => {
    assert.deepEqual(disagreements(fromConverter), [2087, 2088, 2089, 2090]);
  });

  it('agrees with bikram-sambat in every published year', () => {
    assert.ok(disagreements(fromHealth).every((year) => year > LAST_PUBLISHED_YEAR));
  });

  it('leaves no day between two years', () => {
    const years = Object.entries(BIKRAM_SAMBAT_YEARS);
    for (const [index, [, [newYear, lengths]]] of years.entries()) {
      const days = lengths.reduce((sum, length) => sum + length, 0);
      const next = years[index + 1]?.[1][0];
      if (next) assert.equal(addDays(newYear, days), next);
    }
  });
});

describe('Bikram Sambat days', () => {
  it('begin the fiscal year on 1 Shrawan', () => {
    const firsts = { 2080: '2023-07-17', 2081: '2024-07-16', 2082: '2025-07-17', 2083: '2026-07-17' };
    for (const [year, day] of Object.entries(firsts)) {
      assert.equal(fromBikramSambat(Number(year), 4, 1), day);
      assert.deepEqual(toBikramSambat(day), { year: Number(year), month: 4, day: 1 });
      assert.equal(formatBikramSambat(day), `${year}-04-01 BS`);
    }
  });

  it('convert there and back on every day of the table', () => {
    for (let day = '2013-04-14'; day < '2034-04-14'; day = addDays(day, 1)) {
      const { year, month, day: dayOfMonth } = toBikramSambat(day);
      assert.equal(fromBikramSambat(year, month, dayOfMonth), day);
    }
  });

  it('outside of the table are refused with the years it has', () => {
    for (const day of ['2013-04-13', '2034-04-14', addMonths('2026-01-01', 1200)])
      assert.throws(() => toBikramSambat(day), /outside of the Bikram Sambat years 2070 to 2090/);
    assert.throws(() => fromBikramSambat(2091, 1, 1), /2091 is not in 2070 to 2090/);
    for (const [month, day] of [
      [0, 1],
      [13, 1],
      [1, 32],
      [4, 0],
      [4, 1.5],
    ] as const)
      assert.throws(() => fromBikramSambat(2083, month, day), /no day of the Bikram Sambat calendar/);
  });
});
