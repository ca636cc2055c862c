// Keeps API keys out of what only a person may do for themselves.
import type { FastifyRequest } from 'fastify';
import { personNeeded } from '#lib/http/guard';
import type { Actor } from '#lib/tenant-tx';

/**
 * The person who has signed in. Throws forbidden for an API key, also a person's own: it is narrower than they are and must
 * not be turned into tokens, another password or a look at where they are signed in.
 */
export function personOf({ actor }: Pick<FastifyRequest, 'actor'>): Actor & { userId: string } {
  const { userId, key } = actor;
  if (userId !== null && key === undefined) return { ...actor, userId };
  throw personNeeded();
}
