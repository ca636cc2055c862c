// Reads what the shared tables say of a membership besides its role.
import { type Access, plainAccess } from '#lib/access';

/** As access_of() of the database gives it; null of a plain membership. */
export type StoredAccess = {
  own: string[] | null;
  granted: string[];
  denied: string[];
  post_limit: string | null;
  approve_limit: string | null;
  branches: string[] | null;
};

/** The access of a row. */
export function accessOf(stored: StoredAccess | null): Access {
  if (stored === null) return plainAccess;
  const { post_limit: postLimit, approve_limit: approveLimit, ...rest } = stored;
  return { ...rest, postLimit, approveLimit };
}
