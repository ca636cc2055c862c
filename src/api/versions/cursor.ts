// Cursors: where in a list somebody has come to, as text that only this list takes back.
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Key } from '#lib/lists/part';
import { strangeKey } from '#lib/lists/select-part';

/** Longer than the keys of any row, and far shorter than an address may be. */
export const CURSOR_MAX_LENGTH = 6000;

const SUM_BYTES = 12;

type Asking = Pick<FastifyRequest, 'query' | 'params' | 'tenant' | 'routeOptions'>;

/** What a list is: the company's, of this address, and filtered and sorted so. How much is asked for at once may change. */
function listOf({ query, params, tenant, routeOptions }: Asking): string {
  const { cursor: _, limit: __, ...asked } = query as Record<string, unknown>;
  const filters = Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([tenant.id, routeOptions.url, params, filters]);
}

/**
 * Tells a cursor that was altered, or is of another list or company, from one of ours. It is a sum and no signature, as there is
 * nothing to be had by forging one: a cursor names no list, and whatever it holds is checked like any other input.
 */
function sumOf(list: string, key: string): Buffer {
  return createHash('sha256').update(`${list}\n${key}`).digest().subarray(0, SUM_BYTES);
}

/** The cursor that goes on behind a key in the list that a request asks for. */
export function cursorAfter(request: Asking, key: Key): string {
  const text = JSON.stringify(key);
  return Buffer.concat([sumOf(listOf(request), text), Buffer.from(text)]).toString('base64url');
}

/** The key that a cursor of this list stands for. Throws an invalid Problem for any other text. */
export function keyOfCursor(request: Asking, cursor: string): Key {
  const bytes = Buffer.from(cursor, 'base64url');
  const text = bytes.subarray(SUM_BYTES).toString();
  const isOurs =
    bytes.length > SUM_BYTES &&
    bytes.toString('base64url') === cursor &&
    bytes.subarray(0, SUM_BYTES).equals(sumOf(listOf(request), text));
  if (!isOurs) throw strangeKey();
  return readKey(text);
}

function readKey(text: string): Key {
  try {
    const key: unknown = JSON.parse(text);
    if (Array.isArray(key) && key.every((each) => ['string', 'number'].includes(typeof each))) return key;
  } catch {
    // What has the right sum and is no key was made by hand.
  }
  throw strangeKey();
}
