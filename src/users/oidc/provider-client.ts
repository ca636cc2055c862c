// Our side of a provider's protocol: where its endpoints are and what proves that we are its client (openid-client).
import * as client from 'openid-client';
import type { KeyRing } from '#lib/key-ring';
import type { SafeFetch } from '#lib/safe-fetch';
import { type ReachableProvider, secretContext } from './identity-provider.ts';
import { githubEndpoints } from './provider-kind.ts';

/** A provider's endpoints and keys are read anew after so long. */
const KNOWN_MS = 10 * 60 * 1000;
const MOST_KNOWN = 500;
const TIMEOUT_SECONDS = 10;

/** What is needed to speak with a provider. Asking is an error when it does not answer, or not as a provider does. */
export type ClientOf = (
  provider: Pick<ReachableProvider, 'id' | 'kind' | 'issuer' | 'clientId' | 'sealedSecret' | 'updatedAt'>,
) => Promise<client.Configuration>;

/** HTTP Basic where the provider takes it, as it does unless it says otherwise (OpenID Connect Discovery 1.0, 3). */
function proofOf(secret: string | null): client.ClientAuth {
  if (secret === null) return client.None();
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = server;
    return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}

/** ID tokens come straight from the provider, and their signatures are checked all the same. */
function harden(configuration: client.Configuration, issuer: string, fetch: SafeFetch): client.Configuration {
  configuration.timeout = TIMEOUT_SECONDS;
  configuration[client.customFetch] = fetch;
  client.enableNonRepudiationChecks(configuration);
  // Only the hosts that the operator has let us go to get this far without TLS.
  if (issuer.startsWith('http:')) client.allowInsecureRequests(configuration);
  return configuration;
}

/**
 * Makes the function that finds out how to speak with a provider, and remembers it for ten minutes. Its rejections are not
 * remembered. GitHub has no discovery for sign-in, so its endpoints are written down here.
 */
export function createClientOf({ keyRing, fetch }: { keyRing: KeyRing; fetch: SafeFetch }): ClientOf {
  const known = new Map<string, { until: number; configuration: Promise<client.Configuration> }>();

  const read: ClientOf = async ({ id, kind, issuer, clientId, sealedSecret }) => {
    const secret = sealedSecret === null ? null : keyRing.open(sealedSecret, secretContext(id)).toString();
    if (kind === 'github') {
      const { issuer: authority, authorize, token } = githubEndpoints(issuer);
      const server = {
        issuer: authority,
        authorization_endpoint: authorize,
        token_endpoint: token,
        code_challenge_methods_supported: ['S256'],
      };
      const proof = secret === null ? client.None() : client.ClientSecretPost(secret);
      return harden(new client.Configuration(server, clientId, undefined, proof), issuer, fetch);
    }
    return await client.discovery(new URL(issuer), clientId, undefined, proofOf(secret), {
      [client.customFetch]: fetch,
      timeout: TIMEOUT_SECONDS,
      execute: [(configuration) => void harden(configuration, issuer, fetch), ...insecure(issuer)],
    });
  };

  return (provider) => {
    const key = `${provider.id} ${provider.updatedAt.getTime()}`;
    const found = known.get(key);
    if (found && found.until > performance.now()) return found.configuration;
    const configuration = read(provider);
    known.delete(key);
    known.set(key, { until: performance.now() + KNOWN_MS, configuration });
    for (const oldest of known.keys()) if (known.size > MOST_KNOWN) known.delete(oldest);
    configuration.catch(() => known.delete(key));
    return configuration;
  };
}

// Discovery itself goes without TLS only when the very function is among those to execute.
const insecure = (issuer: string) => (issuer.startsWith('http:') ? [client.allowInsecureRequests] : []);
