// The commands that touch the fiscal calendar: closing, reopening and locking periods, and opening years.
import fc from 'fast-check';
import { listPeriods, openFiscalYears, setPeriodStatus } from '#accounting';
import { addMonths } from '#lib/dates';
import { type ModelPeriod, periodsOfYear } from './books.ts';
import { pick } from './recipes.ts';
import { agreed, command } from './world.ts';

type Status = ModelPeriod['status'];

/** What a period may become; to stay what it is is no change and no fault. */
const mayBecome: Record<Status, readonly Status[]> = {
  open: ['open', 'closed'],
  closed: ['closed', 'open', 'locked'],
  locked: ['locked'],
};

export const setStatus = command(
  'setStatus',
  fc.record({
    which: fc.nat(),
    status: fc.constantFrom<Status>('open', 'open', 'open', 'closed', 'closed', 'locked'),
  }),
  async ({ company, books }, { which, status }) => {
    const period = pick(books.periods, which);
    if (!period) return;
    const allowed = mayBecome[period.status].includes(status);
    const change = company.run(async (tx) => {
      const { id } = (await listPeriods(tx)).find(({ starts_on }) => starts_on === period.from) ?? { id: 0 };
      return await setPeriodStatus(tx, id, status, 'as the model says');
    });
    const faults = allowed ? [] : ['/status accounting/period-status-transition'];
    if ((await agreed(change, faults, { period, status })) !== null) period.status = status;
  },
);

/** A year some months before or after the first one: it may follow, leave a gap or overlap. */
export const openYear = command(
  'openYear',
  fc.constantFrom(-30, -12, -5, 0, 7, 12, 18, 24, 24, 36, 60),
  async ({ company, books }, months) => {
    const first = books.periods[0]?.from ?? '2024-01-01';
    const startsOn = addMonths(first, months);
    const periods = periodsOfYear(startsOn);
    const endsOn = periods.at(-1)?.to ?? startsOn;
    const overlaps = books.periods.some(({ from, to }) => from <= endsOn && startsOn <= to);
    const faults = overlaps ? ['/starts_on accounting/fiscal-year-overlaps'] : [];
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
