// Cuts time into fiscal years of twelve periods, by Gregorian or by Bikram Sambat months.
import { BIKRAM_SAMBAT_MONTHS, fromBikramSambat, toBikramSambat } from '#lib/bikram-sambat';
import { addDays, addMonths, formatMonth, isIsoDate } from '#lib/dates';
import { invalid } from '#lib/problem';
import type { Calendar } from '#lib/tenant-tx';

/** A period to be created; both its days belong to it. `number` counts from 1 to 12 in its fiscal year. */
export type PlannedPeriod = { number: number; name: string; starts_on: string; ends_on: string };

/** A fiscal year to be created, with its twelve periods, which cover it without gap or overlap. */
export type PlannedYear = { name: string; starts_on: string; ends_on: string; periods: PlannedPeriod[] };

/** Month `index` counted on from the first period: its first day, its name and the calendar year it is in. */
type MonthAt = (index: number) => { first: string; name: string; year: number };

const refuse = (detail: string) =>
  invalid([{ pointer: '/starts_on', code: 'accounting/first-day-unfit', detail }]);

function gregorianMonths(startsOn: string): MonthAt {
  if (Number(startsOn.slice(8)) > 28)
    throw refuse('a fiscal year starts on one of the days 1 to 28, which every month has');
  return (index) => {
    const first = addMonths(startsOn, index);
    return { first, name: formatMonth(first), year: Number(first.slice(0, 4)) };
  };
}

function bikramSambatMonths(startsOn: string): MonthAt {
  const start = toBikramSambat(startsOn);
  if (start.day !== 1) {
    const first = fromBikramSambat(start.year, start.month, 1);
    throw refuse(`a fiscal year starts on the first day of a Bikram Sambat month, such as ${first}`);
  }
  return (index) => {
    const year = start.year + Math.floor((start.month - 1 + index) / 12);
    const month = ((start.month - 1 + index) % 12) + 1;
    const name = `${BIKRAM_SAMBAT_MONTHS[month - 1]?.name} ${year}`;
    return { first: fromBikramSambat(year, month, 1), name, year };
  };
}

function planYear(monthAt: MonthAt, firstIndex: number): PlannedYear {
  const periods = Array.from({ length: 12 }, (_, index): PlannedPeriod => {
    const { first, name } = monthAt(firstIndex + index);
    const ends_on = addDays(monthAt(firstIndex + index + 1).first, -1);
    return { number: index + 1, name, starts_on: first, ends_on };
  });
  const [from, to] = [monthAt(firstIndex), monthAt(firstIndex + 11)];
  const name =
    from.year === to.year ? `${from.year}` : `${from.year}/${String(to.year % 100).padStart(2, '0')}`;
  return { name, starts_on: from.first, ends_on: periods[11]?.ends_on ?? '', periods };
}

/**
 * Plans `count` fiscal years on end from the Gregorian day `startsOn`. Gregorian: twelve months from any day
 * up to the 28th, named '2012' or '2024/25' with periods 'Jan 2012'. Bikram Sambat: from the first of a month,
 * by Nepal's law 1 Shrawan (Income Tax Act 2058, section 2), named '2083/84' with periods 'Shrawan 2083'.
 * Throws a Problem 'invalid' when the day does not fit or lies beyond the calendar's table.
 */
export function calendarYears(calendar: Calendar, startsOn: string, count: number): PlannedYear[] {
  if (!isIsoDate(startsOn))
    throw refuse('a fiscal year starts on a day written YYYY-MM-DD, between 1900 and 2200');
  try {
    const monthAt = calendar === 'gregorian' ? gregorianMonths(startsOn) : bikramSambatMonths(startsOn);
    const years = Array.from({ length: count }, (_, index) => planYear(monthAt, index * 12));
    if (!isIsoDate(years.at(-1)?.ends_on ?? startsOn)) throw refuse('a fiscal year ends by the year 2200');
    return years;
  } catch (error) {
    throw error instanceof RangeError ? refuse(error.message) : error;
  }
}

/** The first day of the customary fiscal year that a day is in: 1 Shrawan in Nepal's calendar, else 1 January. */
export function customaryFirstDay(calendar: Calendar, date: string): string {
  if (calendar === 'gregorian') return `${date.slice(0, 4)}-01-01`;
  const { year, month } = toBikramSambat(date);
  return fromBikramSambat(month < 4 ? year - 1 : year, 4, 1);
}
