// Tells whom an API key speaks for at this moment.
import { plainAccess } from '#lib/access';
import { coalesced } from '#lib/coalesced';
import type { Db } from '#lib/db';
import { Problem } from '#lib/problem';
import type { ActingKey } from '#lib/tenant-tx';
import type { Role } from '../roles.ts';
import { hashSecretToken } from '../secret-token.ts';
import { keyName, type Member, memberOf } from '../user.ts';
import { hasKeyForm } from './api-key.ts';

type Row = {
  secret_hash: Buffer;
  id: string;
  tenant_id: string;
  user_id: string | null;
  role: string | null;
  name: string;
  prefix: string;
  scopes: string[] | null;
  to_be_noted: boolean;
};

/** Whom a key speaks for: its person, or for a service key the key itself, whose id then stands wherever a user's would. */
export type Presented = { member: Member; key: ActingKey };

async function keysByHash(db: Db, hashes: readonly string[]): Promise<Map<string, Row>> {
  const { rows } = await db.pool.query<Row>('select * from public.presented_api_keys($1::bytea[])', [
    hashes.map((hash) => Buffer.from(hash, 'hex')),
  ]);
  return new Map(rows.map((row) => [row.secret_hash.toString('hex'), row]));
}

/** Writes down that a key was used, by one of those who use it in the same minute. */
async function noteUse(db: Db, id: string): Promise<void> {
  await db.pool.query(
    `update public.api_keys set last_used_at = now()
     where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    [id],
  );
}

async function memberOfKey(db: Db, row: Row): Promise<Member | null> {
  const { id, tenant_id: tenantId, user_id: userId, name, role } = row;
  if (userId !== null) return await memberOf(db, userId, tenantId);
  return { userId: id, tenantId, email: '', name: keyName(name), role: role as Role, access: plainAccess };
}

/**
 * Makes the function that reads a presented key. It asks the database at each call, together with those that come at the same
 * time, so that a revocation counts on every node from the next request on. It throws an unauthenticated Problem, the same
 * for a key that is unknown, revoked, out of time, or whose person is no member any more.
 */
export function apiKeyReader(db: Db): (secret: string) => Promise<Presented> {
  const find = coalesced((hashes) => keysByHash(db, hashes));
  return async (secret) => {
    const row = hasKeyForm(secret) ? await find(hashSecretToken(secret).toString('hex')) : null;
    const member = row && (await memberOfKey(db, row));
    if (!member) {
      throw new Problem('unauthenticated', 'users/token-refused', 'the API key is not valid, or no longer');
    }
    // A request is not refused because this could not be written.
    if (row.to_be_noted) await noteUse(db, row.id).catch(() => {});
    return { member, key: { id: row.id, prefix: row.prefix, scopes: row.scopes } };
  };
}
