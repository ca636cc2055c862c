// Who may make and revoke which API keys, the same by page and over the API.
import { permissionMissing } from '#lib/http/guard';
import { notFound, Problem } from '#lib/problem';
import type { Actor } from '#lib/tenant-tx';
import { mayDo } from '../roles.ts';
import type { NewApiKey } from './keep-api-keys.ts';

/** Makes keys of the company's own and sees to whose keys there are; making one's own takes `users.api_key.own`. */
const MANAGE_KEYS = 'users.service_key.manage';

/**
 * Refuses whom a key is not for. A company's own key could do what its role may long after its maker may no more, and more than
 * its maker may now; so only an owner, who may everything, makes one.
 */
export function mayMakeKey(actor: Actor, forWhom: NewApiKey['for']): void {
  if ('userId' in forWhom) {
    if (forWhom.userId !== actor.userId) throw notFound('user');
    return;
  }
  if (!mayDo(actor, MANAGE_KEYS)) throw permissionMissing(actor, MANAGE_KEYS);
  if (actor.role === 'owner') return;
  throw new Problem('forbidden', 'users/owner-needed', 'only an owner makes a key of the company’s own');
}

/** Whose keys somebody may revoke: their own, or undefined for all of the company. */
export function revocableBy(actor: Actor): string | undefined {
  return mayDo(actor, MANAGE_KEYS) ? undefined : (actor.userId ?? '');
}
