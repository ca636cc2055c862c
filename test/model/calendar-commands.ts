// The commands that touch the fiscal calendar: closing, reopening and locking periods, and opening years.
import fc from 'fast-check';
import { listPeriods, openFiscalYears, setPeriodStatus } from '#accounting';
import { addMonths } from '#lib/dates';
import { type Books, type ModelPeriod, periodsOfYear, yearsOf } from './books.ts';
import { pick, reason } from './recipes.ts';
import { agreed, command } from './world.ts';

type Status = ModelPeriod['status'];

/** What a period may become; to stay what it is is no change and no fault. */
const mayBecome: Record<Status, readonly Status[]> = {
  open: ['open', 'closed'],
  closed: ['closed', 'open', 'locked'],
  locked: ['locked', 'closed'],
};

/** Of the status only the first that is wrong is told. */
function statusFaults(books: Books, { status: before, year }: ModelPeriod, status: Status, reason: string) {
  if (before === status) return [];
  if (!mayBecome[before].includes(status)) return ['/status accounting/period-status-transition'];
  if (status === 'open' && books.closed.has(year)) return ['/status accounting/fiscal-year-closed'];
  const isBack = status === 'open' || before === 'locked';
  return isBack && reason.trim() === '' ? ['/reason accounting/reason-required'] : [];
}

export const setStatus = command(
  'setStatus',
  fc.record({
    which: fc.nat(),
    status: fc.constantFrom<Status>('open', 'open', 'open', 'closed', 'closed', 'locked'),
    reason,
  }),
  async ({ company, books }, { which, status, reason }) => {
    const period = pick(books.periods, which);
    if (!period) return;
    const change = company.run(async (tx) => {
      const { id } = (await listPeriods(tx)).find(({ starts_on }) => starts_on === period.from) ?? { id: 0 };
      return await setPeriodStatus(tx, id, status, reason);
    });
    const faults = statusFaults(books, period, status, reason);
    if ((await agreed(change, faults, { period, status, reason })) !== null) period.status = status;
  },
);

/** Why a year cannot be opened beside those that there are. */
function yearFaults(books: Books, startsOn: string, endsOn: string): string[] {
  if (books.periods.some(({ from, to }) => from <= endsOn && startsOn <= to))
    return ['/starts_on accounting/fiscal-year-overlaps'];
  const isClosedLater = yearsOf(books).some(({ name, from }) => from > startsOn && books.closed.has(name));
  return isClosedLater ? ['/starts_on accounting/later-year-closed'] : [];
}

/** A year some months before or after the first one: it may follow, leave a gap or overlap. */
export const openYear = command(
  'openYear',
  fc.constantFrom(-30, -12, -5, 0, 7, 12, 18, 24, 24, 36, 60),
  async ({ company, books }, months) => {
    const first = books.periods[0]?.from ?? '2024-01-01';
    const startsOn = addMonths(first, months);
    const periods = periodsOfYear(startsOn);
    const endsOn = periods.at(-1)?.to ?? startsOn;
    const faults = yearFaults(books, startsOn, endsOn);
    if (
      (await agreed(
        company.run((tx) => openFiscalYears(tx, startsOn, 1)),
        faults,
        startsOn,
      )) === null
    )
      return;
    books.periods = [...books.periods, ...periods].toSorted((one, other) => (one.from < other.from ? -1 : 1));
  },
);
