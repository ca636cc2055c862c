// A server that signs people in as GitHub's documentation says: OAuth 2.0 without ID tokens, and an API that tells who it is.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Email = { email: string; verified: boolean; primary: boolean };

/** Somebody with an account there. */
export type GithubUser = { id: number; login: string; name: string | null; emails: Email[] };

/** `user` is who is signed in there in every browser; `base` is the address of the server. */
export type GithubServer = { base: string; host: string; user: GithubUser; close(): Promise<void> };

type Code = { challenge: string; redirectUri: string; user: GithubUser };

const answer = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

type App = { id: string; secret: string };
type Issued = { codes: Map<string, Code>; tokens: Map<string, GithubUser> };

function authorize(
  app: App,
  user: GithubUser,
  { codes }: Issued,
  asked: URLSearchParams,
  response: ServerResponse,
) {
  const known = asked.get('client_id') === app.id && asked.get('code_challenge_method') === 'S256';
  if (!known) return response.writeHead(404).end();
  const [code, redirectUri] = [randomBytes(10).toString('hex'), asked.get('redirect_uri') ?? ''];
  codes.set(code, { challenge: asked.get('code_challenge') ?? '', redirectUri, user });
  const back = new URL(redirectUri);
  back.searchParams.set('code', code);
  back.searchParams.set('state', asked.get('state') ?? '');
  return response.writeHead(302, { location: back.href }).end();
}

// GitHub answers errors of this endpoint with 200, too.
function exchange(app: App, { codes, tokens }: Issued, sent: URLSearchParams, response: ServerResponse) {
  const code = codes.get(sent.get('code') ?? '');
  codes.delete(sent.get('code') ?? '');
  const challenge = createHash('sha256')
    .update(sent.get('code_verifier') ?? '')
    .digest('base64url');
  const fits = code?.challenge === challenge && code.redirectUri === sent.get('redirect_uri');
  const ours = sent.get('client_id') === app.id && sent.get('client_secret') === app.secret;
  if (!ours) return answer(response, { error: 'incorrect_client_credentials' });
  if (!code || !fits) return answer(response, { error: 'bad_verification_code' });
  const token = `gho_${randomBytes(18).toString('hex')}`;
  tokens.set(token, code.user);
  return answer(response, { access_token: token, scope: 'read:user,user:email', token_type: 'bearer' });
}

function tell({ tokens }: Issued, path: string, request: IncomingMessage, response: ServerResponse) {
  const user = tokens.get(/^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
  if (!request.headers['user-agent']) return answer(response, { message: 'Forbidden' }, 403);
  if (!user) return answer(response, { message: 'Bad credentials' }, 401);
  const { emails, ...profile } = user;
  if (path === '/api/v3/user') return answer(response, { ...profile, email: emails[0]?.email });
  if (path === '/api/v3/user/emails') return answer(response, emails);
  return answer(response, { message: 'Not Found' }, 404);
}

/** Opens it for one OAuth app. Call `close()` in an `after` hook. */
export async function openGithubServer(app: App): Promise<GithubServer> {
  const issued: Issued = { codes: new Map(), tokens: new Map() };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://github.invalid');
    if (pathname === '/login/oauth/authorize') authorize(app, github.user, issued, searchParams, response);
    else if (pathname === '/login/oauth/access_token') exchange(app, issued, await bodyOf(request), response);
    else tell(issued, pathname, request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const github: GithubServer = {
    base: `http://${host}`,
    host,
    user: { id: 1, login: 'nobody', name: null, emails: [] },
    close: () => new Promise((closed) => server.close(() => closed())),
  };
  return github;
}
