// The shapes of reports of lines.
import { Type } from 'typebox';
import type { Pages } from '../../versions/version.ts';
import { AccountTypeSchema, Amount, Id, IsoDate, nullable } from '../schemas.ts';
import { branchField } from './branch-label.ts';
import { SignedAmount } from './report-schemas.ts';

const Link = Type.String({ description: 'The entry: a path on this server.' });
const Totals = Type.Object({ debit: Amount, credit: Amount });

const line = {
  entry_id: Id,
  number: Type.String(),
  entry_date: IsoDate,
  memo: Type.String(),
  reference: nullable(Type.String()),
  debit: Amount,
  credit: Amount,
  balance: Type.String({
    format: 'decimal',
    description: 'Running balance; debit is positive, credit negative.',
  }),
  link: Link,
};

/** A ledger, with the fields of a version's parts. */
export const ledgerSchema = ({ reportFields }: Pages) =>
  Type.Object({
    ...branchField,
    account: Type.String(),
    name: Type.String(),
    type: AccountTypeSchema,
    currency: Type.String(),
    from: IsoDate,
    to: IsoDate,
    opening: SignedAmount,
    totals: Totals,
    closing: SignedAmount,
    brought_forward: Type.String({
      format: 'decimal',
      description: 'The balance with which this part begins.',
    }),
    ...reportFields,
    lines: Type.Array(
      Type.Object({
        ...line,
        account: Type.String(),
        currency: Type.String({ description: 'The line’s own currency.' }),
        amount: nullable(
          Type.String({ description: 'What it moved in that, signed; null in the company’s.' }),
        ),
        rate: nullable(Type.String()),
      }),
    ),
  });

export const AccountStatementSchema = Type.Object(
  {
    ...branchField,
    account: Type.String(),
    name: Type.String(),
    currency: Type.String(),
    from: IsoDate,
    to: IsoDate,
    opening: SignedAmount,
    totals: Totals,
    closing: SignedAmount,
    count: Type.Integer(),
    lines: Type.Array(
      Type.Object({
        ...line,
        against: Type.Array(Type.String(), { description: 'The codes of the entry’s other accounts.' }),
      }),
    ),
  },
  { title: 'AccountStatement' },
);

/** A day book, with the fields of a version's parts. */
export const dayBookSchema = ({ reportFields }: Pages) =>
  Type.Object({
    ...branchField,
    from: IsoDate,
    to: IsoDate,
    currency: Type.String(),
    totals: Totals,
    ...reportFields,
    entries: Type.Array(
      Type.Object({
        id: Id,
        number: Type.String(),
        entry_date: IsoDate,
        memo: Type.String(),
        reference: nullable(Type.String()),
        total: Amount,
        link: Link,
        lines: Type.Array(
          Type.Object({
            account: Type.String(),
            name: Type.String(),
            debit: Amount,
            credit: Amount,
            memo: nullable(Type.String()),
          }),
        ),
      }),
    ),
  });
