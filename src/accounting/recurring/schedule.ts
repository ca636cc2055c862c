// Finds the days on which a template comes again, in the company's own calendar.
import { daysOfBikramSambatMonth, fromBikramSambat, toBikramSambat } from '#lib/bikram-sambat';
import { addDays, daysBetween, isIsoDate } from '#lib/dates';
import type { Calendar } from '#lib/tenant-tx';

export const scheduleUnits = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type ScheduleUnit = (typeof scheduleUnits)[number];

/**
 * Every so many units from the ISO date `starts_on` until `ends_on`, both days included. `day` is the day of the calendar's
 * month for months, quarters and years, the last one where a month is shorter; null: that of `starts_on`. Their months are
 * counted from the month of `starts_on`.
 */
export type Schedule = {
  unit: ScheduleUnit;
  every: number;
  day: number | null;
  starts_on: string;
  ends_on: string | null;
};

const DAYS = { day: 1, week: 7 } as const;
const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** Whether a unit is made of the calendar's months, so that its day is a day of the month. */
export const countsMonths = (unit: ScheduleUnit): unit is keyof typeof MONTHS => unit in MONTHS;

/** A day by its month, counted from the calendar's year 0, and its place there; null where the calendar's table ends. */
function placeOf(calendar: Calendar, date: string): { month: number; day: number } | null {
  if (calendar === 'gregorian') {
    const { year, month, day } = Temporal.PlainDate.from(date);
    return { month: year * 12 + month - 1, day };
  }
  try {
    const { year, month, day } = toBikramSambat(date);
    return { month: year * 12 + month - 1, day };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** That day of a month counted as above, or its last day; null where the calendar ends. */
function dayIn(calendar: Calendar, index: number, day: number): string | null {
  const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
  if (calendar === 'gregorian') return Temporal.PlainDate.from({ year, month, day }).toString();
  const length = daysOfBikramSambatMonth(year, month);
  return length === 0 ? null : fromBikramSambat(year, month, Math.min(day, length));
}

/** Whether the company's calendar knows a day well enough to count months from it. */
export const isKnown = (calendar: Calendar, date: string): boolean => placeOf(calendar, date) !== null;

/** The first day of the month in which a day lies; the day itself where the calendar does not know it. */
export function firstOfMonth(calendar: Calendar, date: string): string {
  const place = placeOf(calendar, date);
  return place ? addDays(date, 1 - place.day) : date;
}

function* daysFrom(schedule: Schedule, step: number, from: string): Generator<string> {
  const passed = Math.max(0, daysBetween(schedule.starts_on, from));
  for (let nth = Math.ceil(passed / step); ; nth += 1) yield addDays(schedule.starts_on, nth * step);
}

function* monthsFrom(schedule: Schedule, step: number, calendar: Calendar, from: string): Generator<string> {
  const start = placeOf(calendar, schedule.starts_on);
  const asked = placeOf(calendar, from);
  if (!start || !asked) return;
  const passed = Math.max(0, asked.month - start.month);
  for (let nth = Math.floor(passed / step); ; nth += 1) {
    const date = dayIn(calendar, start.month + nth * step, schedule.day ?? start.day);
    if (date === null) return;
    if (date >= schedule.starts_on && date >= from) yield date;
  }
}

/** The days of a schedule in their order, none before the ISO date `from`; it ends where the calendar does. */
export function* occurrences(schedule: Schedule, calendar: Calendar, from: string): Generator<string> {
  const { unit, every, ends_on } = schedule;
  const days = countsMonths(unit)
    ? monthsFrom(schedule, every * MONTHS[unit], calendar, from)
    : daysFrom(schedule, every * DAYS[unit], from);
  for (const date of days) {
    if (!isIsoDate(date) || (ends_on !== null && date > ends_on)) return;
    yield date;
  }
}

/** The first day of a schedule on or after `from`, or null when no more come. */
export function nextOccurrence(schedule: Schedule, calendar: Calendar, from: string): string | null {
  return occurrences(schedule, calendar, from).next().value ?? null;
}
