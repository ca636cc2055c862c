// Tells the drafts that the grid can show whole from those of which it would lose something.
import { Problem } from '#lib/problem';
import type { Entry } from '../journal/entry.ts';

/** Whether no line has dimensions or another currency than the company's (`base`), which the grid has no cells for. */
export function isForGrid({ lines }: Pick<Entry, 'lines'>, base: string): boolean {
  return lines.every((line) => line.currency === base && Object.keys(line.dimensions).length === 0);
}

/** What is told instead of editing such a draft. */
export function beyondGrid(): Problem {
  const detail =
    'the draft has lines with dimensions or in another currency, which cannot be keyed here; change it where it came from';
  return new Problem('conflict', 'accounting/draft-beyond-grid', detail);
}
