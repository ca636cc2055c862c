// Tells a page who reads it, from what the guard has found out about the request.
import type { FastifyRequest } from 'fastify';
import type { PageContext } from '#dashboard';
import { mayDo } from '../roles.ts';

/** The context of a request that has passed the guard as a signed-in member. */
export function pageContextOf(request: FastifyRequest): PageContext {
  const { tenant, actor, csrfToken } = request;
  const path = request.url.split('?', 1)[0] ?? '/';
  const may = (permission: string) => mayDo(actor, permission);
  return { tenant, actor, csrfToken, path, may, companies: request.identity?.session?.companies ?? [] };
}
