// The shapes of statements: columns, sections, rows, and figures with the address of the lines behind them.
import { Type } from 'typebox';
import { AccountTypeSchema, Amount, IsoDate, nullable, oneOf } from '../schemas.ts';
import { branchField } from './branch-label.ts';

export const SignedAmount = Type.String({
  format: 'decimal',
  description: 'A decimal string in the company’s currency; negative where it lies on the other side.',
  examples: ['1234.50', '-10.00'],
});

const Link = Type.String({ description: 'The lines behind the figure: a path on this server.' });

const KnownOnSchema = nullable(Type.String({ format: 'date-time' }));

const ColumnSchema = Type.Object(
  {
    time: oneOf(['current', 'previous_period', 'previous_year', 'budget']),
    from: nullable(IsoDate),
    to: IsoDate,
    part: oneOf(['all', 'value', 'unassigned'], {
      description: 'Of all lines, of a value of the dimension `by`, or of lines without one.',
    }),
    value: nullable(Type.String()),
    title: Type.String(),
  },
  { title: 'ReportColumn' },
);

const FigureSchema = Type.Object(
  {
    amount: SignedAmount,
    link: nullable(Link),
    links: Type.Optional(
      Type.Array(Link, {
        description: 'For a sum: the lines behind it, which add up to the amount together.',
      }),
    ),
  },
  { title: 'Figure' },
);

const figures = Type.Array(nullable(FigureSchema), {
  description: 'One for each column; null where there is none yet.',
});

const kind = oneOf(['account', 'group']);

/** The fields of every statement. */
const statementFields = {
  ...branchField,
  report: Type.String(),
  currency: Type.String(),
  as_known_on: KnownOnSchema,
  columns: Type.Array(ColumnSchema),
  sections: Type.Array(
    Type.Object({
      key: Type.String(),
      title: Type.String(),
      side: oneOf(['debit', 'credit'], { description: 'The side on which its lines count positive.' }),
      rows: Type.Array(
        Type.Object({
          kind,
          account: Type.String(),
          name: Type.String(),
          type: AccountTypeSchema,
          depth: Type.Integer(),
          figures,
        }),
      ),
      figures,
    }),
  ),
};

const SidesSchema = Type.Object(
  {
    debit: Amount,
    credit: Amount,
    link: nullable(Link),
    links: Type.Optional(
      Type.Array(Link, { description: 'Where the lines behind a balance are in several places.' }),
    ),
  },
  { title: 'Sides' },
);

const balanceFigures = Type.Array(
  nullable(
    Type.Object({
      opening: Type.Optional(SidesSchema),
      movement: Type.Optional(SidesSchema),
      closing: SidesSchema,
    }),
  ),
);

/** The plain trial balance; what is optional comes with any parameter besides as_of. */
export const TrialBalanceSchema = Type.Object(
  {
    ...branchField,
    as_of: IsoDate,
    from: Type.Optional(nullable(IsoDate)),
    currency: Type.String(),
    as_known_on: Type.Optional(KnownOnSchema),
    columns: Type.Optional(Type.Array(ColumnSchema)),
    rows: Type.Array(
      Type.Object({
        kind: Type.Optional(kind),
        account: Type.String(),
        name: Type.String(),
        type: AccountTypeSchema,
        depth: Type.Optional(Type.Integer()),
        debit: Amount,
        credit: Amount,
        link: Type.Optional(Link),
        figures: Type.Optional(balanceFigures),
      }),
    ),
    totals: Type.Object({ debit: Amount, credit: Amount, figures: Type.Optional(balanceFigures) }),
  },
  { title: 'TrialBalance' },
);

export const BalanceSheetSchema = Type.Object(
  {
    ...statementFields,
    as_of: IsoDate,
    balanced: Type.Boolean({ description: 'Assets are liabilities and equity, in every column.' }),
  },
  { title: 'BalanceSheet' },
);

export const ProfitAndLossSchema = Type.Object(
  { ...statementFields, from: IsoDate, to: IsoDate },
  { title: 'ProfitAndLoss' },
);

export const CashFlowSchema = Type.Object(
  {
    ...statementFields,
    from: IsoDate,
    to: IsoDate,
    method: oneOf(['direct', 'indirect']),
    balanced: Type.Boolean({
      description: 'Opening cash and the change come to closing cash, in every column.',
    }),
  },
  { title: 'CashFlow' },
);
