// Reads a day that a person gave on the command line.
import { InvalidArgumentError } from 'commander';
import { isIsoDate } from '#lib/dates';

/** The text itself, if it is an ISO date; else commander tells what it must be. */
export function isoDate(text: string): string {
  if (!isIsoDate(text)) throw new InvalidArgumentError('it must be a date such as 2026-01-31.');
  return text;
}
