// What a sign-in's row says of how, and how long ago, its person proved themselves.
import { sql } from 'kysely';

/**
 * The columns `methods` and `proved_at` of a sign-in that begins now. Who only comes over from another session of theirs has proved
 * nothing just now, so that a dangerous act asks them once more.
 */
export function proofColumns(methods: readonly string[]) {
  return {
    methods: [...methods],
    proved_at: methods.includes('switch') ? ('-infinity' as const) : sql<Date>`now()`,
  };
}
