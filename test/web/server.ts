// Puts the whole program on sockets, once as it is reached by http and once as by https, and talks to it byte by byte.
import { request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import {
  addMember,
  createCompany,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
  testApiOf,
  testConfig,
} from '#test/company';
import { findSession, type Member, openSession, sessionCookie } from '#users';
import { buildApp } from '../../src/app.ts';

export type Headers = Record<string, string | string[]>;
export type Answer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
};
export type Request = { method?: string; path: string; headers?: Headers; body?: string };

/** A running program; `https` says what its public address is. */
export type Server = {
  api: TestApi;
  https: boolean;
  port: number;
  /** Sends a request to the company's host, unless the headers name another. */
  send(request: Request): Promise<Answer>;
  /** Sends bytes as they are and returns what came until the server hung up. */
  sendRaw(bytes: string): Promise<string>;
  /** The headers of a new session: cookie, and the token of its forms. */
  session(): Promise<{ cookie: string; 'x-csrf-token': string }>;
  bearer(): Promise<string>;
};

/** A company with an owner, served twice. */
export type Web = {
  house: TestHouse;
  company: TestCompany;
  owner: Member;
  plain: Server;
  https: Server;
  both: Server[];
  /** One more server, with this environment. */
  serve(env: Record<string, string>): Promise<Server>;
  close(): Promise<void>;
};

function sendTo(port: number, host: string) {
  return ({ method = 'GET', path, headers = {}, body }: Request): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, method, path, headers: { host, ...headers }, agent: false };
      const sent = request(options, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
        );
        answer.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
}

function sendRawTo(port: number) {
  return (bytes: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      let answer = '';
      socket.on('error', () => {});
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('close', () => resolve(answer));
      // A connection that is kept open has said all by then.
      socket.setTimeout(1000, () => socket.destroy());
      socket.write(bytes);
    });
}

/** Opens a company and its two servers; `prepare` may add routes to them. */
export async function openWeb(prepare?: Parameters<typeof testApiOf>[2]): Promise<Web> {
  const house = await openTestHouse(6);
  const company = await createCompany(house.db);
  const owner = await addMember(house.db, company, 'owner');
  const opened: TestApi[] = [];
  const serve = async (env: Record<string, string>): Promise<Server> => {
    const app = await buildApp(testConfig(env), house.db);
    const api = await testApiOf(house.db, app, prepare);
    opened.push(api);
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = api.app.server.address() as AddressInfo;
    const https = env.HIMALYTIX_PUBLIC_URL?.startsWith('https:') === true;
    const session = async () => {
      const token = await openSession(house.db, owner, { ip: '127.0.0.1', userAgent: undefined });
      const csrf = (await findSession(house.db, token))?.csrfToken ?? '';
      return { cookie: `${https ? '__Host-' : ''}${sessionCookie}=${token}`, 'x-csrf-token': csrf };
    };
    const bearer = async () => `Bearer ${(await api.tokens.issue(owner)).access}`;
    const host = `${company.tenant.slug}.localhost`;
    return { api, https, port, send: sendTo(port, host), sendRaw: sendRawTo(port), session, bearer };
  };
  const plain = await serve({});
  const https = await serve({ HIMALYTIX_PUBLIC_URL: 'https://localhost', HIMALYTIX_TRUST_PROXY: 'true' });
  const close = async () => {
    // Not by api.close(): the document of the API does not tell of what is refused before any route.
    for (const { app } of opened) await app.close();
    await house.close();
  };
  return { house, company, owner, plain, https, both: [plain, https], serve, close };
}

const nobodysId = '01930000-0000-7000-8000-000000000000';

/** An address of a route, its parameters filled in with what is of the right kind and there or not. */
export function pathOf(url: string): string {
  const numbered = /\/(periods|fiscal-years)\/:id/.test(url);
  return url
    .replace('*', 'index.html')
    .replace(':code', url.includes('dimensions') ? 'branch' : url.includes('series') ? 'JV' : '1010')
    .replace(':currency', 'EUR')
    .replace(':date', '2024-01-31')
    .replace(':id', numbered ? '1' : nobodysId)
    .replace(/:\w+/g, 'x');
}

export const formType = { 'content-type': 'application/x-www-form-urlencoded' };
