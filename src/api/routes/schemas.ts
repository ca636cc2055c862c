// The shapes that the API speaks, once for validation, types, serialisation and the OpenAPI document.
import { type TSchema, Type } from 'typebox';
import { accountCategories, accountTypes, cashFlowActivities } from '#accounting';

/** A string that is one of a few. */
export const oneOf = <const Values extends readonly string[]>(
  values: Values,
  options: { description?: string; default?: string } = {},
) => Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options });

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const Amount = Type.String({
  description:
    'A decimal string, in the company’s currency unless another is named; at most 15 digits before the point.',
  examples: ['1234.50'],
});
export const IsoDate = Type.String({
  format: 'date',
  description: 'A Gregorian day, YYYY-MM-DD.',
  examples: ['2026-11-23'],
});
export const Id = Type.String({ format: 'uuid', description: 'A UUID (version 7).' });
export const AccountCode = Type.String({ minLength: 1, maxLength: 200, examples: ['1010'] });

/** One fault, with its place in what was sent. */
export const Fault = Type.Object(
  {
    pointer: Type.String({ description: 'JSON pointer (RFC 6901) to the place in the request.' }),
    code: Type.String(),
    detail: Type.String(),
  },
  { title: 'Fault' },
);

/** application/problem+json, RFC 9457. */
const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable; made for programs.' }),
    detail: Type.String({ description: 'Made for people.' }),
    instance: Type.String(),
    errors: Type.Array(Fault, { description: 'Every fault of the request at once.' }),
  },
  { title: 'Problem', description: 'RFC 9457 problem' },
);

/** An object of which nothing but the named fields is taken. */
export const strictObject = <T extends Record<string, TSchema>>(
  properties: T,
  options: Record<string, unknown> = {},
) => Type.Object(properties, { additionalProperties: false, ...options });

export const AccountTypeSchema = oneOf(accountTypes);
export const CategorySchema = oneOf(accountCategories, {
  description: 'What reports and dashboards know it as, and which accounts the house itself posts to.',
});
export const CashFlowSchema = oneOf(cashFlowActivities, {
  description: 'Where the cash flow statement has it; null: by its type and category.',
});
export const MonetarySchema = Type.Boolean({
  description: 'Whether the revaluation of currencies counts it; null: by its category.',
});

export const DimensionCodes = Type.Array(Type.String({ maxLength: 200 }), {
  maxItems: 50,
  uniqueItems: true,
  description: 'The dimensions of which every line of the account names a value.',
  examples: [['branch']],
});

export const AccountSchema = Type.Object(
  {
    code: Type.String(),
    name: Type.String(),
    type: AccountTypeSchema,
    category: nullable(CategorySchema),
    cash_flow: nullable(CashFlowSchema),
    is_monetary: nullable(MonetarySchema),
    parent: nullable(Type.String({ description: 'The code of the group above.' })),
    group: Type.Boolean({ description: 'Groups hold other accounts and take no lines.' }),
    active: Type.Boolean(),
    depth: Type.Integer(),
    required_dimensions: DimensionCodes,
  },
  { title: 'Account' },
);

export const EntryStatusSchema = oneOf(['draft', 'posted', 'reversed']);

export const EntrySummarySchema = Type.Object(
  {
    id: Id,
    number: nullable(
      Type.String({ description: 'Assigned at posting, gapless per series and fiscal year.' }),
    ),
    status: EntryStatusSchema,
    entry_date: IsoDate,
    memo: Type.String(),
    reference: nullable(Type.String()),
    total: Amount,
  },
  { title: 'EntrySummary' },
);

export const EntryLink = Type.Object({ id: Id, number: Type.String() }, { title: 'EntryLink' });

const Currency = Type.String({ minLength: 3, maxLength: 3, description: 'ISO 4217.', examples: ['USD'] });
const Rate = Type.String({
  description:
    'How many units of the company’s currency one unit of the line’s currency is; at most 10 decimals.',
  examples: ['133.25'],
});
const Dimensions = Type.Unsafe<Record<string, string>>({
  type: 'object',
  additionalProperties: { type: 'string' },
  maxProperties: 50,
  description: 'Codes of values by the codes of their dimensions.',
  examples: [{ branch: 'KTM', cost_centre: 'SALES' }],
});

export const EntryLineSchema = Type.Object(
  {
    line: Type.Integer(),
    account: Type.String(),
    account_name: Type.String(),
    debit: nullable(Amount),
    credit: nullable(Amount),
    currency: Type.String({ description: 'Of debit and credit; ISO 4217.' }),
    rate: nullable(Rate),
    base_debit: nullable(Type.String({ description: 'The debit in the company’s currency.' })),
    base_credit: nullable(Type.String({ description: 'The credit in the company’s currency.' })),
    memo: nullable(Type.String()),
    dimensions: Dimensions,
  },
  { title: 'EntryLine' },
);

