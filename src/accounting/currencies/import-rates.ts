// Brings a CSV file of exchange rates into the books, whole or not at all.
import type { TenantTx } from '#lib/tenant-tx';
import { type CsvRecord, csvRecords } from '../import/csv-records.ts';
import { ImportRefused } from '../import/import-refused.ts';
import type { LineFault } from '../import/line-fault.ts';
import { readColumns } from '../import/read-header.ts';
import { type RatesSet, readRates, storeRates } from './keep-rates.ts';
import type { RateInput } from './read-rate.ts';

const needed = ['currency', 'date', 'rate'] as const;
const optional = ['units', 'source'] as const;
type Column = (typeof needed)[number] | (typeof optional)[number];

/** Rates that are stored by one statement. */
const AT_ONCE = 1000;

/** A file as it was read: each rate with its line, and what could not be read. */
export type RateFile = { rates: { line: number; input: RateInput }[]; faults: LineFault[] };

function inputOf(cells: readonly string[], at: Partial<Record<Column, number>>, source: string): RateInput {
  const cell = (name: Column) => (cells[at[name] ?? -1] ?? '').trim();
  const units = cell('units');
  return {
    currency: cell('currency').toUpperCase(),
    rate_date: cell('date'),
    rate: cell('rate'),
    source: cell('source') || source,
    ...(units === '' ? {} : { units: /^\d{1,9}$/.test(units) ? Number(units) : 0 }),
  };
}

function rowFault({ line, broken, cells }: CsvRecord, columns: number): LineFault[] {
  const code = 'import/row-unreadable';
  if (broken !== null) return [{ line, code, detail: broken }];
  if (cells.length === columns) return [];
  const detail = `${columns} cells are expected and ${cells.length} are here; a text with a comma stands in quotes`;
  return [{ line, code, detail }];
}

/**
 * Reads a file with the columns currency, date and rate and, if it likes, units and source, as UTF-8 bytes. `source` is that of
 * the rows which name none.
 */
export async function readRateFile(bytes: AsyncIterable<Uint8Array>, source: string): Promise<RateFile> {
  const file: RateFile = { rates: [], faults: [] };
  let at: Partial<Record<Column, number>> | null = null;
  for await (const record of csvRecords(bytes)) {
    if (at === null) {
      const columns = readColumns<Column>(record, needed, optional);
      if (Array.isArray(columns)) return { rates: [], faults: columns };
      at = columns;
      continue;
    }
    if (record.broken === null && record.cells.every((cell) => cell.trim() === '')) continue;
    const faults = rowFault(record, Object.keys(at).length);
    file.faults.push(...faults);
    if (faults.length === 0) file.rates.push({ line: record.line, input: inputOf(record.cells, at, source) });
  }
  if (file.rates.length === 0 && file.faults.length === 0)
    file.faults.push({ line: 1, code: 'import/empty', detail: 'the file has no rates' });
  return file;
}

/** Stores all rates of a file. Throws ImportRefused with every fault and its line, and then nothing is stored. */
export async function importRates(tx: TenantTx, file: RateFile): Promise<RatesSet> {
  const { rates, faults } = readRates(
    tx,
    file.rates.map(({ input }) => input),
  );
  const found = faults.map(({ pointer, code, detail }): LineFault => {
    const index = Number(pointer.split('/')[1]);
    return { line: file.rates[index]?.line ?? 1, code, detail };
  });
  if (file.faults.length + found.length > 0)
    throw new ImportRefused([...file.faults, ...found], { entries: 0, of: 0 });
  const sum: RatesSet = { created: 0, changed: 0, unchanged: 0 };
  for (let start = 0; start < rates.length; start += AT_ONCE) {
    const stored = await storeRates(tx, rates.slice(start, start + AT_ONCE));
    for (const kind of ['created', 'changed', 'unchanged'] as const) sum[kind] += stored[kind];
  }
  return sum;
}
