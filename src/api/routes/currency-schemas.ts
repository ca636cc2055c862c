// The shapes of exchange rates, balances in currencies and their revaluation.
import { Type } from 'typebox';
import { branchField } from './report-routes/branch-label.ts';
import { AccountTypeSchema, Id, IsoDate, nullable, oneOf, strictObject } from './schemas.ts';

export const CurrencyCode = Type.String({
  pattern: '^[A-Z]{3}$',
  description: 'ISO 4217.',
  examples: ['USD'],
});

const RateText = Type.String({
  format: 'decimal',
  description: 'How many units of the company’s currency one unit is; at most 10 decimals.',
  examples: ['133.25'],
});

export const ExchangeRateSchema = Type.Object(
  {
    currency: Type.String(),
    rate_date: IsoDate,
    rate: RateText,
    source: Type.String(),
  },
  { title: 'ExchangeRate' },
);

const quotation = {
  rate: Type.String({
    maxLength: 60,
    description: 'How many units of the company’s currency `units` of the other cost; at most 10 decimals.',
    examples: ['133.25'],
  }),
  units: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 1,
      description:
        'Of how many units `rate` is the price, such as 100 for INR and 10 for JPY at Nepal Rastra Bank.',
    }),
  ),
  source: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, default: 'manual', examples: ['Nepal Rastra Bank'] }),
  ),
};

/** A rate at its address. */
export const QuotationBody = strictObject(quotation, { title: 'Quotation' });
export const RateBody = strictObject(
  {
    currency: Type.String({ maxLength: 20 }),
    rate_date: IsoDate,
    ...quotation,
  },
  { title: 'NewExchangeRate' },
);
export const RatesBody = strictObject(
  { rates: Type.Array(RateBody, { minItems: 1, maxItems: 1000 }) },
  { title: 'NewExchangeRates' },
);

export const RatesSetSchema = Type.Object({
  created: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
});

const Signed = Type.String({
  format: 'decimal',
  description: 'Debit is positive, credit negative.',
  examples: ['-1234.50'],
});

const openBalance = {
  account: Type.String(),
  account_name: Type.String(),
  currency: Type.String(),
  amount: Type.String({
    format: 'decimal',
    description: 'In `currency`; debit is positive, credit negative.',
  }),
  base: Type.String({
    format: 'decimal',
    description: 'What the books have it at, in the company’s currency.',
  }),
  rate: nullable(RateText),
  rate_date: nullable(IsoDate),
  value: nullable(
    Type.String({ format: 'decimal', description: 'The amount at the rate, in the company’s currency.' }),
  ),
  difference: nullable(
    Type.String({ format: 'decimal', description: 'value − base: above zero a gain, below a loss.' }),
  ),
};

export const CurrencyBalancesSchema = Type.Object(
  {
    ...branchField,
    as_of: IsoDate,
    currency: Type.String(),
    rows: Type.Array(
      Type.Object({
        ...openBalance,
        type: AccountTypeSchema,
        monetary: Type.Boolean({ description: 'Whether the revaluation counts it.' }),
      }),
    ),
    totals: Type.Object({ base: Signed, value: Signed, difference: Signed }),
  },
  { title: 'CurrencyBalances' },
);

export const RevaluationBody = strictObject({
  on: IsoDate,
  reverse_on: Type.Optional(
    Type.String({ format: 'date', description: 'When the entry is reversed; the next day unless named.' }),
  ),
  dimensions: Type.Optional(
    Type.Record(Type.String(), Type.String({ maxLength: 60 }), {
      description: 'Given to every line, for accounts that ask for them.',
      examples: [{ branch: 'KTM' }],
    }),
  ),
});

const RevaluationEntry = Type.Object(
  {
    id: Id,
    number: Type.String(),
    reverse_on: nullable(Type.String({ description: 'null for what is settled and stays.' })),
    reversed_by: nullable(Type.Object({ id: Id, number: Type.String() })),
  },
  { title: 'RevaluationEntry' },
);

export const RevaluationSchema = Type.Object(
  {
    status: oneOf(['posted', 'nothing_to_do', 'dry_run']),
    on: IsoDate,
    reverse_on: IsoDate,
    currency: Type.String(),
    balances: Type.Array(Type.Object(openBalance)),
    gains: Type.String(),
    losses: Type.String(),
    entries: Type.Array(RevaluationEntry),
    earlier: Type.Array(RevaluationEntry, {
      description: 'Revaluations of earlier days whose reversal was due, and is posted along.',
    }),
  },
  { title: 'Revaluation' },
);
