// The shapes of fiscal years, periods and exceptions to them.
import { Type } from 'typebox';
import { Amount, EntryLink, Fault, Id, IsoDate, nullable, oneOf, strictObject } from './schemas.ts';

export const tags = ['fiscal years and periods'];

const Key = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const KeyParams = strictObject({ id: Key });
export const ExceptionParams = strictObject({ id: Key, exception: Key });

export const Reason = Type.String({ maxLength: 1000, description: 'Why, for the audit log.' });

export const FiscalYearSchema = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    starts_on: IsoDate,
    ends_on: IsoDate,
    status: oneOf(['open', 'closed']),
    closing_entry: nullable(EntryLink),
  },
  { title: 'FiscalYear' },
);

export const ClosingPlanSchema = Type.Object(
  {
    fiscal_year: FiscalYearSchema,
    entry_date: IsoDate,
    result: Type.String({
      description: 'The profit, negative for a loss, that would go to retained earnings.',
    }),
    lines: Type.Array(
      Type.Object({
        account: Type.String({ description: 'Empty where there is no account of retained earnings.' }),
        account_name: nullable(Type.String()),
        debit: nullable(Amount),
        credit: nullable(Amount),
      }),
    ),
    obstacles: Type.Array(Fault, { description: 'Why the year would not be closed.' }),
    warnings: Type.Array(Type.Object({ code: Type.String(), detail: Type.String() }), {
      description: 'What would be late after the closing, such as drafts.',
    }),
  },
  { title: 'ClosingPlan' },
);

export const PeriodStatusSchema = oneOf(['open', 'closed', 'locked']);

export const PeriodSchema = Type.Object(
  {
    id: Type.Integer(),
    fiscal_year: Type.String(),
    number: Type.Integer(),
    name: Type.String(),
    starts_on: IsoDate,
    ends_on: IsoDate,
    status: PeriodStatusSchema,
  },
  { title: 'Period' },
);

const Moment = Type.String({ format: 'date-time' });

export const ExceptionSchema = Type.Object(
  {
    id: Type.Integer(),
    user: Type.Object({ id: Id, email: nullable(Type.String()), name: nullable(Type.String()) }),
    status: oneOf(['active', 'expired', 'revoked']),
    expires_at: Moment,
    reason: Type.String(),
    granted_by: nullable(Type.String({ description: 'The name of who granted it.' })),
    granted_at: Moment,
    revoked_at: nullable(Moment),
  },
  { title: 'PeriodException' },
);

export const NewExceptionBody = strictObject(
  {
    user: Type.String({ maxLength: 320, description: 'The e-mail address of a member who may post.' }),
    expires_at: Type.String({ format: 'date-time', description: 'At the latest 31 days from now.' }),
    reason: Reason,
  },
  {
    title: 'NewPeriodException',
    examples: [
      { user: 'clerk@acme.test', expires_at: '2026-11-25T18:00:00Z', reason: 'The bank statement came late' },
    ],
  },
);
