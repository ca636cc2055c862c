// Exchanges the keys that sign access tokens: a new one is published before it signs, an old one verifies until its tokens have run out.
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import type { KeyRing } from '#lib/key-ring';
import { notFound, Problem } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import { ACCESS_SECONDS } from './access-seconds.ts';
import { addSigningKey, lockSigningKeys, notRetired, sealPlainSigningKeys } from './signing-keys.ts';

/** A node may sign with the old key for a second yet, and its clock may be behind; no token of it lives longer than this. */
const LAST_TOKEN_SECONDS = ACCESS_SECONDS + 60;

/** Longer than anybody may keep /.well-known/jwks.json, so that those who verify by themselves know a key before it signs. */
export const PUBLISH_SECONDS = 600;

/** A key by its times; `coming` is published and does not sign yet, `verifying` has a successor that signs. */
export type SigningKeyState = {
  kid: string;
  state: 'coming' | 'signing' | 'verifying' | 'retired';
  createdAt: Date;
  signsFrom: Date;
  retiresAt: Date | null;
};

/**
 * Adds a key that signs `afterSeconds` from now, and has all that there are retire by themselves once their last token has run
 * out after that. Returns the new key's kid.
 */
export async function rotateSigningKeys(db: Db, ring: KeyRing, afterSeconds: number): Promise<string> {
  return await inDirectory(db, async (tx) => {
    await lockSigningKeys(tx);
    await sealPlainSigningKeys(tx, ring);
    await tx.db
      .updateTable('signing_keys')
      .set({ retired_at: sql<Date>`now() + make_interval(secs => ${afterSeconds + LAST_TOKEN_SECONDS})` })
      .where('retired_at', 'is', null)
      .execute();
    return await addSigningKey(tx, ring, afterSeconds);
  });
}

/** All keys, the newest first. */
export async function listSigningKeys(db: Db): Promise<SigningKeyState[]> {
  const { rows } = await db.pool.query<SigningKeyState>(
    `select kid, created_at as "createdAt", signs_from as "signsFrom", retired_at as "retiresAt",
       case when retired_at <= now() then 'retired' when signs_from > now() then 'coming'
         when row_number() over (partition by coalesce(retired_at <= now(), false), signs_from > now()
           order by signs_from desc, created_at desc) = 1 then 'signing' else 'verifying' end as state
     from public.signing_keys order by created_at desc`,
  );
  return rows;
}

/**
 * Retires a key at once: no node accepts its tokens any more within a second, and its private part is erased. Throws
 * not-found, or a conflict for the key that signs, and for one whose tokens may not have run out unless `force`.
 */
export async function retireSigningKey(db: Db, kid: string, force: boolean): Promise<void> {
  const key = (await listSigningKeys(db)).find((each) => each.kid === kid);
  if (!key) throw notFound('signing key');
  const refuse = (detail: string) => new Problem('conflict', 'users/signing-key-in-use', detail);
  if (key.state === 'signing')
    throw refuse('this key signs; make another first: himalytix keys rotate --now');
  if (key.state === 'verifying' && !force) {
    const end = key.retiresAt?.toISOString() ?? 'later';
    throw refuse(
      `tokens of this key may be good until ${end}, when it retires by itself; --now refuses them at once`,
    );
  }
  await inDirectory(db, (tx) =>
    tx.db
      .updateTable('signing_keys')
      .set({ retired_at: sql<Date>`now()`, private_sealed: null, private_jwk: null })
      .where('kid', '=', kid)
      .where(notRetired)
      .execute(),
  );
}

/** Erases the private parts of keys that have retired by themselves. Returns of how many. */
export async function eraseRetiredKeys(db: Db): Promise<number> {
  const { rowCount } = await db.pool.query(
    `update public.signing_keys set private_sealed = null, private_jwk = null
     where retired_at <= now() and (private_sealed is not null or private_jwk is not null)`,
  );
  return rowCount ?? 0;
}
