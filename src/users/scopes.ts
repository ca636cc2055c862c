// Narrows what an API key may do to patterns of permissions, and keeps keys out of what only people may.
import type { ActingKey } from '#lib/tenant-tx';

const SCOPE = /^(\*|[a-z][a-z0-9_]{0,59})(\.(\*|[a-z][a-z0-9_]{0,59})){0,5}$/;

/** Whether a text is a pattern of permissions: `accounting.report.view`, `accounting.*.view`, `accounting.*` or `*`. */
export const isScope = (text: string): boolean => SCOPE.test(text);

/** Whether a pattern covers a permission. A star stands for one part, the last one for all that follow. */
export function scopeCovers(scope: string, permission: string): boolean {
  const [wanted, given] = [permission.split('.'), scope.split('.')];
  if (given.at(-1) === '*' ? wanted.length < given.length : wanted.length !== given.length) return false;
  return given.every((part, index) => part === '*' || part === wanted[index]);
}

/**
 * Whether the key that somebody acts by, if any, lets a permission through. Nothing of the room `users` passes: whoever finds a
 * key shall not be able to make others of it, nor members, so people and their access are managed by people.
 */
export function keyAllows(key: Pick<ActingKey, 'scopes'> | undefined, permission: string): boolean {
  if (!key) return true;
  if (permission.startsWith('users.')) return false;
  return key.scopes === null || key.scopes.some((scope) => scopeCovers(scope, permission));
}
