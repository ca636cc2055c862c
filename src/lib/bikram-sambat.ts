// The Bikram Sambat calendar, by which Nepal keeps its fiscal years, tax deadlines and festivals.
import { BIKRAM_SAMBAT_YEARS } from './bikram-sambat-years.ts';
import { addDays, daysBetween } from './dates.ts';

/** A day of the Bikram Sambat calendar; months count from 1 (Baishakh) to 12 (Chaitra). */
export type BikramSambatDate = { year: number; month: number; day: number };

/** The twelve months from Baishakh on, romanised and in Devanagari. */
export const BIKRAM_SAMBAT_MONTHS = [
  { name: 'Baishakh', devanagari: 'वैशाख' },
  { name: 'Jestha', devanagari: 'जेठ' },
  { name: 'Ashadh', devanagari: 'असार' },
  { name: 'Shrawan', devanagari: 'साउन' },
  { name: 'Bhadra', devanagari: 'भदौ' },
  { name: 'Ashwin', devanagari: 'असोज' },
  { name: 'Kartik', devanagari: 'कात्तिक' },
  { name: 'Mangsir', devanagari: 'मंसिर' },
  { name: 'Poush', devanagari: 'पुस' },
  { name: 'Magh', devanagari: 'माघ' },
  { name: 'Falgun', devanagari: 'फागुन' },
  { name: 'Chaitra', devanagari: 'चैत' },
] as const;

/** Days between 1 Baishakh and the first day of each month, and the length of the year at the end. */
const FIRST_DAYS = new Map(
  Object.entries(BIKRAM_SAMBAT_YEARS).map(([year, [newYear, lengths]]) => {
    const firsts = [0];
    for (const length of lengths) firsts.push((firsts.at(-1) ?? 0) + length);
    return [Number(year), { newYear, firsts }];
  }),
);
const FIRST_YEAR = Math.min(...FIRST_DAYS.keys());
const LAST_YEAR = Math.max(...FIRST_DAYS.keys());

/**
 * The Bikram Sambat day of a Gregorian 'YYYY-MM-DD': 2026-07-17 is 1 Shrawan 2083.
 * Throws a RangeError for days outside of the years 2070 to 2090.
 */
export function toBikramSambat(date: string): BikramSambatDate {
  // 1 Baishakh falls on 13 or 14 April, so the year is 57 ahead of the Gregorian one, or 56 before that day.
  const guess = Number(date.slice(0, 4)) + 57;
  for (const year of [guess, guess - 1]) {
    const known = FIRST_DAYS.get(year);
    const passed = known ? daysBetween(known.newYear, date) : -1;
    if (!known || passed < 0 || passed >= (known.firsts[12] ?? 0)) continue;
    const month = known.firsts.findLastIndex((first) => first <= passed) + 1;
    return { year, month, day: passed - (known.firsts[month - 1] ?? 0) + 1 };
  }
  throw new RangeError(`${date} is outside of the Bikram Sambat years ${FIRST_YEAR} to ${LAST_YEAR}.`);
}

/**
 * The Gregorian 'YYYY-MM-DD' of a Bikram Sambat day. Throws a RangeError for years outside of
 * 2070 to 2090 and for a month or day that the year does not have.
 */
export function fromBikramSambat(year: number, month: number, day: number): string {
  const known = FIRST_DAYS.get(year);
  if (!known) throw new RangeError(`The Bikram Sambat year ${year} is not in ${FIRST_YEAR} to ${LAST_YEAR}.`);
  const first = known.firsts[month - 1];
  const next = known.firsts[month];
  if (first === undefined || next === undefined || !Number.isInteger(day) || day < 1 || day > next - first)
    throw new RangeError(`${year}-${month}-${day} is no day of the Bikram Sambat calendar.`);
  return addDays(known.newYear, first + day - 1);
}

/** How many days a Bikram Sambat month has, 29 to 32; 0 for a year or month outside of 2070 to 2090. */
export function daysOfBikramSambatMonth(year: number, month: number): number {
  const firsts = FIRST_DAYS.get(year)?.firsts;
  return (firsts?.[month] ?? 0) - (firsts?.[month - 1] ?? 0);
}

/** A Gregorian day written in Bikram Sambat: '2026-07-17' becomes '2083-04-01 BS'. Throws as toBikramSambat. */
export function formatBikramSambat(date: string): string {
  const { year, month, day } = toBikramSambat(date);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')} BS`;
}
