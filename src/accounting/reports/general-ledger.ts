// One account's ledger: what it stood at, every line between two days with the running balance, and what it came to.
import { sql } from 'kysely';
import type { Key, Part } from '#lib/lists/part';
import { currencyScale, fixAmount, formatAmount, unitsOf } from '#lib/money';
import { notFound } from '#lib/problem';
import { readRows } from '#lib/read-rows';
import type { TenantTx } from '#lib/tenant-tx';
import type { AccountType } from '../accounts/account.ts';
import { keyAfter, type LedgerPlace, placeAfter } from './ledger-place.ts';
import { type LineScope, type LineScopeQuery, lineScope } from './line-scope.ts';
import { entryLink } from './report-links.ts';

/**
 * `amount` is what the line moved in its own `currency`, signed like a balance, and `rate` how many of the company's currency
 * one unit was; both null in the company's currency. `link` is the address of the entry over the API.
 */
export type LedgerLine = {
  entry_id: string;
  number: string;
  entry_date: string;
  account: string;
  memo: string;
  reference: string | null;
  debit: string;
  credit: string;
  balance: string;
  currency: string;
  amount: string | null;
  rate: string | null;
  link: string;
};

/** Balances are signed: debit is positive, credit negative. A group's ledger holds the lines of all accounts below it. */
export type LedgerFrame = {
  account: string;
  name: string;
  type: AccountType;
  currency: string;
  from: string;
  to: string;
  opening: string;
  totals: { debit: string; credit: string };
  closing: string;
};

export type GeneralLedger = LedgerFrame & { lines: LedgerLine[] };

/** ISO dates, both inclusive. */
export type LedgerQuery = LineScopeQuery & { account: string; from: string; to: string };

/**
 * `count` is how many lines the range has in all; `ledger.lines` are those of the part, which begins at `broughtForward`. `page` is
 * 1 for a part by key; `next` is null at the end and for a part by number.
 */
export type PagedLedger = {
  ledger: GeneralLedger;
  count: number;
  page: number;
  next: Key | null;
  broughtForward: string;
};

type Account = { id: number; name: string; type: AccountType; ids: number[] };

/** Sums in the company's currency; `first_day` is null for a range without lines. */
type Frame = {
  opening: string;
  debit: string;
  credit: string;
  count: number;
  offset: number;
  first_day: string | null;
  last_day: string;
  skip: number;
  carried: string;
};

type Row = Omit<LedgerLine, 'link'>;

/** So many lines after so many others. */
type Cut = { skip: number; size: number };

async function accountNamed(tx: TenantTx, code: string): Promise<Account> {
  const { rows } = await sql<Account>`select * from ledger_accounts(${code})`.execute(tx.db);
  const [account] = rows;
  if (!account) throw notFound('account');
  return { ...account, ids: account.ids.map(Number) };
}

/** The frame from the sums of days. */
async function frameOf(
  tx: TenantTx,
  ids: number[],
  { from, to }: LedgerQuery,
  { skip, size }: Cut,
): Promise<Frame> {
  const { rows } = await sql<Frame>`
    select * from ledger_frame(${ids}::bigint[], ${from}::date, ${to}::date, ${skip}::bigint, ${size}::bigint)
  `.execute(tx.db);
  const [frame] = rows;
  if (!frame) throw new Error('a ledger has a frame');
  return frame;
}

/** The frame of lines that no sums are kept of, from the lines themselves. */
async function narrowedFrame(
  tx: TenantTx,
  ids: number[],
  { from, to }: LedgerQuery,
  scope: LineScope,
): Promise<Frame> {
  const { rows } = await sql<Frame>`
    select coalesce(sum(l.debit - l.credit) filter (where l.entry_date < ${from}::date), 0) as opening,
      coalesce(sum(l.debit) filter (where l.entry_date >= ${from}::date), 0) as debit,
      coalesce(sum(l.credit) filter (where l.entry_date >= ${from}::date), 0) as credit,
      count(*) filter (where l.entry_date >= ${from}::date) as count
    from journal_lines l join journal_entries e on e.id = l.entry_id
    where l.account_id = any(${ids}::bigint[]) and l.entry_date <= ${to}::date and ${scope.conditions}
  `.execute(tx.db);
  const [sums] = rows;
  if (!sums) throw new Error('sums are a row');
  return {
    ...sums,
    offset: 0,
    first_day: sums.count > 0 ? from : null,
    last_day: to,
    skip: 0,
    carried: sums.opening,
  };
}

