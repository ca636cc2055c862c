// Makes and revokes API keys; the company's audit log says so of each.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import { noteChange } from '#lib/audit/note-change';
import { type Fault, invalid, notFound } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { roles } from '../roles.ts';
import { isScope } from '../scopes.ts';
import { newApiKey } from './api-key.ts';

export const DEFAULT_DAYS = 365;
export const MOST_DAYS = 730;
const MOST_SCOPES = 50;
/** More than anybody overlooks; who needs more has forgotten to revoke. */
const MOST_KEYS = 100;

/**
 * A key to be made: a person's (`userId`), or the company's own with a built-in `role`. It ends after `expiresInDays`, a year
 * unless told.
 */
export type NewApiKey = {
  name: string;
  for: { userId: string } | { role: string };
  scopes?: readonly string[] | null;
  expiresInDays?: number;
};

export type MadeApiKey = { id: string; prefix: string; secret: string };

/** What is wrong with a key that somebody wants made; the pointers are those of the API. */
function faultsOf(input: NewApiKey, count: number): Fault[] {
  const faults: Fault[] = [];
  const fault = (pointer: string, detail: string) => faults.push({ pointer, code: 'users/invalid', detail });
  const length = [...input.name.trim()].length;
  if (length === 0 || length > 100) fault('/name', 'a key has a name of at most 100 characters');
  if ('role' in input.for && !(roles as readonly string[]).includes(input.for.role))
    fault('/role', `the role of a key is one of ${roles.join(', ')}`);
  const { scopes = null, expiresInDays = DEFAULT_DAYS } = input;
  if (scopes?.length === 0)
    fault('/scopes', 'without any scope a key could do nothing; leave them out for all');
  if (scopes && scopes.length > MOST_SCOPES) fault('/scopes', `a key has at most ${MOST_SCOPES} scopes`);
  for (const [index, scope] of (scopes ?? []).entries()) {
    const words = 'a scope is a permission or a pattern such as accounting.*.view';
    if (!isScope(scope)) fault(`/scopes/${index}`, words);
  }
  if (!Number.isInteger(expiresInDays) || expiresInDays < 1 || expiresInDays > MOST_DAYS)
    fault('/expires_in_days', `a key lasts from 1 to ${MOST_DAYS} days`);
  if (count >= MOST_KEYS) fault('', `there are ${MOST_KEYS} active keys already; revoke one first`);
  return faults;
}

async function countActive({ db }: DirectoryTx, tenantId: string, userId: string | null): Promise<number> {
  const { count } = await db
    .selectFrom('api_keys')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('tenant_id', '=', tenantId)
    .where('user_id', userId === null ? 'is' : '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirstOrThrow();
  return count;
}

/**
 * Makes a key; its secret is in the answer and nowhere else. Who may make which key is for the caller to ask. `by` is who makes
 * it, null at the server's console. Throws an invalid Problem naming every fault.
 */
export async function createApiKey(
  tx: DirectoryTx,
  tenantId: string,
  input: NewApiKey,
  by: string | null,
): Promise<MadeApiKey> {
  const owner = 'userId' in input.for ? { user_id: input.for.userId } : { role: input.for.role };
  const userId = 'userId' in input.for ? input.for.userId : null;
  const faults = faultsOf(input, await countActive(tx, tenantId, userId));
  if (faults.length > 0) throw invalid(faults, 'users/invalid');
  const { secret, prefix, hash } = newApiKey();
  const id = randomUUIDv7();
  const { name, scopes, expires_at } = await tx.db
    .insertInto('api_keys')
    .values({
      id,
      tenant_id: tenantId,
      ...owner,
      name: input.name.trim(),
      prefix,
      secret_hash: hash,
      scopes: input.scopes ? [...input.scopes] : null,
      created_by: by,
      expires_at: sql<Date>`now() + make_interval(days => ${input.expiresInDays ?? DEFAULT_DAYS})`,
    })
    .returning(['name', 'scopes', 'expires_at'])
    .executeTakeFirstOrThrow();
  const after = { name, prefix, ...owner, scopes, expires_at };
  await noteChange(tx, tenantId, {
    subject: 'api_key',
    subjectId: id,
    action: 'create',
    before: null,
    after,
  });
  return { id, prefix, secret };
}

/**
 * Revokes a key of a company, on every node from its next request on; `ownedBy` limits it to that person's keys. One that is
 * revoked already is no error. Throws not-found.
 */
export async function revokeApiKey(
  tx: DirectoryTx,
  tenantId: string,
  id: string,
  by: string | null,
  ownedBy?: string,
): Promise<void> {
  const key = await tx.db
    .selectFrom('api_keys')
    .select(['name', 'prefix', 'user_id', 'role', 'revoked_at'])
    .where('id', '=', id)
    .where('tenant_id', '=', tenantId)
    .forUpdate()
    .executeTakeFirst();
  if (!key || (ownedBy !== undefined && key.user_id !== ownedBy)) throw notFound('API key');
  const { revoked_at, ...facts } = key;
  if (revoked_at !== null) return;
  await tx.db
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`now()`, revoked_by: by })
    .where('id', '=', id)
    .execute();
  const note = { before: { ...facts, revoked: false }, after: { ...facts, revoked: true } };
  await noteChange(tx, tenantId, { subject: 'api_key', subjectId: id, action: 'change', ...note });
}

/** Revokes all keys that a person has in a company, so that none comes alive again with the membership. */
export async function revokeKeysOf(
  tx: DirectoryTx,
  tenantId: string,
  userId: string,
  by: string | null,
): Promise<void> {
  const query = tx.db.selectFrom('api_keys').select('id').where('tenant_id', '=', tenantId);
  const keys = await query.where('user_id', '=', userId).where('revoked_at', 'is', null).execute();
  for (const { id } of keys) await revokeApiKey(tx, tenantId, id, by);
}
