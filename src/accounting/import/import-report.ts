// Adds up what an import posts, for the person who asked for it.
import type { FileEntry } from './journal-file.ts';

/**
 * What was posted, or would be in a dry run. `skipped` entries were there before; `from` and `to` are the first and the
 * last date; `accounts` are the codes created, groups included; `numbers` has the first and the last number of each
 * fiscal year and is empty in a dry run.
 */
export type ImportReport = {
  entries: number;
  lines: number;
  skipped: number;
  from: string | null;
  to: string | null;
  accounts: string[];
  numbers: { first: string; last: string }[];
};

/** A report of nothing yet, besides the accounts that were created. */
export function emptyReport(accounts: string[]): ImportReport {
  return { entries: 0, lines: 0, skipped: 0, from: null, to: null, accounts, numbers: [] };
}

/** Counts one entry in; `number` is null in a dry run. */
export function addToReport(report: ImportReport, entry: FileEntry, number: string | null): void {
  report.entries += 1;
  report.lines += entry.lines.length;
  if (entry.date !== null) {
    report.from = report.from !== null && report.from < entry.date ? report.from : entry.date;
    report.to = report.to !== null && report.to > entry.date ? report.to : entry.date;
  }
  if (number === null) return;
  const series = number.slice(0, number.lastIndexOf('-') + 1);
  const range = report.numbers.find(({ first }) => first.slice(0, first.lastIndexOf('-') + 1) === series);
  if (range) range.last = number;
  else report.numbers.push({ first: number, last: number });
}
