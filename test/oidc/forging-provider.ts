// An OpenID provider on loopback that speaks the protocol and lies wherever a test tells it to.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';

/** What the next answers say instead of the truth. */
export type Lies = {
  /** Claims of the ID token that are added or exchanged; undefined takes one away. */
  claims?: Record<string, unknown>;
  /** Makes the ID token from its claims, instead of signing it with the published key. */
  sign?: (claims: Record<string, unknown>) => Promise<string> | string;
  /** Fields of the metadata, by which for instance the key set lies elsewhere. */
  metadata?: Record<string, unknown>;
  /** Parameters of the callback. */
  callback?: Record<string, string>;
  /** The answer of the token endpoint as a whole. */
  token?: (response: ServerResponse) => void;
  /** The answer of the userinfo endpoint. */
  userinfo?: Record<string, unknown>;
};

/** `asked` are the bodies that the token endpoint got. */
export type ForgingProvider = {
  issuer: string;
  host: string;
  clientId: string;
  lies: Lies;
  asked: URLSearchParams[];
  close(): Promise<void>;
};

const sendJson = (response: ServerResponse, value: unknown) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

type Key = { privateKey: CryptoKey; jwk: Record<string, unknown> };
type Route = (url: URL, request: IncomingMessage, response: ServerResponse) => unknown;

async function newKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: 'published', alg: 'RS256', use: 'sig' } };
}

const metadataOf = ({ issuer, lies }: ForgingProvider) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  userinfo_endpoint: `${issuer}/userinfo`,
  response_types_supported: ['code'],
  id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
  ...lies.metadata,
});

async function idTokenOf(
  { issuer, clientId, lies }: ForgingProvider,
  nonce: string,
  key: Key,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    ...{ iss: issuer, aud: clientId, sub: 'the-subject', iat: now, exp: now + 60, nonce },
    ...{ email: 'ann@forged.test', email_verified: true },
    ...lies.claims,
  };
  if (lies.sign) return await lies.sign(claims);
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'published' })
    .sign(key.privateKey);
}

function routesOf(forger: ForgingProvider, key: Key): Record<string, Route> {
  const nonces = new Map<string, string>();
  return {
    '/.well-known/openid-configuration': (_url, _request, response) => sendJson(response, metadataOf(forger)),
    '/jwks': (_url, _request, response) => sendJson(response, { keys: [key.jwk] }),
    '/authorize': ({ searchParams }, _request, response) => {
      const code = `code-${nonces.size}`;
      nonces.set(code, searchParams.get('nonce') ?? '');
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      const answer = { code, state: searchParams.get('state') ?? '', ...forger.lies.callback };
      back.search = new URLSearchParams(answer).toString();
      response.writeHead(302, { location: back.href }).end();
    },
    '/token': async (_url, request, response) => {
      const body = await bodyOf(request);
      forger.asked.push(body);
      if (forger.lies.token) return forger.lies.token(response);
      const id_token = await idTokenOf(forger, nonces.get(body.get('code') ?? '') ?? '', key);
      sendJson(response, { access_token: 'access', token_type: 'Bearer', expires_in: 60, id_token });
    },
    '/userinfo': (_url, _request, response) => sendJson(response, forger.lies.userinfo ?? {}),
  };
}

/** Opens it for one client id. Call `close()` in an `after` hook. */
export async function openForgingProvider(clientId: string): Promise<ForgingProvider> {
  const forger: ForgingProvider = {
    ...{ issuer: '', host: '', clientId, lies: {}, asked: [] },
    close: () => new Promise((closed) => server.close(() => closed())),
  };
  const routes = routesOf(forger, await newKey());
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://forger.invalid');
    const route = routes[url.pathname];
    if (route) await route(url, request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  forger.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  forger.issuer = `http://${forger.host}`;
  return forger;
}
