// Knows on which days a simulated company is at work.
import { addDays, dayOfWeek } from '#lib/dates';
import { festivalsOf } from './festivals.ts';
import type { Profile } from './profile.ts';

/** How busy a day is by its weekday, 1 being usual; 0 on rest days and in the festivals. */
export function busyness(profile: Profile, date: string): number {
  if (profile.festivals) {
    const { dashainFrom, dashainTo, tiharFrom, tiharTo } = festivalsOf(Number(date.slice(0, 4)));
    if ((dashainFrom <= date && date <= dashainTo) || (tiharFrom <= date && date <= tiharTo)) return 0;
  }
  return profile.weekdays[dayOfWeek(date) - 1] ?? 0;
}

/** The last working day up to a date, on which careful people meet a deadline. */
export function lastOpenDay(profile: Profile, date: string): string {
  let day = date;
  while (busyness(profile, day) === 0) day = addDays(day, -1);
  return day;
}
