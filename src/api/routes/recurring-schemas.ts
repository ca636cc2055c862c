// The shapes of recurring entries, of what they will bring, and of what a run has posted.
import { type TSchema, Type } from 'typebox';
import { reversalDays, scheduleUnits } from '#accounting';
import {
  EntryLineSchema,
  EntryLink,
  Fault,
  Id,
  IsoDate,
  LineBody,
  nullable,
  oneOf,
  strictObject,
} from './schemas.ts';

const MOST_LINES = 1000;

const optional = <T extends TSchema>(schema: T) => Type.Optional(nullable(schema));

const Unit = oneOf(scheduleUnits, {
  description:
    'Months, quarters and years are those of the company’s calendar, counted from the month of starts_on.',
});
const Day = Type.Integer({
  minimum: 1,
  maximum: 32,
  description:
    'The day of the month, for months, quarters and years; the last day where a month is shorter. Without it, that of starts_on.',
});
const Reverses = oneOf(reversalDays, {
  description: 'Each entry is reversed by itself: on the day after, or on the first day of the next period.',
});

export const RecurringEntryBody = strictObject(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    memo: Type.String({ maxLength: 1000 }),
    reference: optional(Type.String({ maxLength: 200 })),
    unit: Unit,
    every: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: 1 })),
    day: optional(Day),
    starts_on: IsoDate,
    ends_on: optional(IsoDate),
    next_on: Type.Optional(
      Type.String({
        format: 'date',
        description: 'Go on with this day of the schedule, and leave out what comes before it.',
      }),
    ),
    reverses: optional(Reverses),
    active: Type.Optional(
      Type.Boolean({ default: true, description: 'False lets it rest; what falls due meanwhile stays due.' }),
    ),
    lines: Type.Array(LineBody, { maxItems: MOST_LINES }),
  },
  {
    title: 'NewRecurringEntry',
    examples: [
      {
        name: 'Office rent',
        memo: 'Rent of the office',
        unit: 'month',
        day: 1,
        starts_on: '2026-12-01',
        lines: [
          { account: '5010', debit: '1200.00' },
          { account: '1020', credit: '1200.00' },
        ],
      },
    ],
  },
);

export const RecurringSummarySchema = Type.Object(
  {
    id: Id,
    name: Type.String(),
    memo: Type.String(),
    reference: nullable(Type.String()),
    unit: Unit,
    every: Type.Integer(),
    day: nullable(Day),
    starts_on: IsoDate,
    ends_on: nullable(IsoDate),
    next_on: nullable(
      Type.String({ description: 'The first day that is not posted yet; null when no more come.' }),
    ),
    reverses: nullable(Reverses),
    active: Type.Boolean(),
    created_by: nullable(Type.String()),
    version: Type.Integer(),
  },
  { title: 'RecurringEntrySummary' },
);

export const RecurringEntrySchema = Type.Object(
  {
    ...RecurringSummarySchema.properties,
    lines: Type.Array(EntryLineSchema),
  },
  { title: 'RecurringEntry' },
);

export const OccurrencesSchema = Type.Object({
  results: Type.Array(Type.Object({ date: IsoDate, reverse_on: nullable(IsoDate) })),
});

export const RunBody = strictObject(
  {
    date: IsoDate,
    dry_run: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Tell what would be posted or refused, and post nothing.',
      }),
    ),
  },
  { examples: [{ date: '2026-12-01' }] },
);

export const RunSchema = Type.Object(
  {
    date: IsoDate,
    posted: Type.Integer(),
    refused: Type.Integer(),
    results: Type.Array(
      Type.Object({
        kind: oneOf(['recurring', 'reversal']),
        date: IsoDate,
        template: nullable(Type.Object({ id: Id, name: Type.String() })),
        reverses: nullable(EntryLink),
        status: oneOf(['posted', 'refused']),
        entry: nullable(EntryLink),
        errors: Type.Array(Fault, { description: 'Pointers begin at the entry.' }),
      }),
    ),
  },
  { title: 'RecurringRun' },
);

export const ScheduledReversalSchema = Type.Object(
  {
    entry: EntryLink,
    entry_date: IsoDate,
    memo: Type.String(),
    total: Type.String(),
    reverse_on: IsoDate,
    reversed_by: nullable(EntryLink),
  },
  { title: 'ScheduledReversal' },
);
