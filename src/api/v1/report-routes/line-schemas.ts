// The shapes of reports of lines.
import { Type } from 'typebox';
import { AccountTypeSchema, Amount, Id, IsoDate, nullable } from '../schemas.ts';
import { branchField } from './branch-label.ts';
import { SignedAmount } from './report-schemas.ts';

const Link = Type.String({ description: 'The entry: a path on this server.' });
const Totals = Type.Object({ debit: Amount, credit: Amount });

const paging = {
  count: Type.Integer({ description: 'How many there are on all pages.' }),
  next: nullable(Type.String()),
  previous: nullable(Type.String()),
};

const line = {
  entry_id: Id,
  number: Type.String(),
  entry_date: IsoDate,
  memo: Type.String(),
  reference: nullable(Type.String()),
  debit: Amount,
  credit: Amount,
  balance: Type.String({ description: 'Running balance; debit is positive, credit negative.' }),
  link: Link,
};

export const LedgerSchema = Type.Object({
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
  brought_forward: Type.String({ description: 'The balance with which the page begins.' }),
  ...paging,
  lines: Type.Array(
    Type.Object({
      ...line,
      account: Type.String(),
      currency: Type.String({ description: 'The line’s own currency.' }),
      amount: nullable(Type.String({ description: 'What it moved in that, signed; null in the company’s.' })),
      rate: nullable(Type.String()),
    }),
  ),
});

export const AccountStatementSchema = Type.Object({
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
});

export const DayBookSchema = Type.Object({
  ...branchField,
  from: IsoDate,
  to: IsoDate,
  currency: Type.String(),
  totals: Totals,
  ...paging,
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