/** The lines between two days with the balance after each; `from` and `carried` are where they begin. */
const linesQuery = (
  ids: number[],
  from: string,
  to: string,
  carried: string,
  { conditions }: LineScope,
) => sql<Row>`
  select e.id as entry_id, e.number, l.entry_date, a.code as account, coalesce(l.memo, e.memo) as memo, e.reference, l.debit,
    l.credit, ${carried}::numeric + sum(l.debit - l.credit) over (order by l.entry_date, l.entry_id, l.line_no) as balance,
    l.currency::text as currency, l.amount, l.rate
  from journal_lines l join journal_entries e on e.id = l.entry_id join accounts a on a.id = l.account_id
  where l.account_id = any(${ids}::bigint[]) and l.entry_date between ${from}::date and ${to}::date and ${conditions}
  order by l.entry_date, l.entry_id, l.line_no
`;

function lineOf({ tenant }: TenantTx, row: Row, { api }: LedgerQuery): LedgerLine {
  const fix = (amount: string) => fixAmount(amount, tenant.currencyScale);
  const sign = /[1-9]/.test(row.debit) ? '' : '-';
  const amount = row.amount === null ? null : fixAmount(row.amount, currencyScale(row.currency) ?? 4);
  return {
    ...row,
    debit: fix(row.debit),
    credit: fix(row.credit),
    balance: fix(row.balance),
    amount: amount !== null && /[1-9]/.test(amount) ? `${sign}${amount}` : amount,
    rate: row.rate?.replace(/\.?0+$/, '') ?? null,
    link: entryLink(row.entry_id, api),
  };
}

function documentOf(tx: TenantTx, query: LedgerQuery, account: Account, frame: Frame): LedgerFrame {
  const scale = tx.tenant.currencyScale;
  const closing = unitsOf(frame.opening, scale) + unitsOf(frame.debit, scale) - unitsOf(frame.credit, scale);
  return {
    account: query.account,
    name: account.name,
    type: account.type,
    currency: tx.tenant.currency,
    from: query.from,
    to: query.to,
    opening: fixAmount(frame.opening, scale),
    totals: { debit: fixAmount(frame.debit, scale), credit: fixAmount(frame.credit, scale) },
    closing: formatAmount(closing, scale),
  };
}

/**
 * The general ledger of an account, or of all accounts below a group, whose `lines` are read as they are asked for, so that
 * there can be any number; the transaction must stay open meanwhile. Throws not-found for an unknown code, and an invalid
 * Problem for unknown dimensions.
 */
export async function ledgerOf(
  tx: TenantTx,
  query: LedgerQuery,
): Promise<{ frame: LedgerFrame; count: number; lines: AsyncGenerator<LedgerLine> }> {
  const account = await accountNamed(tx, query.account);
  const scope = await lineScope(tx, query);
  const frame = scope.isWhole
    ? await frameOf(tx, account.ids, query, { skip: 0, size: 1 })
    : await narrowedFrame(tx, account.ids, query, scope);
  async function* lines() {
    const rows = readRows(tx, linesQuery(account.ids, query.from, query.to, frame.opening, scope));
    for await (const row of rows) yield lineOf(tx, row, query);
  }
  return { frame: documentOf(tx, query, account, frame), count: frame.count, lines: lines() };
}

