// Closes, locks and opens periods again.
import { sql } from 'kysely';
import type { TenantTx } from '#lib/tenant-tx';
import { holdPostings } from '../journal/post-entries.ts';
import { getPeriod, listPeriods, type Period, type PeriodStatus } from './fiscal-year.ts';

/** What a change of status is called: open → closed, closed → open, closed → locked, locked → closed. */
export type PeriodChange = 'close' | 'reopen' | 'lock' | 'unlock';

const changes: Record<string, PeriodChange> = {
  'open closed': 'close',
  'closed open': 'reopen',
  'closed locked': 'lock',
  'locked closed': 'unlock',
};

/**
 * Sets a period's status: open ↔ closed ↔ locked; back towards open with a reason only. Waits for postings under way; after it
 * returns, nothing can land in a closed period but by an exception, and exceptions end with any change. `reason` goes into the
 * audit log. `permit` may throw before anything is done; it is told what the change is, while nobody else can make another.
 * Throws not-found, or an invalid Problem for another transition, a missing reason, or opening a period of a closed year.
 */
export async function setPeriodStatus(
  tx: TenantTx,
  id: number,
  status: PeriodStatus,
  reason: string | null = null,
  permit: (change: PeriodChange) => void = () => {},
): Promise<Period> {
  await holdPostings(tx);
  const before = await getPeriod(tx, id);
  const change = changes[`${before.status} ${status}`];
  if (change) permit(change);
  await sql`select set_period_status(${id}, ${status}, ${reason})`.execute(tx.db);
  return await getPeriod(tx, id);
}

/**
 * Closes every open period that ends by an ISO day; returns those that it closed, oldest first, and none where all were closed.
 * Periods that the day lies within stay open.
 */
export async function closePeriods(
  tx: TenantTx,
  through: string,
  reason: string | null = null,
): Promise<Period[]> {
  await holdPostings(tx);
  const open = (await listPeriods(tx)).filter((each) => each.status === 'open' && each.ends_on <= through);
  const ids = open.map(({ id }) => id);
  await sql`select set_period_status(id, 'closed', ${reason}) from unnest(${ids}::bigint[]) id`.execute(
    tx.db,
  );
  return open.map((period) => ({ ...period, status: 'closed' }));
}
