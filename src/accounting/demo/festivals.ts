// Tells when Nepal's shops close for Dashain and Tihar, which follow the moon.
import { addDays, daysBetween } from '#lib/dates';

const LUNATION = 29.530588853;

/** The mean new moon nearest before the end of a day, as a day of Kathmandu (off by less than a day). */
function newMoonUpTo(date: string): string {
  // The new moon of 6 January 2000 was at 18:14 UTC, which is 23:59 in Kathmandu.
  const lunations = Math.floor(daysBetween('2000-01-07', addDays(date, 1)) / LUNATION);
  return addDays('2000-01-07', Math.floor(lunations * LUNATION));
}

export type Festivals = { dashainFrom: string; dashainTo: string; tiharFrom: string; tiharTo: string };

/**
 * The days on which business rests in the autumn of a Gregorian year, to within a day: Dashain from Fulpati, the
 * seventh day of the last new moon before the sun enters Libra (17 October), to two days after Vijaya Dashami, its
 * tenth; the five days of Tihar around the next new moon, up to Bhai Tika.
 */
export function festivalsOf(year: number): Festivals {
  const ashwin = newMoonUpTo(`${year}-10-17`);
  const kartik = newMoonUpTo(addDays(ashwin, 31));
  return {
    dashainFrom: addDays(ashwin, 7),
    dashainTo: addDays(ashwin, 12),
    tiharFrom: addDays(kartik, -2),
    tiharTo: addDays(kartik, 2),
  };
}