/** The same at once. */
export async function generalLedger(tx: TenantTx, query: LedgerQuery): Promise<GeneralLedger> {
  const { frame, lines } = await ledgerOf(tx, query);
  return { ...frame, lines: await Array.fromAsync(lines) };
}

async function pageRows(
  tx: TenantTx,
  ids: number[],
  frame: Frame,
  cut: Cut,
  query: LedgerQuery,
  scope: LineScope,
): Promise<Row[]> {
  const { first_day, last_day, skip, carried } = frame;
  if (first_day === null) return [];
  const { rows } = scope.isWhole
    ? await sql<Row>`select * from ledger_page(${ids}::bigint[], ${first_day}::date, ${last_day}::date, ${skip}::bigint,
        ${cut.size}::bigint, ${carried}::numeric)`.execute(tx.db)
    : await sql<Row>`${linesQuery(ids, query.from, query.to, carried, scope)}
        limit ${cut.size} offset ${cut.skip}`.execute(tx.db);
  return rows;
}

type Found = { ids: number[]; query: LedgerQuery; scope: LineScope };

const readFrame = (tx: TenantTx, { ids, query, scope }: Found, cut: Cut) =>
  scope.isWhole ? frameOf(tx, ids, query, cut) : narrowedFrame(tx, ids, query, scope);

type Piece = { frame: Frame; rows: Row[]; page: number; next: Key | null };

/** A page past the last one is the last one. */
async function pieceByNumber(tx: TenantTx, found: Found, part: Part & { by: 'number' }): Promise<Piece> {
  const { ids, query, scope } = found;
  const cut = { skip: (part.page - 1) * part.size, size: part.size };
  const frame = await readFrame(tx, found, cut);
  const page = Math.min(part.page, Math.max(1, Math.ceil(frame.count / part.size)));
  const onPage = { ...cut, skip: (page - 1) * part.size };
  return { frame, rows: await pageRows(tx, ids, frame, onPage, query, scope), page, next: null };
}

/** What follows a line begins so many lines after the first of its day, where a ledger from that day on is cut. */
async function pieceByKey(tx: TenantTx, found: Found, { after, size }: Part & { by: 'key' }): Promise<Piece> {
  const { ids, query, scope } = found;
  const place: LedgerPlace =
    after === null ? { from: query.from, skip: 0 } : await placeAfter(tx, ids, scope, query, after);
  const cut = { skip: place.skip, size };
  const rest = { ...found, query: { ...query, from: place.from } };
  const frame = await readFrame(tx, rest, cut);
  const rows = place.skip < frame.count ? await pageRows(tx, ids, frame, cut, rest.query, scope) : [];
  const next = place.skip + size < frame.count ? keyAfter(rows, after) : null;
  const whole = after === null ? frame : await readFrame(tx, found, { skip: 0, size });
  return { frame: whole, rows, page: 1, next };
}

/**
 * A part of its lines; opening, totals and closing are those of the whole range. What a part costs does not grow with the ledger,
 * unless it is narrowed to dimensions or a moment, of which no sums are kept. Throws an invalid Problem for a key of another list.
 */
export async function pageOfLedger(tx: TenantTx, query: LedgerQuery, part: Part): Promise<PagedLedger> {
  const scale = tx.tenant.currencyScale;
  const account = await accountNamed(tx, query.account);
  const found = { ids: account.ids, query, scope: await lineScope(tx, query) };
  const { frame, rows, page, next } =
    part.by === 'number' ? await pieceByNumber(tx, found, part) : await pieceByKey(tx, found, part);
  const lines = rows.map((row) => lineOf(tx, row, query));
  const [first] = lines;
  const broughtForward = first
    ? formatAmount(
        unitsOf(first.balance, scale) - unitsOf(first.debit, scale) + unitsOf(first.credit, scale),
        scale,
      )
    : fixAmount(frame.opening, scale);
  const ledger = { ...documentOf(tx, query, account, frame), lines };
  return { ledger, count: frame.count, page, next, broughtForward };
}
