// What follows once somebody has proved who they are: every sign-in passes here, whatever the proof and whoever asks.
import type { Db } from '#lib/db';
import { rememberOrigin } from './known-origins.ts';
import { newSecretToken } from './secret-token.ts';
import { openSession } from './sessions.ts';
import { noteSignIn } from './sign-in-events.ts';
import type { Door, SignInMethod, SignInOrigin } from './sign-in-facts.ts';
import type { TokenPair, Tokens } from './tokens.ts';
import type { Member } from './user.ts';

/** What has been proved: the member, how, and from where; `providerId` is the identity provider whose word it is, if it is one's. */
export type Proof = {
  member: Member;
  methods: readonly SignInMethod[];
  from: SignInOrigin;
  providerId?: string | null;
};

/** What a sign-in gives: a page the values of its cookies, a program its tokens. */
export type Credentials = { page: { session: string; device: string }; api: TokenPair };
/** How far a sign-in has come; `open` is the end of it. */
export type BegunSession<D extends Door> = { state: 'open'; member: Member; credential: Credentials[D] };

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
  return await finishSession(services, door, proof);
}

/**
 * Opens the session or issues the tokens: what beginSession() comes to when nothing more is asked of the member. The history
 * says so, and from now on the browser and the address are known, unless a provider vouched: whoever runs it could make as many
 * browsers known as they like, and guess a password from each. Programs have no way through a provider.
 */
async function finishSession<D extends Door>(
  { db, tokens }: SignInServices,
  door: D,
  { member, methods, from, providerId = null }: Proof,
): Promise<BegunSession<D>> {
  if (providerId !== null && door !== 'page') throw new TypeError('through a provider come only browsers');
  const device = from.device ?? newSecretToken();
  const open: { [Each in Door]: () => Promise<Credentials[Each]> } = {
    page: async () => ({ session: await openSession(db, member, from, providerId), device }),
    api: () => tokens.issue(member, from),
  };
  const credential = await open[door]();
  if (providerId === null)
    await rememberOrigin(db, member.userId, door === 'page' ? { ...from, device } : from);
  const { userId, tenantId } = member;
  await noteSignIn(db, { userId, tenantId, succeeded: true, methods, door, from });
  return { state: 'open', member, credential };
}
