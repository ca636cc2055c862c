// What the pages of second factors know of a request: who asks, and where a passkey would be for.
import type { FastifyRequest } from 'fastify';
import { Problem } from '#lib/problem';
import type { Actor } from '#lib/tenant-tx';
import type { Role } from '../../roles.ts';
import type { Member } from '../../user.ts';
import type { FactorOwner } from '../own-factors.ts';

/** The member of a guarded request. Throws forbidden for a credential that is nobody's own, such as a company's API key. */
export function requestMember({ actor, tenant }: Pick<FastifyRequest, 'actor' | 'tenant'>): Member {
  const { userId, email, name, role } = actor;
  if (userId === null) throw new Problem('forbidden', 'users/person-needed', 'only a person can do this');
  return { userId, tenantId: tenant.id, email, name, role: role as Role };
}

/** The member of a guarded request as the owner of the factors that are changed. */
export function requestOwner(request: FastifyRequest): FactorOwner {
  return { userId: requestMember(request).userId, actor: request.actor };
}

/** The id of the session that a page is shown in. Throws forbidden where there is none. */
export function sessionId({ identity }: FastifyRequest): string {
  const signedIn = identity?.signedIn;
  if (signedIn && 'sessionId' in signedIn) return signedIn.sessionId;
  throw new Problem('forbidden', 'users/person-needed', 'only a person can do this');
}

/** A member who is still signing in, as the audit log names them. */
export function signingInActor(member: Member, request: FastifyRequest, ip: string | null): Actor {
  const { userId, email, name, role } = member;
  return { userId, email, name, role, requestId: request.id, ip };
}
