// Makes an imported entry recognisable, so that the same file can be told when it comes again.
import { createHash } from 'node:crypto';
import type { FileEntry } from './journal-file.ts';

/**
 * The same for the same entry however its file is written: order of columns, line ends and trailing zeros do not
 * matter. The entry's own key does: two entries with equal contents are two.
 */
export function fingerprintOf(entry: FileEntry): string {
  const lines = entry.lines.map(({ account, debit, credit, memo }) => [account, debit, credit, memo]);
  const content = JSON.stringify([entry.key, entry.date, entry.memo, lines]);
  return `import:${createHash('sha256').update(content).digest('hex')}`;
}
