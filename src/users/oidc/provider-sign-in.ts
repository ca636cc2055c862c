// A sign-in or a linking through a provider from its beginning to its end, whoever shows the pages around it.
import { timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { Permission } from '#lib/access';
import { Problem } from '#lib/problem';
import { type Actor, inDirectory, type Tenant } from '#lib/tenant-tx';
import { hashSecretToken } from '../secret-token.ts';
import { findSession } from '../sessions.ts';
import type { SignInServices } from '../sign-in.ts';
import { noteSignIn } from '../sign-in-events.ts';
import type { SignInOrigin } from '../sign-in-facts.ts';
import { type Member, memberOf } from '../user.ts';
import { admitPerson } from './admit-person.ts';
import { addressAtProvider, clientAtHand, personAtProvider, providerRefused } from './ask-provider.ts';
import type { ResolveTxt } from './email-domain.ts';
import { linkIdentity } from './identity.ts';
import type { ReachableProvider } from './identity-provider.ts';
import {
  isStateOf,
  type LinkRequest,
  notePending,
  type PendingSignIn,
  takePending,
} from './pending-sign-in.ts';
import type { ClientOf } from './provider-client.ts';
import type { ProviderPerson } from './provider-person.ts';
import type { ProviderKeeper } from './save-provider.ts';

/** What app.ts hands to whatever has to do with providers. */
export type ProviderServices = SignInServices & {
  clientOf: ClientOf;
  providers: ProviderKeeper & { resolveTxt: ResolveTxt };
  permissions: readonly Permission[];
};

/** What comes back from a provider: the query of the callback's address, and the browser's cookies as far as they count. */
export type ProviderAnswer = {
  tenant: Tenant;
  provider: ReachableProvider;
  redirectUri: string;
  answer: string;
  secret: string | undefined;
  session: string | undefined;
  actor: Actor;
  from: SignInOrigin;
};

/** What it led to: somebody to open a session for, or an account that is linked now. */
export type ProviderOutcome = { member: Member; nextPath: string; linked: boolean };

/** Begins a sign-in, or a linking: the address at the provider, and the secret for the browser's cookie. */
export async function beginAtProvider(
  { db, clientOf }: Pick<ProviderServices, 'db' | 'clientOf'>,
  provider: ReachableProvider,
  { redirectUri, nextPath, link }: { redirectUri: string; nextPath: string; link: LinkRequest | null },
): Promise<{ address: string; secret: string }> {
  const configuration = await clientAtHand(clientOf, provider);
  const { tenantId, id: providerId } = provider;
  const secret = await notePending(db, { tenantId, providerId, redirectUri, nextPath, link });
  const address = await addressAtProvider(configuration, provider, {
    secret,
    redirectUri,
    again: link !== null,
  });
  return { address, secret };
}

const sameBytes = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);

/** The sign-in that an answer belongs to, which is thereby used. An answer to another browser's leaves this browser's alone. */
async function pendingOf(services: ProviderServices, answer: ProviderAnswer): Promise<PendingSignIn> {
  const { provider, tenant, secret = '' } = answer;
  const state = new URLSearchParams(answer.answer).get('state') ?? '';
  const pending = isStateOf(secret, state) ? await takePending(services.db, secret) : null;
  const belongs =
    pending?.tenantId === tenant.id &&
    pending.providerId === provider.id &&
    pending.redirectUri === answer.redirectUri;
  if (!pending || !belongs) throw providerRefused(provider);
  return pending;
}

/** The member who asked for a link, if they are still signed in with the session in which they asked. */
async function whoAsked(
  { db }: ProviderServices,
  { session = '', provider }: ProviderAnswer,
  link: NonNullable<PendingSignIn['link']>,
): Promise<Member> {
  const found = sameBytes(hashSecretToken(session), link.sessionHash) ? await findSession(db, session) : null;
  if (found?.member.userId !== link.userId || found.member.tenantId !== provider.tenantId)
    throw providerRefused(provider);
  return found.member;
}

/**
 * Ends what beginAtProvider() began. Throws an unauthenticated Problem for an answer that does not belong to this browser, this
 * company, this provider or this moment, a forbidden one for a person who is not let in, an unavailable one when the provider
 * does not answer, and a conflict when an account is linked to somebody else.
 */
export async function finishAtProvider(
  services: ProviderServices,
  answer: ProviderAnswer,
): Promise<ProviderOutcome> {
  const { db, clientOf } = services;
  const { provider, actor, redirectUri } = answer;
  const pending = await pendingOf(services, answer);
  const { link, nextPath } = pending;
  const asked = link ? await whoAsked(services, answer, link) : null;
  const person = await personAtProvider(clientOf, provider, {
    secret: answer.secret ?? '',
    redirectUri,
    answer: answer.answer,
  });
  if (asked) {
    const self = { ...actor, userId: asked.userId };
    await inDirectory(db, (tx) => linkIdentity(tx, provider, person, asked.userId), self);
    return { member: asked, nextPath, linked: true };
  }
  return { member: await admitted(services, answer, person), nextPath, linked: false };
}

/**
 * The member whom a person at the provider stands for. The history tells of whoever is refused, and of nothing that did not come
 * from a provider, as anybody may send a callback.
 */
async function admitted(
  { db }: ProviderServices,
  { provider, actor, from }: ProviderAnswer,
  person: ProviderPerson,
): Promise<Member> {
  const { tenantId } = provider;
  try {
    const userId = await inDirectory(db, (tx) => admitPerson(tx, provider, person), actor);
    const member = await memberOf(db, userId, tenantId);
    if (!member) throw providerRefused(provider);
    return member;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { rows } = await sql<{ user_id: string }>`select user_id from public.identities
      where provider_id = ${provider.id} and issuer = ${person.issuer} and subject = ${person.subject}`.execute(
      db.kysely,
    );
    const userId = rows[0]?.user_id ?? null;
    await noteSignIn(db, { userId, tenantId, succeeded: false, methods: ['oidc'], door: 'page', from });
    throw error;
  }
}