export const EntrySchema = Type.Object(
  {
    ...EntrySummarySchema.properties,
    sequence: nullable(Type.Integer()),
    series: Type.String({ description: 'The code of the number series.' }),
    fiscal_year: nullable(Type.String()),
    period: nullable(Type.String()),
    reverses: nullable(EntryLink),
    reversed_by: nullable(EntryLink),
    reverse_on: nullable(Type.String({ description: 'The day on which the entry is reversed by itself.' })),
    created_by: nullable(Type.String()),
    posted_at: nullable(Type.String({ format: 'date-time' })),
    version: Type.Integer(),
    partial: Type.Optional(
      Type.Boolean({
        description:
          'Lines of other branches than the reader’s are left out; the total is of those that are told.',
      }),
    ),
    lines: Type.Array(EntryLineSchema),
  },
  { title: 'Entry' },
);

export const LineBody = strictObject(
  {
    account: AccountCode,
    debit: Type.Optional(nullable(Amount)),
    credit: Type.Optional(nullable(Amount)),
    currency: Type.Optional(Currency),
    rate: Type.Optional(Rate),
    base_debit: Type.Optional(
      Type.String({ description: 'What the debit is in the company’s currency, instead of a rate.' }),
    ),
    base_credit: Type.Optional(
      Type.String({ description: 'What the credit is in the company’s currency, instead of a rate.' }),
    ),
    memo: Type.Optional(nullable(Type.String({ maxLength: 1000 }))),
    dimensions: Type.Optional(Dimensions),
  },
  { title: 'NewLine' },
);

/** For requests that a client may send again without fear. */
export const IdempotencyHeaders = Type.Object({
  'Idempotency-Key': Type.Optional(
    Type.String({
      description:
        'Any text of your own, 1 to 255 characters. The same request with the same key is done once and answered alike for 30 days.',
    }),
  ),
});

const entryFields = {
  entry_date: IsoDate,
  memo: Type.String({ maxLength: 1000 }),
  reference: Type.Optional(nullable(Type.String({ maxLength: 200 }))),
  series: Type.Optional(
    Type.String({
      pattern: '^[A-Z0-9]{1,10}$',
      description: 'The code of a number series; JV unless named.',
    }),
  ),
  reverse_on: Type.Optional(
    Type.String({ format: 'date', description: 'A later day on which the entry is reversed by itself.' }),
  ),
  lines: Type.Array(LineBody, { maxItems: 10_000 }),
};

const entryExample = {
  entry_date: '2026-11-23',
  memo: 'Cash sale',
  lines: [
    { account: '1010', debit: '100.00' },
    { account: '4010', credit: '100.00' },
  ],
};

export const NewEntryBody = strictObject(
  { ...entryFields, status: Type.Optional(oneOf(['posted', 'draft'], { default: 'posted' })) },
  { title: 'NewEntry', examples: [entryExample] },
);
export const DraftBody = strictObject(entryFields, { title: 'NewDraft', examples: [entryExample] });

export const UserSchema = Type.Object(
  {
    id: Id,
    email: Type.String(),
    name: Type.String(),
    role: Type.String(),
    permissions: Type.Array(Type.String(), { description: 'All that one may do; see /permissions/.' }),
    post_limit: nullable(Type.String({ description: 'Up to which total one may post; null: any.' })),
    approve_limit: nullable(Type.String({ description: 'Up to which total one may approve; null: any.' })),
    branches: nullable(
      Type.Array(Type.String(), { description: 'To which branches one is limited; null: all.' }),
    ),
    tenant: Type.Object({
      slug: Type.String(),
      name: Type.String(),
      currency: Type.String(),
      calendar: oneOf(['gregorian', 'bikram_sambat']),
      time_zone: Type.String(),
    }),
  },
  { title: 'User' },
);

export const TokenSchema = Type.Object(
  {
    access: Type.String(),
    refresh: Type.String(),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ description: 'Seconds until the access token runs out.' }),
    user: UserSchema,
  },
  { title: 'Tokens' },
);

/** An answer with headers that belong to it; they are told of in the document and change nothing else. */
export const withHeaders = <T extends TSchema>(
  schema: T,
  ...names: ('ETag' | 'Location' | 'Idempotency-Replayed')[]
): T => ({
  ...schema,
  headers: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});

/** The answers that any route may give besides its own. */
export const problems = (...statuses: number[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'A problem', content: { 'application/problem+json': { schema: ProblemSchema } } },
    ]),
  );
