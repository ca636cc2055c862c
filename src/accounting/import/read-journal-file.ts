// Reads a journal file into entries, gathering the rows of an entry wherever they stand.
import { type CsvRecord, csvRecords } from './csv-records.ts';
import type { FileEntry, JournalFile } from './journal-file.ts';
import type { LineFault } from './line-fault.ts';
import { type Columns, columnNames, readHeader } from './read-header.ts';
import { type FileRow, readRow } from './read-row.ts';

/** The entries that a record which cannot be read names, as far as can be told; a broken quote may swallow lines. */
function keysWithin(raw: string, columns: Columns): string[] {
  return raw.split('\n').map((line) => (line.split(',')[columns.entry] ?? '').replaceAll('"', '').trim());
}

class Gathering {
  readonly entries = new Map<string, FileEntry>();
  readonly faults: LineFault[] = [];
  readonly #unreadable = new Set<string>();
  // The same few accounts are named by all the lines; one copy of each is kept.
  readonly #accounts = new Map<string, string>();

  skip(record: CsvRecord, columns: Columns, detail: string): void {
    this.faults.push({ line: record.line, code: 'import/row-unreadable', detail });
    for (const key of keysWithin(record.raw, columns)) this.#unreadable.add(key);
  }

  add({ key, date, memo, fileLine, faults }: FileRow): void {
    this.faults.push(...faults);
    if (key === null) return;
    const { line, account } = fileLine;
    if (account !== null) {
      fileLine.account = this.#accounts.get(account) ?? account;
      this.#accounts.set(account, fileLine.account);
    }
    const entry = this.entries.get(key);
    if (!entry) {
      this.entries.set(key, { key, line, date, memo, lines: [fileLine] });
      return;
    }
    if (date !== null && entry.date !== null && date !== entry.date) {
      const detail = `entry ${key} is of ${entry.date} on line ${entry.line} and of ${date} here`;
      this.faults.push({ line, code: 'import/dates-differ', detail });
    }
    if (memo !== entry.memo && memo !== '') fileLine.memo = memo;
    entry.lines.push(fileLine);
  }

  finish(): JournalFile {
    for (const key of this.#unreadable) {
      const entry = this.entries.get(key);
      if (entry) entry.malformed = true;
    }
    return { entries: [...this.entries.values()], faults: this.faults };
  }
}

const isBlank = (record: CsvRecord) => record.cells.every((cell) => cell.trim() === '');

/**
 * Reads a file with the columns entry, date, memo, account, debit and credit, as UTF-8 bytes. `scale` is the currency's
 * decimals. All faults of reading are told; what only the database knows is for importJournal() to find.
 */
export async function readJournalFile(
  source: AsyncIterable<Uint8Array>,
  scale: number,
): Promise<JournalFile> {
  const gathering = new Gathering();
  let columns: Columns | null = null;
  for await (const record of csvRecords(source)) {
    if (columns === null) {
      const header = readHeader(record);
      if (Array.isArray(header)) return { entries: [], faults: header };
      columns = header;
    } else if (record.broken !== null) {
      gathering.skip(record, columns, record.broken);
    } else if (isBlank(record)) {
      // Spreadsheets end their files with rows of nothing but commas.
    } else if (record.cells.length !== columnNames.length) {
      const detail = `${columnNames.length} cells are expected and ${record.cells.length} are here; a text with a comma stands in quotes`;
      gathering.skip(record, columns, detail);
    } else {
      gathering.add(readRow(record.line, record.cells, columns, scale));
    }
  }
  const file = gathering.finish();
  if (file.entries.length === 0 && file.faults.length === 0) {
    const detail =
      columns === null
        ? `the file is empty; its first line names the columns ${columnNames.join(',')}`
        : 'the file has no entries';
    file.faults.push({ line: 1, code: 'import/empty', detail });
  }
  return file;
}
