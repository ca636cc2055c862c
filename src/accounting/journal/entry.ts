// The shapes of a journal entry: what is given to post one, and what is read back.
import type { Fault } from '#lib/problem';

/** One line to post: an account's code and one side, a decimal string in the company's currency. */
export type LineInput = {
  account: string;
  debit?: string | null;
  credit?: string | null;
  memo?: string | null;
};

/**
 * An entry to post. `entry_date` is an ISO Gregorian date; `id` a UUIDv7, made when absent; `source_key` makes a repeat
 * of the same source recognisable and is unique in the company; `reverses_id` names the entry that this one reverses;
 * `by` is the place of its actor among those of a shared transaction (see inTenant).
 */
export type EntryInput = {
  id?: string;
  entry_date: string;
  memo: string;
  reference?: string | null;
  source?: string;
  source_key?: string | null;
  reverses_id?: string | null;
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
  memo: string | null;
};

export type EntryLink = { id: string; number: string };

/** A whole entry. `sequence` is the number within series and fiscal year; drafts have none. */
export type Entry = EntrySummary & {
  sequence: number | null;
  fiscal_year: string | null;
  period: string | null;
  reverses: EntryLink | null;
  reversed_by: EntryLink | null;
  created_by: string | null;
  posted_at: string | null;
  version: number;
  lines: EntryLine[];
};
