// What the pages of second factors know of a request: who asks, and where a passkey would be for.
import type { FastifyRequest } from 'fastify';
import { plainAccess } from '#lib/access';
import { personNeeded } from '#lib/http/guard';
import type { Actor } from '#lib/tenant-tx';
import { refuseConfined } from '../../pages/refuse-confined.ts';
import type { Member } from '../../user.ts';
import type { FactorOwner } from '../own-factors.ts';

/** The member of a guarded request. Throws forbidden for an API key, which is nobody who could prove anything. */
export function requestMember({ actor, tenant }: Pick<FastifyRequest, 'actor' | 'tenant'>): Member {
  const { userId, email, name, role, key, access = plainAccess } = actor;
  if (userId === null || key !== undefined) throw personNeeded();
  return { userId, tenantId: tenant.id, email, name, role, access };
}

/**
 * The member of a guarded request as the owner of the factors that are changed. Throws forbidden in a session that a company's provider
 * has opened, as factors are a person's own in all their companies.
 */
export function requestOwner(request: FastifyRequest): FactorOwner {
  refuseConfined(request);
  return { userId: requestMember(request).userId, actor: request.actor };
}

/** The id of the session that a page is shown in. Throws forbidden where there is none. */
export function sessionId({ identity }: FastifyRequest): string {
  if (identity?.session) return identity.session.id;
  throw personNeeded();
}

/** A member who is still signing in, as the audit log names them. */
export function signingInActor(member: Member, request: FastifyRequest, ip: string | null): Actor {
  const { userId, email, name, role } = member;
  return { userId, email, name, role, requestId: request.id, ip };
}
