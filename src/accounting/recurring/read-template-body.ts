// Reads what a client sent as a template, keeping whatever is readable, so that all faults can be told at once.
import { isIsoDate } from '#lib/dates';
import type { Fault } from '#lib/problem';
import type { Calendar, Tenant } from '#lib/tenant-tx';
import type { UncheckedEntry } from '../journal/post-entries.ts';
import { asRecord, asText, readEntryBody } from '../journal/read-entry-body.ts';
import { countsMonths, isKnown, nextOccurrence, type Schedule, scheduleUnits } from './schedule.ts';
import { reversalDays, type TemplateInput } from './template.ts';

/** `template` is null where its schedule could not be read; `nextOn` is the day that the client asked for. */
export type ReadTemplate = {
  template: Omit<TemplateInput, 'lines'> | null;
  nextOn: string | null;
  entry: UncheckedEntry;
  faults: Fault[];
};

const memberOf = <const T extends string>(values: readonly T[], value: unknown): T | null =>
  values.find((each) => each === value) ?? null;

const dateOf = (value: unknown): string | null => {
  const text = asText(value);
  return text !== null && isIsoDate(text) ? text : null;
};

const countOf = (value: unknown, preset: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 366 ? value : preset;

/** The schedule as far as it is readable; null without a unit or a first day. */
function readSchedule(fields: Record<string, unknown>): Schedule | null {
  const [unit, starts_on] = [memberOf(scheduleUnits, fields.unit), dateOf(fields.starts_on)];
  if (unit === null || starts_on === null) return null;
  const day = typeof fields.day === 'number' ? countOf(fields.day, 1) : null;
  return { unit, every: countOf(fields.every, 1), day, starts_on, ends_on: dateOf(fields.ends_on) };
}

/** What is wrong with a schedule although each of its fields is well-formed. */
function scheduleFaults(schedule: Schedule, nextOn: string | null, calendar: Calendar): Fault[] {
  const { unit, day, starts_on, ends_on } = schedule;
  const faults: Fault[] = [];
  const fault = (field: string, code: string, detail: string) =>
    faults.push({ pointer: `/${field}`, code: `accounting/${code}`, detail });
  if (day !== null && !countsMonths(unit))
    fault('day', 'schedule-day-unfit', 'a day of the month goes with months, quarters and years');
  if (day !== null && day > (calendar === 'gregorian' ? 31 : 32))
    fault('day', 'schedule-day-unfit', 'no month has that many days');
  if (ends_on !== null && ends_on < starts_on) {
    fault('ends_on', 'schedule-ends-before-start', 'the last day is not before the first one');
  } else if (countsMonths(unit) && !isKnown(calendar, starts_on)) {
    fault('starts_on', 'schedule-outside-calendar', 'the company’s calendar does not know that day');
  } else if (nextOccurrence(schedule, calendar, starts_on) === null) {
    fault('ends_on', 'schedule-without-days', 'no day of the schedule comes until then');
  } else if (nextOn !== null && nextOccurrence(schedule, calendar, nextOn) !== nextOn) {
    fault('next_on', 'next-on-not-scheduled', `${nextOn} is no day of the schedule`);
  }
  return faults;
}

/**
 * Reads a body into a template of that company. The faults are those of reading; those that the books know of are found by
 * entryFaults() of `entry`, which is dated on the first day of the schedule.
 */
export function readTemplateBody(body: unknown, base: Tenant): ReadTemplate {
  const fields = asRecord(body);
  const { memo, reference, lines } = fields;
  const schedule = readSchedule(fields);
  const nextOn = dateOf(fields.next_on);
  const date = nextOn ?? (schedule && nextOccurrence(schedule, base.calendar, schedule.starts_on));
  const read = readEntryBody({ entry_date: date, memo, reference, lines }, base);
  const faults = read.faults.filter(({ pointer }) => pointer !== '/entry_date');
  const name = asText(fields.name)?.trim() ?? '';
  if (name === '')
    faults.push({
      pointer: '/name',
      code: 'accounting/template-name-blank',
      detail: 'a template has a name',
    });
  if (schedule) faults.push(...scheduleFaults(schedule, nextOn, base.calendar));
  const template = schedule && {
    ...schedule,
    name,
    memo: read.entry.memo,
    reference: read.entry.reference ?? null,
    reverses: memberOf(reversalDays, fields.reverses),
    active: fields.active !== false,
  };
  return { template, nextOn, entry: read.entry, faults };
}
