// Remembers from which browser and which address somebody has signed in, so that others' failures do not keep them out there.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { sourceOf } from '#lib/source-of';
import type { DirectoryTx } from '#lib/tenant-tx';
import type { SignInOrigin } from './sign-in-facts.ts';

/** The cookie by which a browser is known again; it proves nothing but that somebody has signed in there before. */
export const deviceCookie = 'himalytix_device';

/** For so long an origin is known after the last sign-in from there. */
export const KNOWN_DAYS = 90;

const hashOf = (text: string) => createHash('sha256').update(text).digest();

/** What a known browser is stored as; null without its cookie. */
export const deviceHash = ({ device }: SignInOrigin) => (device ? hashOf(`device\0${device}`) : null);

/** What a known address is stored as. */
export const sourceHash = ({ ip }: SignInOrigin) => hashOf(`source\0${sourceOf(ip)}`);

/** Remembers browser and address of a sign-in that has succeeded. */
export async function rememberOrigin(db: Db, userId: string, from: SignInOrigin): Promise<void> {
  const origins = [deviceHash(from), sourceHash(from)].filter((hash) => hash !== null);
  await sql`insert into public.known_origins (user_id, origin_hash)
    select ${userId}::uuid, hash from unnest(${origins}::bytea[]) hash order by hash
    on conflict (user_id, origin_hash) do update set used_at = now()`.execute(db.kysely);
}

/** Forgets all origins of a person, as after a reset of their password nobody knows who had signed in from where. */
export async function forgetOrigins(tx: DirectoryTx, userId: string): Promise<void> {
  await tx.db.deleteFrom('known_origins').where('user_id', '=', userId).execute();
}

/** Forgets the origins from which nobody has come for KNOWN_DAYS. */
export async function purgeKnownOrigins(db: Db): Promise<void> {
  await sql`delete from public.known_origins where used_at < now() - make_interval(days => ${KNOWN_DAYS})`.execute(
    db.kysely,
  );
}
