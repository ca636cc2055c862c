// Says which entries the grid can show without losing anything.
import type { Entry } from '../journal/entry.ts';

/** Whether all lines are in the company's currency; the grid has no columns for rates, and keying over others would lose them. */
export function fitsGrid(entry: Pick<Entry, 'lines'>, currency: string): boolean {
  return entry.lines.every((line) => line.currency === currency);
}
