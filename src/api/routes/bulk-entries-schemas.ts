// The shapes of entries that come many at once, and of what is answered to them.
import { Type } from 'typebox';
import { DraftBody, EntryLineSchema, Fault, Id, IsoDate, nullable, oneOf, strictObject } from './schemas.ts';

export const MOST_ENTRIES = 1000;

const sourceKey = Type.String({
  minLength: 1,
  maxLength: 200,
  description:
    'What your system knows the entry by, unique in the company. An entry with a source_key that was posted before is answered as a duplicate with the id and number of the first, and not posted again.',
  examples: ['shop-order-20017'],
});

const example = {
  source_key: 'shop-order-20017',
  entry_date: '2026-11-23',
  memo: 'Shop order 20017',
  lines: [
    { account: '1010', debit: '113.00' },
    { account: '4010', credit: '113.00' },
  ],
};

/** An entry among many: as for the single POST, without a status and with a key of its source. */
export const KeyedEntryBody = strictObject(
  { ...DraftBody.properties, source_key: Type.Optional(nullable(sourceKey)) },
  { title: 'KeyedEntry', examples: [example] },
);

export const BulkBody = strictObject(
  { entries: Type.Array(KeyedEntryBody, { minItems: 1, maxItems: MOST_ENTRIES }) },
  { title: 'NewEntries', examples: [{ entries: [example] }] },
);

const isTrue = (description: string, preset: boolean) =>
  Type.Optional(Type.Boolean({ default: preset, description }));

export const DryRunQuery = {
  dry_run: isTrue(
    'Store nothing; answer the lines and the balances that would result, or all faults.',
    false,
  ),
};

export const BulkQuery = strictObject({
  atomic: isTrue('Post all or none. With false each entry is posted or refused by itself.', true),
  ...DryRunQuery,
});

const BulkResultSchema = Type.Object(
  {
    status: oneOf(['posted', 'duplicate', 'refused']),
    id: Type.Optional(Id),
    number: Type.Optional(Type.String()),
    errors: Type.Optional(
      Type.Array(Fault, { description: 'Every fault of the entry; pointers begin at the entry.' }),
    ),
  },
  { title: 'EntryResult' },
);

const id = '019ab7c2-4f6e-7cc3-98c4-dc0c0c07398f';

/** One result for each entry, in the order of the entries. */
export const BulkAnswerSchema = Type.Object(
  {
    posted: Type.Integer(),
    duplicates: Type.Integer(),
    refused: Type.Integer(),
    results: Type.Array(BulkResultSchema),
  },
  {
    title: 'EntryResults',
    examples: [
      {
        posted: 1,
        duplicates: 0,
        refused: 1,
        results: [
          { status: 'posted', id, number: 'JV-2026-000017' },
          {
            status: 'refused',
            errors: [
              {
                pointer: '/lines/1/account',
                code: 'accounting/account-unknown',
                detail: 'there is no account 9999',
              },
            ],
          },
        ],
      },
    ],
  },
);

const Balance = Type.String({
  format: 'decimal',
  description: 'Debit is positive, credit negative.',
  examples: ['-113.00'],
});

/** What posting would give. */
export const DryRunSchema = Type.Object(
  {
    valid: Type.Literal(true),
    entries: Type.Array(
      Type.Object({
        status: oneOf(['valid', 'duplicate']),
        duplicate_of: nullable(Type.Object({ id: Id, number: Type.String() })),
        entry_date: IsoDate,
        memo: Type.String(),
        reference: nullable(Type.String()),
        total: Type.String(),
        lines: Type.Array(EntryLineSchema),
        balances: Type.Array(
          Type.Object({
            account: Type.String(),
            account_name: Type.String(),
            before: Balance,
            after: Balance,
          }),
          { description: 'Of each account, as of the entry’s date; earlier entries of the request count.' },
        ),
      }),
    ),
  },
  { title: 'DryRun' },
);

/** One line of the answer to a stream: a result, an error that ended the stream, or at last the summary. */
export const StreamLineSchema = Type.Object(
  {
    line: Type.Optional(Type.Integer({ description: 'The line of the request that this answers, from 1.' })),
    ...Type.Partial(BulkResultSchema).properties,
    error: Type.Optional(Type.Object({ code: Type.String(), detail: Type.String() })),
    summary: Type.Optional(
      Type.Object({
        complete: Type.Boolean({ description: 'Whether the stream was read to its end.' }),
        lines: Type.Integer(),
        posted: Type.Integer(),
        duplicates: Type.Integer(),
        refused: Type.Integer(),
      }),
    ),
  },
  {
    title: 'StreamLine',
    examples: [
      { line: 1, status: 'posted', id, number: 'JV-2026-000017' },
      { summary: { complete: true, lines: 1, posted: 1, duplicates: 0, refused: 0 } },
    ],
  },
);
