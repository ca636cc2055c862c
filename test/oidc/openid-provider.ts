// A real OpenID provider (oidc-provider) on loopback, at which a person says by a form who they are.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type ClientMetadata } from 'oidc-provider';

/** What the provider says of a person, besides their name at it. */
export type Claims = { email?: string; email_verified?: boolean; name?: string };

/** `people` may be changed at any time; `start` must be called with the clients before anybody comes. */
export type TestProvider = {
  issuer: string;
  host: string;
  people: Map<string, Claims>;
  start(clients: readonly ClientMetadata[]): void;
  /** Makes every answer an error 500 until it is called with false. */
  fail(failing: boolean): void;
  close(): Promise<void>;
};

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** Asks who it is, and takes the answer for proof and for consent. */
async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const form = `<!doctype html><html lang="en"><title>The provider</title><h1>Who are you?</h1>
<form method="post"><label>Name <input name="login"></label><button>Go on</button></form>`;
    response.writeHead(200, { 'content-type': 'text/html' }).end(form);
    return;
  }
  const accountId = (await readForm(request)).get('login') ?? '';
  if (accountId === '') {
    const refusal = { error: 'access_denied', error_description: 'no name' };
    return await provider.interactionFinished(request, response, refusal);
  }
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) });
  grant.addOIDCScope('openid email profile');
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId } });
}

function makeProvider(
  issuer: string,
  people: Map<string, Claims>,
  clients: readonly ClientMetadata[],
): Provider {
  return new Provider(issuer, {
    clients: [...clients],
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people.get(id) }) }),
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    cookies: { keys: ['a key of a test'] },
  });
}

/** Opens the port of the provider. Call `close()` in an `after` hook. */
export async function openTestProvider(): Promise<TestProvider> {
  let provider: Provider | undefined;
  let failing = false;
  const people = new Map<string, Claims>();
  const server: Server = createServer((request, response) => {
    if (failing || !provider) return void response.writeHead(500).end('out of order');
    if (!request.url?.startsWith('/interaction/')) return void provider.callback()(request, response);
    interact(provider, request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer: `http://${host}`,
    host,
    people,
    start: (clients) => {
      provider = makeProvider(`http://${host}`, people, clients);
    },
    fail: (now) => {
      failing = now;
    },
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
