// The two steps of a sign-in at a provider: sending the browser there, and believing what comes back (OAuth 2.0 with PKCE).
import * as client from 'openid-client';
import { Problem } from '#lib/problem';
import type { IdentityProvider, ReachableProvider } from './identity-provider.ts';
import { proofsOf } from './pending-sign-in.ts';
import type { ClientOf } from './provider-client.ts';
import { githubEndpoints } from './provider-kind.ts';
import { type ProviderPerson, personOfClaims, personOfGithub } from './provider-person.ts';

/** Each cause of an error, the error itself first. */
function causesOf(error: unknown): unknown[] {
  const causes = [];
  for (
    let each = error;
    each !== undefined && each !== null && causes.length < 8;
    each = (each as Error).cause
  )
    causes.push(each);
  return causes;
}

/** Whether the provider was not reached or was out of order, rather than answering what cannot be believed. */
function isOutage(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    if (cause instanceof Response) return cause.status >= 500;
    const { name, code } = cause as { name?: string; code?: unknown };
    return (
      /^(AbortError|TimeoutError|FetchRefused)$/.test(name ?? '') ||
      /^(OAUTH_TIMEOUT|E[A-Z]+|ERR_(SSL|TLS)_.*|CERT_.*|.*_CERT.*)$/.test(String(code ?? ''))
    );
  });
}

/** That a provider does not answer, or does not answer as one; the cause is logged and not shown. */
function providerUnavailable({ name }: { name: string }, cause: unknown): Problem {
  const detail = `${name} does not answer; try again later, or sign in in another way`;
  return new Problem('unavailable', 'users/provider-unavailable', detail, { cause });
}

/** One answer for whatever is wrong with what came back, so that it teaches nobody how to forge. */
export function providerRefused({ name }: { name: string }, cause?: unknown): Problem {
  const detail = `the answer of ${name} cannot be believed, or came too late; begin again`;
  return new Problem('unauthenticated', 'users/provider-refused', detail, { cause });
}

function problemOf(provider: IdentityProvider, error: unknown): Problem {
  if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied') {
    const detail = `${provider.name} did not let you in, or you did not agree`;
    return new Problem('unauthenticated', 'users/provider-denied', detail, { cause: error });
  }
  return isOutage(error) ? providerUnavailable(provider, error) : providerRefused(provider, error);
}

/** What is needed to speak with a provider. Throws an unavailable Problem. */
export async function clientAtHand(
  clientOf: ClientOf,
  provider: ReachableProvider,
): Promise<client.Configuration> {
  try {
    return await clientOf(provider);
  } catch (error) {
    throw providerUnavailable(provider, error);
  }
}

/**
 * The address at the provider to which the browser goes. `again` asks the provider to let the person choose, or prove
 * themselves anew. Throws an unavailable Problem, also for a provider that sends people to what is no page.
 */
export async function addressAtProvider(
  configuration: client.Configuration,
  provider: IdentityProvider,
  { secret, redirectUri, again }: { secret: string; redirectUri: string; again: boolean },
): Promise<string> {
  const { authorization_endpoint: endpoint = '' } = configuration.serverMetadata();
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol))
    throw providerUnavailable(provider, new Error(`it sends people to "${endpoint}"`));
  const { state, nonce, codeVerifier } = proofsOf(secret);
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: provider.scopes.join(' '),
    state,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(provider.kind !== 'github' && { nonce }),
    ...(again && { prompt: provider.kind === 'oidc' ? 'login' : 'select_account' }),
  });
  return url.href;
}

async function readJson(
  configuration: client.Configuration,
  token: string,
  address: string,
): Promise<unknown> {
  const headers = new Headers({ accept: 'application/json' });
  const response = await client.fetchProtectedResource(
    configuration,
    token,
    new URL(address),
    'GET',
    null,
    headers,
  );
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}`, { cause: response });
  return await response.json();
}

async function githubPerson(
  configuration: client.Configuration,
  { issuer }: IdentityProvider,
  token: string,
): Promise<ProviderPerson | null> {
  const { api } = githubEndpoints(issuer);
  const [user, emails] = await Promise.all([
    readJson(configuration, token, `${api}/user`),
    readJson(configuration, token, `${api}/user/emails`),
  ]);
  return personOfGithub(issuer, user, emails);
}

async function personOf(
  configuration: client.Configuration,
  provider: IdentityProvider,
  tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>,
): Promise<ProviderPerson | null> {
  if (provider.kind === 'github') return await githubPerson(configuration, provider, tokens.access_token);
  const claims = tokens.claims();
  if (!claims) throw new Error('the answer has no ID token');
  // Many providers name addresses at the userinfo endpoint only; an address and its worth come from the same answer.
  const more =
    claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
      ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
      : {};
  return personOfClaims(provider.kind, provider.issuer, { ...claims, ...more });
}

/**
 * Exchanges what the browser brought back for who the person is. `answer` is the query of the callback's address, `secret` the
 * browser's own. State, issuer (RFC 9207), proof key, nonce, audience, times and signature are all checked. Throws an
 * unauthenticated Problem, or an unavailable one.
 */
export async function personAtProvider(
  clientOf: ClientOf,
  provider: ReachableProvider,
  { secret, redirectUri, answer }: { secret: string; redirectUri: string; answer: string },
): Promise<ProviderPerson> {
  const { state, nonce, codeVerifier } = proofsOf(secret);
  const address = new URL(redirectUri);
  address.search = answer;
  try {
    const configuration = await clientOf(provider);
    const isOpenId = provider.kind !== 'github';
    const tokens = await client.authorizationCodeGrant(configuration, address, {
      pkceCodeVerifier: codeVerifier,
      expectedState: state,
      ...(isOpenId && { expectedNonce: nonce, idTokenExpected: true }),
    });
    const person = await personOf(configuration, provider, tokens);
    if (!person) throw new Error('the answer names nobody');
    return person;
  } catch (error) {
    throw problemOf(provider, error);
  }
}
