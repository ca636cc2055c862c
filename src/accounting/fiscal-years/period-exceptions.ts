// Lets named people post into a closed or locked period until a moment.
import { sql } from 'kysely';
import { type Fault, invalid, notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { holdPostings } from '../journal/post-entries.ts';
import { getPeriod, type Period } from './fiscal-year.ts';

/** An exception. Moments are ISO instants in UTC; `granted_by` is null for the system. */
export type PeriodException = {
  id: number;
  period_id: number;
  user_id: string;
  status: 'active' | 'expired' | 'revoked';
  expires_at: string;
  reason: string;
  granted_by: string | null;
  granted_at: string;
  revoked_at: string | null;
};

/** What is asked for: who, until which instant (31 days from now at the latest) and why. */
export type NewException = { userId: string; expiresAt: Date; reason: string };

const moment = (column: string) =>
  sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

/** The exceptions to a period that were ever granted, newest first. Throws not-found for an unknown period. */
export async function listExceptions(tx: TenantTx, periodId: number): Promise<PeriodException[]> {
  await getPeriod(tx, periodId);
  const { rows } = await sql<PeriodException>`
    select x.id, x.period_id, x.user_id, case when x.revoked_at is not null then 'revoked'
        when x.expires_at < clock_timestamp() then 'expired' else 'active' end as status,
      ${moment('x.expires_at')} as expires_at, x.reason, x.granted_by, ${moment('x.granted_at')} as granted_at,
      ${moment('x.revoked_at')} as revoked_at
    from period_exceptions x where x.period_id = ${periodId} order by x.id desc
  `.execute(tx.db);
  return rows;
}

async function requiredException(tx: TenantTx, periodId: number, id: number): Promise<PeriodException> {
  const exception = (await listExceptions(tx, periodId)).find((each) => each.id === id);
  if (!exception) throw notFound('exception');
  return exception;
}

const isWhole = (input: Partial<NewException>): input is NewException =>
  input.userId !== undefined && input.expiresAt !== undefined && input.reason !== undefined;

/**
 * Seconds since 1970, within what PostgreSQL knows: before them all that is past is alike, and an instant that is none, such as a
 * leap second, is as wrong as one that never comes.
 */
const secondsOf = (instant: Date) =>
  Number.isNaN(instant.getTime()) ? Number.POSITIVE_INFINITY : Math.max(0, instant.getTime() / 1000);

async function exceptionFaults(
  tx: TenantTx,
  periodId: number,
  input: Partial<NewException>,
): Promise<Fault[]> {
  const seconds = input.expiresAt ? secondsOf(input.expiresAt) : null;
  const { rows } = await sql<Fault>`
    select f.pointer, f.code, f.detail from periods p
    cross join lateral exception_faults(p, to_timestamp(${seconds}::double precision), ${input.reason ?? null}) f
    where p.id = ${periodId}
  `.execute(tx.db);
  const missing = (pointer: string, fact: unknown, detail: string): Fault[] =>
    fact === undefined ? [{ pointer, code: 'request/required', detail }] : [];
  return [
    ...rows,
    ...missing('/user', input.userId, 'an exception is for somebody'),
    ...missing('/expires_at', input.expiresAt, 'an exception ends'),
    ...missing('/reason', input.reason, 'an exception has a reason'),
  ];
}

/**
 * Lets a user post into a closed or locked period until a moment; the period's next change of status ends it before. `permit` may
 * throw before anything is done; it is told the period, whose status nobody can change meanwhile. Throws not-found, or an invalid
 * Problem naming every fault: an open period, a closed year, a moment that is past or too far, what is missing.
 */
export async function grantException(
  tx: TenantTx,
  periodId: number,
  input: Partial<NewException>,
  permit: (period: Period) => void = () => {},
): Promise<PeriodException> {
  await holdPostings(tx);
  permit(await getPeriod(tx, periodId));
  const faults = await exceptionFaults(tx, periodId, input);
  if (faults.length > 0 || !isWhole(input)) throw invalid(faults, 'accounting/exception-invalid');
  const { rows } = await sql<{ id: number }>`
    select id from grant_exception(${periodId}, ${input.userId},
      to_timestamp(${secondsOf(input.expiresAt)}::double precision), ${input.reason})
  `.execute(tx.db);
  return await requiredException(tx, periodId, rows[0]?.id ?? 0);
}

/**
 * Ends an exception at once: waits for postings under way, after it nothing lands by it. One that is over stays as it is. Throws
 * not-found, also for an exception to another period.
 */
export async function revokeException(tx: TenantTx, periodId: number, id: number): Promise<PeriodException> {
  await requiredException(tx, periodId, id);
  await sql`select revoke_exception(${id})`.execute(tx.db);
  return await requiredException(tx, periodId, id);
}
