// Gives a company's whole posted ledger, or some days of it, as text that other programs read.
import type { TenantTx } from '#lib/tenant-tx';
import { hledgerJournal } from './hledger-journal.ts';
import { journalCsv } from './journal-csv.ts';
import { countPosted, type DateRange, type PostedEntry, postedEntries } from './posted-entries.ts';

export const exportFormats = ['hledger', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** `onProgress` is told how many entries of how many are written. */
export type ExportOptions = DateRange & {
  format: ExportFormat;
  onProgress?: (done: number, total: number) => void;
};

async function* watched(tx: TenantTx, options: ExportOptions): AsyncGenerator<PostedEntry> {
  const total = await countPosted(tx, options);
  options.onProgress?.(0, total);
  let done = 0;
  for await (const entry of postedEntries(tx, options)) {
    yield entry;
    done += 1;
    options.onProgress?.(done, total);
  }
}

/**
 * The ledger as a stream of text whose memory does not grow with it. Its transaction must be a snapshot, as the chart, the
 * count and the entries are several statements.
 */
export function exportLedger(tx: TenantTx, options: ExportOptions): AsyncGenerator<string> {
  const entries = watched(tx, options);
  return options.format === 'csv'
    ? journalCsv(entries, tx.tenant.currencyScale)
    : hledgerJournal(tx, entries);
}
