// Keeps a session that a company's provider has opened away from what is its person's in all companies.
import type { FastifyRequest } from 'fastify';
import { Problem } from '#lib/problem';

/** Whether the request's session stays in its company; see mayLeaveCompany(). */
export const isConfined = ({ identity }: Pick<FastifyRequest, 'identity'>): boolean =>
  identity?.session?.confined ?? false;

/** Throws a forbidden Problem for such a session: whoever runs the provider could have opened it for anybody. */
export function refuseConfined(request: Pick<FastifyRequest, 'identity'>): void {
  if (!isConfined(request)) return;
  const detail =
    'you signed in through a provider of this company, which is good for this company only; sign in with your password for what concerns your whole account';
  throw new Problem('forbidden', 'users/session-confined', detail);
}
