// The shape of a journal as a file holds it, with the lines of the file kept for telling faults.
import type { LineFault } from './line-fault.ts';

/** Amounts are decimal strings with the currency's decimals; null is blank, zero, or unreadable and then `malformed`. */
export type FileLine = {
  line: number;
  account: string | null;
  debit: string | null;
  credit: string | null;
  memo: string | null;
  malformed?: boolean;
};

/** `key` is what joins the rows of one entry; `malformed` means that some of its rows could not be read at all. */
export type FileEntry = {
  key: string;
  line: number;
  date: string | null;
  memo: string;
  lines: FileLine[];
  malformed?: boolean;
};

/** Entries in order of their first rows, and the faults of reading. */
export type JournalFile = { entries: FileEntry[]; faults: LineFault[] };
