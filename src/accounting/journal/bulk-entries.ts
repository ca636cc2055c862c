// Posts many entries that a client sent, each with its own result, in a number of statements that does not grow.
import { type Fault, mergeFaults } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { type Received, type Sorted, sortReceived } from './bulk-received.ts';
import { inTurn } from './bulk-turns.ts';
import type { EntryLink, EntryResult } from './entry.ts';
import { faultsOfEntries, postEntries } from './post-entries.ts';
import { refusedPosting } from './refused-posting.ts';

/** What became of one entry; a duplicate's id and number are those of the entry that has its source_key. */
export type BulkResult =
  | ({ status: 'posted' | 'duplicate' } & EntryLink)
  | { status: 'refused'; errors: Fault[] };

/** Somebody else has posted the same source_key in the meantime; the transaction has to be tried again from the start. */
class SourceKeyTaken extends Error {
  override name = 'SourceKeyTaken';
}

const TRIES = 4;

/** A violated unique key, a serialisation failure or a deadlock (SQLSTATE 23505, 40001, 40P01): the next try sees more. */
const isPassing = (error: unknown) =>
  error instanceof SourceKeyTaken ||
  (error instanceof Error && 'code' in error && /^(23505|40001|40P01)$/.test(String(error.code)));

async function settle<T>(attempt: () => Promise<T>, tries: number): Promise<T> {
  return await attempt().catch((error: unknown) => {
    if (tries > 1 && isPassing(error)) return settle(attempt, tries - 1);
    throw error;
  });
}

/**
 * Runs a transaction that posts in bulk when it is its turn in the company, and again when another one has posted the same
 * source at the same time. Throws an unavailable Problem when too many wait.
 */
export async function settleBulk<T>(tenantId: string, attempt: () => Promise<T>): Promise<T> {
  return await inTurn(tenantId, () => settle(attempt, TRIES));
}

/** The faults of the entry at a place of a list, with pointers into the whole request. */
export function faultsAt(index: number, faults: readonly Fault[]): Fault[] {
  return faults.map((fault) => ({ ...fault, pointer: `/entries/${index}${fault.pointer}` }));
}

/** All faults of the entries at these places, by place; their source_keys are no matter here. */
export async function examine(
  tx: TenantTx,
  sorted: readonly Sorted[],
  places: readonly number[],
): Promise<Map<number, Fault[]>> {
  const readable = places.flatMap((place) => {
    const entry = sorted[place]?.entry;
    return entry ? [{ place, entry: { ...entry, source_key: null } }] : [];
  });
  const found = readable.length
    ? await faultsOfEntries(
        tx,
        readable.map(({ entry }) => entry),
      )
    : [];
  const books = new Map(readable.map(({ place }, index) => [place, found[index] ?? []]));
  return new Map(
    places.map((place) => [place, mergeFaults(sorted[place]?.faults ?? [], books.get(place) ?? [])]),
  );
}

const afterRefused: Fault = {
  pointer: '/source_key',
  code: 'accounting/source-key-repeated',
  detail: 'an entry with the same source_key stands before this one, and was refused',
};

/** Posts what is fresh, in one statement; the results by their places. */
async function postFresh(tx: TenantTx, sorted: readonly Sorted[], atomic: boolean) {
  const fresh = sorted.flatMap((each, place) =>
    each.kind === 'fresh' ? [{ place, entry: each.entry }] : [],
  );
  const held = atomic && sorted.some((each) => each.kind === 'faulty');
  if (fresh.length === 0 || held) return new Map<number, EntryResult>();
  const results = await postEntries(
    tx,
    fresh.map(({ entry }) => entry),
    { atomic },
  );
  const taken = results.some(
    (result) => !result.posted && result.faults.some((fault) => fault.code === 'accounting/already-posted'),
  );
  if (taken) throw new SourceKeyTaken('a source_key was posted in the meantime');
  return new Map(fresh.flatMap(({ place }, index) => (results[index] ? [[place, results[index]]] : [])));
}

function resultAt(
  place: number,
  sorted: Sorted,
  posted: ReadonlyMap<number, EntryResult>,
): BulkResult | null {
  if (sorted.kind === 'known') return { status: 'duplicate', ...sorted.as };
  const result = posted.get(sorted.kind === 'repeat' ? sorted.of : place);
  if (!result?.posted) return null;
  const { id, number } = result;
  return { status: sorted.kind === 'repeat' ? 'duplicate' : 'posted', id, number };
}

/**
 * Posts entries as received; results in their order. `atomic` posts all or throws an invalid Problem with every fault of
 * every entry, pointers from '/entries/0' on. What was posted before under the same source_key is no fault but a
 * duplicate. Run it by settleBulk().
 */
export async function bulkEntries(
  tx: TenantTx,
  received: readonly Received[],
  { atomic }: { atomic: boolean },
): Promise<BulkResult[]> {
  const sorted = await sortReceived(tx, received);
  const posted = await postFresh(tx, sorted, atomic);
  const results = sorted.map((each, place) => resultAt(place, each, posted));
  const open = results.flatMap((result, place) => (result === null && !posted.has(place) ? [place] : []));
  const examined = await examine(tx, sorted, open);
  const settled = results.map((result, place): BulkResult => {
    if (result) return result;
    const tried = posted.get(place);
    const errors = tried?.posted === false ? tried.faults : (examined.get(place) ?? []);
    const mute = errors.length === 0 && sorted[place]?.kind === 'repeat' && !atomic;
    return { status: 'refused', errors: mute ? [afterRefused] : errors };
  });
  if (!atomic || settled.every((result) => result.status !== 'refused')) return settled;
  const faults = settled.flatMap((result, place) =>
    result.status === 'refused' ? faultsAt(place, result.errors) : [],
  );
  throw refusedPosting(faults, 'accounting/entries-invalid');
}
