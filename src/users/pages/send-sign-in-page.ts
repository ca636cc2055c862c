// Sends the sign-in page of a company with the providers that it offers.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendPage } from '#dashboard';
import type { Db } from '#lib/db';
import { enabledProviders } from '../oidc/identity-provider.ts';
import { signInPage } from './sign-in-page.ts';

/** `email` is what was keyed before, `done` names what has just been done, `fault` tells a refused attempt, `status` is its answer's. */
export type SignInTold = { next?: string; email?: string; done?: string; fault?: string; status?: number };

/** The page of the company that the request names; without one there is nothing to show, which is a TypeError. */
export async function sendSignInPage(
  { db }: { db: Db },
  request: FastifyRequest,
  reply: FastifyReply,
  { next = '/', email = '', done = '', fault, status = 200 }: SignInTold,
): Promise<FastifyReply> {
  const { claimed } = request;
  if (!claimed) throw new TypeError('the sign-in page is a company’s');
  const providers = await enabledProviders(db, claimed.id);
  const view = { company: claimed.name, next, email, done, providers, ...(fault !== undefined && { fault }) };
  return await sendPage(reply, signInPage(view), status);
}
