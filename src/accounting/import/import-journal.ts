// Posts a whole journal file or nothing of it.
import { sql } from 'kysely';
import type { Fault } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import type { EntryResult } from '../journal/entry.ts';
import { faultsOfEntries, holdPostings, postEntries, type UncheckedEntry } from '../journal/post-entries.ts';
import { isReadable } from '../journal/save-entry.ts';
import { createAccounts } from './create-accounts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { ImportRefused } from './import-refused.ts';
import { addToReport, emptyReport, type ImportReport } from './import-report.ts';
import type { FileEntry, JournalFile } from './journal-file.ts';
import type { LineFault } from './line-fault.ts';
import { type AccountPlan, type KnownAccount, planAccounts } from './plan-accounts.ts';

/** `onProgress` is told after each batch how many entries of how many are done. */
export type ImportOptions = {
  createAccounts?: boolean | undefined;
  skipExisting?: boolean | undefined;
  dryRun?: boolean | undefined;
  onProgress?: (done: number, total: number) => void;
};

const BATCH_ENTRIES = 1000;
const BATCH_LINES = 10_000;

/** Cuts the entries so that no statement grows too large, even when entries have thousands of lines. */
function* batchesOf(entries: readonly FileEntry[]): Generator<FileEntry[]> {
  let batch: FileEntry[] = [];
  let lines = 0;
  for (const entry of entries) {
    if (batch.length > 0 && (batch.length >= BATCH_ENTRIES || lines + entry.lines.length > BATCH_LINES)) {
      yield batch;
      batch = [];
      lines = 0;
    }
    batch.push(entry);
    lines += entry.lines.length;
  }
  if (batch.length > 0) yield batch;
}

const toPost = (entry: FileEntry): UncheckedEntry => ({
  entry_date: entry.date,
  memo: entry.memo,
  source: 'import',
  source_key: fingerprintOf(entry),
  malformed: entry.malformed ?? false,
  lines: entry.lines.map(({ line: _, ...rest }) => rest),
});

/** Posts a batch, or only finds its faults; then entries without fault come back unposted, too. */
async function tryBatch(tx: TenantTx, batch: FileEntry[], post: boolean): Promise<EntryResult[]> {
  const entries = batch.map(toPost);
  if (post && entries.every(isReadable)) return await postEntries(tx, entries);
  const faults = await faultsOfEntries(tx, entries);
  return faults.map((each) => ({ posted: false, id: '', faults: each }));
}

async function plannedAccounts(tx: TenantTx, file: JournalFile): Promise<AccountPlan> {
  const { rows } = await sql<KnownAccount>`select code, type, is_group as "group" from accounts`.execute(
    tx.db,
  );
  const posted = new Set<string>();
  for (const { lines } of file.entries) {
    for (const { account } of lines) if (account !== null) posted.add(account);
  }
  return planAccounts(posted, new Map(rows.map((account) => [account.code, account])));
}

/** The faults of an entry with their lines in the file; those of the whole entry lie on its first row. */
function inFile(entry: FileEntry, faults: readonly Fault[], refused: AccountPlan['refused']): LineFault[] {
  return faults.map(({ pointer, code, detail }) => {
    const index = /^\/lines\/(\d+)/.exec(pointer)?.[1];
    const line = index === undefined ? undefined : entry.lines[Number(index)];
    if (!line) return { line: entry.line, code, detail: `entry ${entry.key}: ${detail}` };
    const reason = code === 'accounting/account-unknown' && refused.get(line.account ?? '');
    return reason
      ? { line: line.line, code: 'import/account-not-creatable', detail: reason }
      : { line: line.line, code, detail };
  });
}

const isRepeated = (faults: readonly Fault[]) =>
  faults.some(({ code }) => code === 'accounting/already-posted');

async function importAll(tx: TenantTx, file: JournalFile, options: ImportOptions): Promise<ImportReport> {
  // Two imports at once take turns, so that the second sees what the first has posted; and the chart stays as planned.
  await holdPostings(tx);
  await sql`lock table accounts in share row exclusive mode`.execute(tx.db);
  const { accounts, refused }: AccountPlan = options.createAccounts
    ? await plannedAccounts(tx, file)
    : { accounts: [], refused: new Map() };
  await createAccounts(tx, accounts);
  const faults = [...file.faults];
  const report = emptyReport(accounts.map((account) => account.code));
  const hopeless = () => faults.length > 0 || (report.skipped > 0 && !options.skipExisting);
  let done = 0;
  for (const batch of batchesOf(file.entries)) {
    const results = await tryBatch(tx, batch, !options.dryRun && !hopeless());
    for (const [index, entry] of batch.entries()) {
      const result = results[index];
      if (!result) throw new Error(`entry ${entry.key} came back without a result`);
      if (result.posted) addToReport(report, entry, result.number);
      else if (isRepeated(result.faults)) report.skipped += 1;
      else if (result.faults.length > 0) faults.push(...inFile(entry, result.faults, refused));
      else addToReport(report, entry, null);
    }
    done += batch.length;
    options.onProgress?.(done, file.entries.length);
  }
  const repeated = { entries: options.skipExisting ? 0 : report.skipped, of: file.entries.length };
  if (hopeless()) throw new ImportRefused(faults, repeated);
  return report;
}

/**
 * Imports a file that was read by readJournalFile() into the company's books, as one whole. Throws ImportRefused with
 * every fault of the file, those of reading included; the caller's transaction then has to be rolled back. A dry run
 * leaves nothing behind.
 */
export async function importJournal(
  tx: TenantTx,
  file: JournalFile,
  options: ImportOptions = {},
): Promise<ImportReport> {
  if (!options.dryRun) return await importAll(tx, file, options);
  await sql`savepoint dry_run`.execute(tx.db);
  const report = await importAll(tx, file, options);
  await sql`rollback to savepoint dry_run`.execute(tx.db);
  return report;
}
