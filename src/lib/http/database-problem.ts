// What PostgreSQL refuses or fails at, as problems: its own rules of the books, duplicates, and being out of reach.
import { Problem } from '#lib/problem';

// SQLSTATE classes after which another try is worth it: connection (08), resources (53), operator intervention (57P), a
// transaction that was given up for lost (25P03, see tenant-tx.ts), and the two ways in which concurrent transactions are told
// to try again (40001, 40P01).
const UNAVAILABLE = /^(08...|53...|57P..|25P03|40001|40P01)$/;
const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

type DatabaseError = Error & { code: string; detail?: string; hint?: string; constraint?: string };

/** The constraint that keeps two entries from one number, whichever series and patterns they come from. */
const NUMBERS = 'journal_entries_number_key';

function isCoded(error: unknown): error is DatabaseError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/**
 * The problem of an error from the database, or null for an error that it is not at fault for. HX001 is a rule of ours
 * that input can break; its message is the problem's code, its detail is public and its hint the JSON pointer of the fault
 * (see migrations/tenant). HX004 is what this person may not do, though another might.
 */
export function problemOfDatabaseError(cause: unknown): Problem | null {
  if (!(cause instanceof Error)) return null;
  if (isCoded(cause)) {
    const { code, message, detail = message, hint: pointer = '' } = cause;
    if (code === 'HX001') {
      return new Problem('invalid', message, detail, { errors: [{ pointer, code: message, detail }], cause });
    }
    if (code === 'HX004')
      return new Problem('forbidden', message, detail, {
        errors: [{ pointer: '', code: message, detail }],
        cause,
      });
    if (code === '23505' && cause.constraint === NUMBERS) return numberTaken(cause);
    // Two requests at once can each be fine and collide: the same key (23505), ranges that overlap (23P01), or one
    // deletes what the other refers to (23503).
    if (code === '23505' || code === '23P01')
      return new Problem('conflict', 'request/duplicate', 'this exists already', { cause });
    if (code === '23503')
      return new Problem('conflict', 'request/in-use', 'what this refers to is not there any more', {
        cause,
      });
    if (UNAVAILABLE.test(code) || UNREACHABLE.has(code)) return unavailable(cause);
  }
  // The pool's and the driver's own errors carry no code.
  if (
    /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error/.test(
      cause.message,
    )
  ) {
    return unavailable(cause);
  }
  return null;
}

// Which number it is, PostgreSQL keeps to itself where rows are behind policies.
function numberTaken(cause: Error): Problem {
  const detail =
    'the number that comes next, as its preview tells, was given before in another series or pattern; change the prefix of the series';
  const code = 'accounting/number-taken';
  return new Problem('conflict', code, detail, { errors: [{ pointer: '/series', code, detail }], cause });
}

function unavailable(cause: Error): Problem {
  return new Problem('unavailable', 'database/unavailable', 'the database does not answer; try again', {
    cause,
  });
}
