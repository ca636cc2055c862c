// Asks every route that reads, and every file that is served, and holds the answers to a content type and out of every cache.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { assetUrl } from '#lib/assets';
import {
  addMember,
  cashSale,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { openSession } from '#users';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let entry: string;
/** The credentials of an owner: a program's and a browser's. */
let known: { authorization: string; cookie: string };

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
  api = await openTestApi(house.db);
  const owner = await addMember(house.db, company, 'owner');
  [entry = ''] = await company.post(cashSale('2024-01-10', '100.00'));
  const session = await openSession(house.db, owner, { ip: '127.0.0.1', userAgent: undefined });
  const { access } = await api.tokens.issue(owner);
  known = { authorization: `Bearer ${access}`, cookie: `himalytix_session=${session}` };
});
after(async () => {
  await api.close();
  await house.close();
});

const get = (url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
  api.app.inject({ url, headers: { host: `${company.tenant.slug}.localhost`, ...headers } });

const pathOf = (url: string) =>
  url
    .replace('*', 'index.html')
    .replace(':code', url.includes('dimensions') ? 'branch' : '1010')
    .replace(':id', url.includes('journal-entries') ? entry : '1')
    .replace(/:\w+/g, 'x');

/** Every page and route that reads, with what a report needs to be one. */
function addresses(): string[] {
  const urls = api.app.guardedRoutes.filter(({ method }) => method === 'GET').map(({ url }) => url);
  return [...new Set(urls)].map((url) =>
    /\/reports\//.test(url)
      ? `${url}?account=1010&from=2024-01-01&to=2024-01-31&as_of=2024-01-31&on=2024-01-31`
      : pathOf(url),
  );
}

/** The two versions of a report's query: some take a day and others days, and each refuses what it does not know. */
function variantsOf(address: string): string[] {
  const [path = '', query] = address.split('?');
  if (query === undefined) return [address];
  const days = 'from=2024-01-01&to=2024-01-31';
  return ['as_of=2024-01-31', days, `account=1010&${days}`].flatMap((asked) =>
    path.startsWith('/api/') ? [`${path}?${asked}`, `${path}?${asked}&format=csv`] : [`${path}?${asked}`],
  );
}

/** What is wrong with the type of an answer: a body has one, and text says that it is UTF-8 (RFC 9110, 8.3). */
function typeFault({ headers, rawPayload }: Pick<LightMyRequestResponse, 'headers' | 'rawPayload'>): string {
  if (rawPayload.length === 0) return '';
  const type = String(headers['content-type'] ?? '');
  if (!/^[\w.+-]+\/[\w.+-]+/.test(type)) return `its type is "${type}"`;
  return /^text\/|[/+]xml\b/.test(type) && !/; ?charset=utf-8/i.test(type) ? `${type} has no charset` : '';
}

/** What belongs to no company and may be kept: documentation, public keys, assets, health. */
const isAnybodys = (url: string) =>
  /^\/(api\/([\w-]+\/)?(docs|redoc|schema)|\.well-known|assets|favicon|health)\b/.test(url);

test('every answer says what it is, and no answer of a company may be kept by a cache', async () => {
  const faults: string[] = [];
  let ofCompany = 0;
  for (const url of addresses().flatMap(variantsOf)) {
    const refused = typeFault(await get(url));
    if (refused) faults.push(`${url}, to nobody: ${refused}`);
    const answer = await get(url, known);
    const fault = typeFault(answer);
    if (fault) faults.push(`${url}: ${fault}`);
    if (answer.statusCode !== 200 || isAnybodys(url)) continue;
    ofCompany += 1;
    if (!/\bno-store\b/.test(String(answer.headers['cache-control']))) faults.push(`${url} may be kept`);
  }
  assert.deepEqual(faults, []);
  assert.ok(ofCompany > 50, `only ${ofCompany} answers were of the company`);
});

test('every file that is served says what it is', async () => {
  const names = ['css', 'js', 'icons'].flatMap((folder) =>
    readdirSync(new URL(`../public/${folder}`, import.meta.url)),
  );
  const paths = [...names, 'tabler.css', 'htmx.js', 'redoc.js'].map(assetUrl);
  const faults: string[] = [];
  for (const path of [...paths, '/favicon.ico', '/assets/x.js', '/nowhere/', '/api/nowhere/']) {
    const fault = typeFault(await get(path));
    if (fault) faults.push(`${path}: ${fault}`);
  }
  assert.deepEqual(faults, []);
});

test('an answer without a type, or with text of no charset, is noticed', () => {
  const answer = (type?: string) => ({ headers: { 'content-type': type }, rawPayload: Buffer.from('x') });
  assert.match(typeFault(answer()), /its type is ""/);
  assert.match(typeFault(answer('text/css')), /text\/css has no charset/);
  assert.match(typeFault(answer('image/svg+xml')), /has no charset/);
  assert.equal(typeFault(answer('application/json')), '');
  assert.equal(typeFault({ ...answer(), rawPayload: Buffer.alloc(0) }), '');
});
