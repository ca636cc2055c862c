// Sends each fault of an entry to the cell of the grid that it points to.
import type { Fault } from '#lib/problem';
import type { EntryForm } from './read-entry-form.ts';

/** `cells` maps `/lines/2/account` or `/entry_date` to words; `whole` are those that concern no single cell. */
export type PlacedFaults = { cells: ReadonlyMap<string, string>; whole: readonly string[] };

/**
 * A fault of a whole line stands at that line's account. What points to no cell of the grid, or to the same cell as an
 * earlier fault of the same words, is not repeated; nothing is lost.
 */
export function placeFaults(faults: readonly Fault[], form: EntryForm): PlacedFaults {
  const cells = new Map<string, string>();
  const whole: string[] = [];
  for (const { pointer, detail } of faults) {
    const cell = cellOf(pointer, form.lines.length);
    if (cell === null) {
      if (!whole.includes(detail)) whole.push(detail);
      continue;
    }
    const before = cells.get(cell);
    cells.set(cell, before === undefined || before === detail ? detail : `${before}; ${detail}`);
  }
  return { cells, whole };
}

function cellOf(pointer: string, lineCount: number): string | null {
  if (/^\/(entry_date|memo|reference)$/.test(pointer)) return pointer;
  const [, line, field] = /^\/lines\/(\d+)(?:\/(account|debit|credit|memo))?$/.exec(pointer) ?? [];
  if (line === undefined || Number(line) >= lineCount) return null;
  return `/lines/${line}/${field ?? 'account'}`;
}
