// What follows once somebody has proved who they are: every sign-in passes here, whatever the proof and whoever asks.
import type { Db } from '#lib/db';
import { rememberOrigin } from './known-origins.ts';
import { openPending } from './mfa/pending-sign-in.ts';
import { secondFactorDue } from './mfa/second-factor-due.ts';
import { newSecretToken } from './secret-token.ts';
import { openSession } from './sessions.ts';
import { noteSignIn } from './sign-in-events.ts';
import type { Door } from './sign-in-facts.ts';
import type { Proof } from './sign-in-proof.ts';
import type { TokenPair, Tokens } from './tokens.ts';
import type { Member } from './user.ts';

/** What a sign-in gives: a page the values of its cookies, a program its tokens. */
export type Credentials = { page: { session: string; device: string }; api: TokenPair };

/** A sign-in at its end. */
export type OpenSession<D extends Door> = { state: 'open'; member: Member; credential: Credentials[D] };

/**
 * How far a sign-in has come. Where a second factor is due, `pending` is the token by which it is sent (completeSignIn()), or by which one
 * is set up first, as the company demands one and the member has none.
 */
export type BegunSession<D extends Door> =
  | OpenSession<D>
  | { state: 'second-factor'; due: 'prove' | 'set-up'; member: Member; pending: string };

export type SignInServices = { db: Db; tokens: Tokens };

/**
 * The seam after the first factor. Page and API call it once the password is right, a provider has answered, or a link was
 * used; what it returns tells whether the member is signed in or something is asked of them still. The caller has found out
 * that the person is a member of the company; nothing has been opened before, and whatever must come between proof and
 * session belongs here and nowhere else.
 */
export async function beginSession<D extends Door>(
  services: SignInServices,
  door: D,
  proof: Proof,
): Promise<BegunSession<D>> {
  const due = await secondFactorDue(services.db, proof);
  if (due === 'none') return await finishSession(services, door, proof);
  const pending = await openPending(services.db, door, proof);
  return { state: 'second-factor', due, member: proof.member, pending };
}

/**
 * Opens the session or issues the tokens: what beginSession() comes to when nothing more is asked of the member. The history
 * says so, and from now on the browser and the address are known, unless a provider vouched: whoever runs it could make as many
 * browsers known as they like, and guess a password from each. Programs have no way through a provider.
 */
export async function finishSession<D extends Door>(
  { db, tokens }: SignInServices,
  door: D,
  { member, methods, from, providerId = null }: Proof,
): Promise<OpenSession<D>> {
  if (providerId !== null && door !== 'page') throw new TypeError('through a provider come only browsers');
  const device = from.device ?? newSecretToken();
  const open: { [Each in Door]: () => Promise<Credentials[Each]> } = {
    page: async () => ({ session: await openSession(db, member, from, { methods, providerId }), device }),
    api: () => tokens.issue(member, from, methods),
  };
  const credential = await open[door]();
  if (providerId === null)
    await rememberOrigin(db, member.userId, door === 'page' ? { ...from, device } : from);
  const { userId, tenantId } = member;
  await noteSignIn(db, { userId, tenantId, succeeded: true, methods, door, from });
  return { state: 'open', member, credential };
}
