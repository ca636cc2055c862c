// Sorts entries as they were received: what can be posted, what was posted before, and what has faults already.
import { sql } from 'kysely';
import { type Fault, mergeFaults } from '#lib/problem';
import type { Tenant, TenantTx } from '#lib/tenant-tx';
import type { EntryInput, EntryLink } from './entry.ts';
import type { UncheckedEntry } from './post-entries.ts';
import { readEntryBody } from './read-entry-body.ts';
import { isReadable } from './save-entry.ts';

/** One entry as a client sent it, with the faults of its shape; a body that is no object is read no further. */
export type Received = { body: unknown; faults: readonly Fault[] };

/** What can be said of an entry before the books are asked. `entry` is null when there was nothing to read. */
export type Sorted = { kind: 'faulty'; entry: UncheckedEntry | null; faults: readonly Fault[] } | Whole;

/** An entry that can be read whole; a `known` one was posted before, and a `repeat` has the source_key of the place `of`. */
export type Whole = { entry: EntryInput; faults: readonly Fault[] } & (
  | { kind: 'fresh' }
  | { kind: 'known'; as: EntryLink }
  | { kind: 'repeat'; of: number }
);

/** Clients' keys stand apart from those that imports and the house's own work give. */
const KEY_PREFIX = 'api:';

function readReceived({ body, faults }: Received, tenant: Tenant): Sorted {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { kind: 'faulty', entry: null, faults };
  const read = readEntryBody(body, tenant);
  const all = mergeFaults(faults, read.faults);
  const key = 'source_key' in body && typeof body.source_key === 'string' ? body.source_key.trim() : '';
  const entry: UncheckedEntry = { ...read.entry, source_key: key ? `${KEY_PREFIX}${key}` : null };
  return all.length === 0 && isReadable(entry)
    ? { kind: 'fresh', entry, faults: all }
    : { kind: 'faulty', entry, faults: all };
}

async function postedUnder(tx: TenantTx, keys: readonly string[]): Promise<Map<string | null, EntryLink>> {
  if (keys.length === 0) return new Map();
  const { rows } = await sql<EntryLink & { source_key: string }>`
    select id, number, source_key from journal_entries where source_key = any(${[...new Set(keys)]}::text[])
  `.execute(tx.db);
  return new Map(rows.map(({ id, number, source_key }) => [source_key, { id, number }]));
}

/** Reads and sorts; one statement at most, however many there are. The places stay those of the request. */
export async function sortReceived(tx: TenantTx, received: readonly Received[]): Promise<Sorted[]> {
  const read = received.map((each) => readReceived(each, tx.tenant));
  const keys = read.flatMap((each) => (each.kind === 'fresh' ? (each.entry.source_key ?? []) : []));
  const known = await postedUnder(tx, keys);
  const first = new Map<string, number>();
  return read.map((each, index): Sorted => {
    const key = each.kind === 'fresh' ? each.entry.source_key : null;
    if (each.kind !== 'fresh' || !key) return each;
    const as = known.get(key);
    if (as) return { ...each, kind: 'known', as };
    const of = first.get(key);
    if (of !== undefined) return { ...each, kind: 'repeat', of };
    first.set(key, index);
    return each;
  });
}
