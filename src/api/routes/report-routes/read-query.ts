// Reads what a report is asked for from the text of a query, telling all that is wrong with it at once.
import { isIsoDate } from '#lib/dates';
import type { Fault } from '#lib/problem';

export type Asked = Readonly<Record<string, unknown>>;

/** Where faults are gathered while a query is read. */
export type Reading = { query: Asked; faults: Fault[] };

function fault({ faults }: Reading, name: string, code: string, detail: string): null {
  faults.push({ pointer: `/query/${name}`, code, detail });
  return null;
}

/** A parameter's text; null when it is not there, or known to be at fault. One that is there twice is a fault. */
export function readText(reading: Reading, name: string): string | null {
  const value = reading.query[name];
  if (value === undefined || reading.faults.some(({ pointer }) => pointer === `/query/${name}`)) return null;
  if (typeof value === 'string') return value;
  return fault(reading, name, 'request/type', 'is given once');
}

/** An ISO date, or null. */
export function readDate(reading: Reading, name: string): string | null {
  const text = readText(reading, name);
  if (text === null || isIsoDate(text)) return text;
  return fault(reading, name, 'request/date', 'a date is written YYYY-MM-DD and exists');
}

/** One of some words, or null. */
export function readWord<const Word extends string>(
  reading: Reading,
  name: string,
  words: readonly Word[],
): Word | null {
  const text = readText(reading, name);
  if (text === null) return null;
  const word = words.find((each) => each === text);
  return word ?? fault(reading, name, 'request/enum', `must be one of: ${words.join(', ')}`);
}

/** 'true' or 'false'; `preset` when it is not there. */
export function readFlag(reading: Reading, name: string, preset: boolean): boolean {
  const word = readWord(reading, name, ['true', 'false']);
  return word === null ? preset : word === 'true';
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/i;

/**
 * A moment in the past, ISO 8601 with its offset from UTC, or null. A '+' that came undone into a space, as it does in an
 * address that was not encoded, is taken for what it was.
 */
export function readKnownOn(reading: Reading, name = 'as_known_on'): string | null {
  const text = readText(reading, name)?.replace(/ (?=\d\d:\d\d$)/, '+') ?? null;
  if (text === null) return null;
  const example = 'such as 2026-11-24T18:00:00+05:45';
  if (!INSTANT.test(text) || !isIsoDate(text.slice(0, 10)))
    return fault(reading, name, 'request/timestamp', `a moment is written with its offset, ${example}`);
  try {
    const moment = Temporal.Instant.from(text);
    if (Temporal.Instant.compare(moment, Temporal.Now.instant()) <= 0) return moment.toString();
    return fault(reading, name, 'request/in-the-future', 'what will be known then is not known yet');
  } catch {
    return fault(reading, name, 'request/timestamp', `there is no such moment; write it ${example}`);
  }
}

const DIMENSION = /^dimension\.([a-z][a-z0-9_]{0,39})$/;

/** Codes of values by the codes of their dimensions, from parameters such as dimension.branch=KTM. */
export function readDimensions(reading: Reading): Record<string, string> {
  const pairs = Object.keys(reading.query).flatMap((name): [string, string][] => {
    const code = DIMENSION.exec(name)?.[1];
    const value = code === undefined ? null : readText(reading, name);
    return code === undefined || value === null ? [] : [[code, value]];
  });
  return Object.fromEntries(pairs);
}

/** Tells a first day after the last one. */
export function refuseBackwards(reading: Reading, from: string | null, to: string | null): void {
  if (from !== null && to !== null && from > to)
    fault(reading, 'from', 'request/date-range', `${from} is after ${to}`);
}
