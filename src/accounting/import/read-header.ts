// Finds the columns of a journal file by their names, whatever their order.
import type { CsvRecord } from './csv-records.ts';
import type { LineFault } from './line-fault.ts';

export const columnNames = ['entry', 'date', 'memo', 'account', 'debit', 'credit'] as const;

/** At which index of a record each column stands. */
export type Columns = Record<(typeof columnNames)[number], number>;

/** The columns that the first record names, or every fault of it: unknown, missing and doubled columns. */
export function readHeader(header: CsvRecord): Columns | LineFault[] {
  const columns = readColumns(header, columnNames);
  return Array.isArray(columns) ? columns : (columns as Columns);
}

/** The same for the columns of another file, of which the `optional` ones may be missing. */
export function readColumns<Name extends string>(
  header: CsvRecord,
  needed: readonly Name[],
  optional: readonly Name[] = [],
): Partial<Record<Name, number>> | LineFault[] {
  const fault = (detail: string): LineFault => ({
    line: header.line,
    code: 'import/columns',
    detail,
  });
  if (header.broken !== null) return [fault(header.broken)];
  const [only = '', ...others] = header.cells;
  if (others.length === 0 && /[;\t]/.test(only))
    return [fault('the cells are separated by semicolons or tabs; they have to be by commas')];
  const all: readonly Name[] = [...needed, ...optional];
  const names = header.cells.map((cell) => cell.trim().toLowerCase());
  const faults = names.flatMap((name, index) => {
    if (name === '') return [fault(`column ${index + 1} has no name`)];
    if (!all.some((known) => known === name))
      return [fault(`unknown column "${name.slice(0, 40)}"; the columns are ${all.join(',')}`)];
    return names.indexOf(name) < index ? [fault(`the column ${name} is there twice`)] : [];
  });
  for (const name of needed) {
    if (!names.includes(name)) faults.push(fault(`the column ${name} is missing`));
  }
  if (faults.length > 0) return faults;
  const found = all.filter((name) => names.includes(name)).map((name) => [name, names.indexOf(name)]);
  return Object.fromEntries(found) as Partial<Record<Name, number>>;
}
