// The shapes of a journal entry: what is given to post one, and what is read back.
import type { Fault } from '#lib/problem';

/**
 * One line to post: an account's code and one side, a decimal string in the line's currency (ISO 4217), which is the company's
 * unless named. Of another one, `rate` says how many units of the company's currency one unit is, or `base_debit` and
 * `base_credit` what the amount is there; with neither, the latest known rate counts. `dimensions` are values by their codes.
 */
export type LineInput = {
  account: string;
  debit?: string | null;
  credit?: string | null;
  currency?: string;
  rate?: string;
  base_debit?: string;
  base_credit?: string;
  memo?: string | null;
  dimensions?: Record<string, string>;
};

/** Whether a line is in the company's currency and without dimensions, as nearly all are. */
export const isPlain = (line: Record<string, unknown>): boolean =>
  line.currency === undefined &&
  line.rate === undefined &&
  line.base_debit === undefined &&
  line.base_credit === undefined &&
  line.dimensions === undefined;

/**
 * An entry to post. `entry_date` is an ISO Gregorian date; `id` a UUIDv7, made when absent; `source_key` makes a repeat
 * of the same source recognisable and is unique in the company; `reverses_id` names the entry that this one reverses;
 * `reverse_on` a later day on which it will be reversed by itself; `series` the number series, JV unless named; `by` is the
 * place of its actor among those of a shared transaction (see inTenant).
 */
export type EntryInput = {
  id?: string;
  entry_date: string;
  memo: string;
  reference?: string | null;
  source?: string;
  source_key?: string | null;
  reverses_id?: string | null;
  reverse_on?: string;
  series?: string;
  by?: number;
  lines: LineInput[];
};

/** What became of one entry: its number, or all its faults with pointers into the entry. */
export type EntryResult =
  | { posted: true; id: string; number: string; sequence: number }
  | { posted: false; id: string; faults: Fault[] };

export type EntryStatus = 'draft' | 'posted' | 'reversed';

export type EntrySummary = {
  id: string;
  number: string | null;
  status: EntryStatus;
  entry_date: string;
  memo: string;
  reference: string | null;
  total: string;
};

export type EntryLine = {
  line: number;
  account: string;
  account_name: string;
  debit: string | null;
  credit: string | null;
  currency: string;
  rate: string | null;
  base_debit: string | null;
  base_credit: string | null;
  memo: string | null;
  dimensions: Record<string, string>;
};

export type EntryLink = { id: string; number: string };

/**
 * A whole entry. `sequence` is the number where its series began last; drafts have none. `total` is in the company's currency.
 * `partial` is there for who is limited to branches and sees only some of the lines: `total` is then the larger side of those.
 */
export type Entry = EntrySummary & {
  partial?: true;
  sequence: number | null;
  series: string;
  fiscal_year: string | null;
  period: string | null;
  reverses: EntryLink | null;
  reversed_by: EntryLink | null;
  reverse_on: string | null;
  created_by: string | null;
  posted_at: string | null;
  version: number;
  lines: EntryLine[];
};
