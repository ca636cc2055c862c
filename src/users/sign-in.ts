// What follows once somebody has proved who they are: every sign-in passes here, whatever the proof and whoever asks.
import type { Db } from '#lib/db';
import { openSession } from './sessions.ts';
import type { TokenPair, Tokens } from './tokens.ts';
import type { Member } from './user.ts';

/** How somebody proved who they are; `mail` is a link that was sent to their address, `switch` another session of theirs. */
export type SignInMethod = 'pwd' | 'oidc' | 'mail' | 'switch';

/** Where a sign-in comes from. `device` is the value of the cookie by which a browser is known again. */
export type SignInOrigin = {
  ip: string | null;
  userAgent: string | undefined;
  device?: string | undefined;
};

/** What has been proved: the member, how, and from where; `providerId` is the identity provider whose word it is. */
export type Proof = {
  member: Member;
  methods: readonly SignInMethod[];
  from: SignInOrigin;
  providerId?: string | null;
};

/** What a sign-in gives: a page the values of its cookies, a program its tokens. */
export type Credentials = { page: { session: string }; api: TokenPair };
export type Door = keyof Credentials;

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

/** Opens the session or issues the tokens: what beginSession() comes to when nothing more is asked of the member. */
async function finishSession<D extends Door>(
  { db, tokens }: SignInServices,
  door: D,
  { member, from, providerId = null }: Proof,
): Promise<BegunSession<D>> {
  const open: { [Each in Door]: () => Promise<Credentials[Each]> } = {
    page: async () => ({ session: await openSession(db, member, from, providerId) }),
    api: () => tokens.issue(member),
  };
  return { state: 'open', member, credential: await open[door]() };
}
