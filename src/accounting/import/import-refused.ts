// What stops an import: faults, each with its line, or that the entries were there before.
import { Problem } from '#lib/problem';
import { inLineOrder, type LineFault } from './line-fault.ts';

/** How many of all the file's entries were imported before. */
export type Repeated = { entries: number; of: number };

const grouped = (count: number) => count.toLocaleString('en-US');

function summaryOf(faults: number, repeated: Repeated): string {
  const parts = [];
  if (faults > 0) parts.push(`the file has ${grouped(faults)} ${faults === 1 ? 'fault' : 'faults'}`);
  if (repeated.entries > 0) {
    const entries = `${grouped(repeated.entries)} of ${grouped(repeated.of)} entries were imported before`;
    parts.push(`${entries}; use --skip-existing to import only what is new`);
  }
  return parts.join('; ');
}

/** Nothing was stored. `faults` come in order of their lines; the pointers of `errors` count the lines from 0. */
export class ImportRefused extends Problem {
  readonly faults: LineFault[];

  constructor(found: readonly LineFault[], repeated: Repeated) {
    const faults = inLineOrder(found);
    const errors = faults.map(({ line, code, detail }) => ({ pointer: `/${line - 1}`, code, detail }));
    super('invalid', 'import/refused', summaryOf(faults.length, repeated), { errors });
    this.faults = faults;
  }
}
