// The history of signing in: who did or tried, when, how and from where; kept for half a year.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import type { Door, SignInMethod, SignInOrigin } from './sign-in-facts.ts';

/** Long enough to look into what is noticed late, and no longer, as it tells where people were. */
export const SIGN_IN_HISTORY_DAYS = 180;

/** `userId` is null for an address that nobody has, `tenantId` while no company is known. */
export type SignInEvent = {
  userId: string | null;
  tenantId: string | null;
  succeeded: boolean;
  methods: readonly SignInMethod[];
  door: Door;
  from: SignInOrigin;
};

/** Notes a sign-in or an attempt at one. What was keyed is not kept, as it may be a password in the wrong field. */
export async function noteSignIn(db: Pick<Db, 'kysely'>, event: SignInEvent): Promise<void> {
  await db.kysely
    .insertInto('sign_in_events')
    .values({
      id: randomUUIDv7(),
      user_id: event.userId,
      tenant_id: event.tenantId,
      succeeded: event.succeeded,
      methods: [...event.methods],
      door: event.door,
      ip: event.from.ip,
      user_agent: event.from.userAgent?.slice(0, 500) ?? null,
    })
    .execute();
}

/** One line of a person's history. `at` is an instant (ISO, UTC); `company` is a name, null where none was known. */
export type SignInRecord = {
  id: string;
  at: string;
  succeeded: boolean;
  methods: string[];
  door: Door;
  company: string | null;
  ip: string | null;
  userAgent: string | null;
};

/**
 * A page of a person's own history, newest first, and how many lines there are; `page` counts from 1. Of all their companies,
 * with `tenantId` of that one only.
 */
export async function signInHistory(
  db: Db,
  { userId, tenantId = null }: { userId: string; tenantId?: string | null },
  page: number,
  pageSize: number,
): Promise<{ count: number; results: SignInRecord[] }> {
  const all = db.kysely.selectFrom('sign_in_events as e').where('e.user_id', '=', userId);
  const mine = tenantId === null ? all : all.where('e.tenant_id', '=', tenantId);
  const [total, results] = await Promise.all([
    mine.select((of) => of.fn.countAll<number>().as('count')).executeTakeFirstOrThrow(),
    mine
      .leftJoin('tenants as t', 't.id', 'e.tenant_id')
      .select([
        'e.id',
        'e.succeeded',
        'e.methods',
        'e.door',
        't.name as company',
        'e.user_agent as userAgent',
      ])
      .select([isoInstant('e.at').as('at'), sql<string | null>`host(e.ip)`.as('ip')])
      .orderBy('e.at', 'desc')
      .orderBy('e.id', 'desc')
      .limit(pageSize)
      .offset((page - 1) * pageSize)
      .execute(),
  ]);
  return { count: Number(total.count), results: results as SignInRecord[] };
}

/** A timestamptz column as an ISO instant in UTC with seconds. */
function isoInstant(column: string) {
  return sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
}

/** Forgets what is older than SIGN_IN_HISTORY_DAYS. */
export async function purgeSignInEvents(db: Db): Promise<void> {
  await sql`delete from public.sign_in_events where at < now() - make_interval(days => ${SIGN_IN_HISTORY_DAYS})`.execute(
    db.kysely,
  );
}
