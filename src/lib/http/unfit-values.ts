// Finds what no field may hold, whatever its schema: text that PostgreSQL cannot store, and nesting that nothing here has.
import type { Fault } from '#lib/problem';

/** The deepest body of ours, an entry with its lines, has three levels; what is deeper is not looked into. */
const MAX_DEPTH = 16;

/** Whether PostgreSQL can store a text: it has no U+0000 and no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Writes a property's name as a segment of a JSON pointer (RFC 6901, 3). */
export const escapePointer = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Whether there is no fault at all, which is nearly always so and needs no pointers to be found out. */
function isFit(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((child) => isFit(child, depth + 1));
  const fields = value as Record<string, unknown>;
  return Object.keys(fields).every((name) => isStorable(name) && isFit(fields[name], depth + 1));
}

/**
 * The places of texts that cannot be stored and of what is nested too deeply, below `prefix`. Names count as texts too.
 * Stops at the limit, so that deep nesting is no danger.
 */
export function unfitFaults(value: unknown, prefix = ''): Fault[] {
  if (isFit(value, 0)) return [];
  const faults: Fault[] = [];
  const waiting: [string, unknown, number][] = [[prefix, value, 0]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [pointer, current, depth] = next;
    if (typeof current === 'string') {
      if (!isStorable(current)) faults.push(unstorable(pointer));
    } else if (typeof current === 'object' && current !== null) {
      if (depth >= MAX_DEPTH) {
        faults.push({ pointer, code: 'request/too-deep', detail: `nesting ends after ${MAX_DEPTH} levels` });
        continue;
      }
      for (const [name, child] of Object.entries(current)) {
        const at = `${pointer}/${escapePointer(name)}`;
        if (isStorable(name)) waiting.push([at, child, depth + 1]);
        else faults.push(unstorable(at.toWellFormed()));
      }
    }
  }
  return faults.reverse();
}

function unstorable(pointer: string): Fault {
  const detail = 'text must be well-formed Unicode without U+0000';
  return { pointer, code: 'request/text', detail };
}
