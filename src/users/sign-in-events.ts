// The history of signing in: who did or tried, when, how and from where; kept for half a year.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import type { Listed, Ordering, Part } from '#lib/lists/part';
import { type Orders, selectPart } from '#lib/lists/select-part';
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

/** What the history is sorted by. */
const signInOrders = {
  at: [
    { of: sql`e.at`, type: 'instant' },
    { of: sql`e.id`, type: 'uuid' },
  ],
} as const satisfies Orders<string>;

/**
 * A part of a person's own history, newest first unless ordered otherwise. Of all their companies, with `tenantId` of that one
 * only.
 */
export async function signInHistory(
  db: Db,
  { userId, tenantId = null }: { userId: string; tenantId?: string | null },
  part: Part,
  ordering: Ordering<keyof typeof signInOrders> = '-at',
): Promise<Listed<SignInRecord>> {
  const columns = sql`e.id, e.succeeded, e.methods, e.door, t.name as company, e.user_agent as "userAgent",
    to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, host(e.ip) as ip`;
  const from = sql`from public.sign_in_events e left join public.tenants t on t.id = e.tenant_id
    where e.user_id = ${userId} and (${tenantId}::uuid is null or e.tenant_id = ${tenantId})`;
  const asked = { ordering, part };
  return await selectPart({ db: db.kysely }, { columns, from }, signInOrders, asked);
}

/** Forgets what is older than SIGN_IN_HISTORY_DAYS. */
export async function purgeSignInEvents(db: Db): Promise<void> {
  await sql`delete from public.sign_in_events where at < now() - make_interval(days => ${SIGN_IN_HISTORY_DAYS})`.execute(
    db.kysely,
  );
}
