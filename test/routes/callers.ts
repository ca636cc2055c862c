// Who calls the routes: every built-in role, and whoever has less, more or other than a role.
import assert from 'node:assert/strict';
import type { TestApi } from '#test/company';
import { findSession, type Member, openSession, roleAllows, roles } from '#users';
import type { Books } from './books.ts';
import { type Caller, type Example, isApi, isReading, type Route } from './example.ts';

/** A right that a clerk does not have, and one that a clerk has. */
const [granted, denied] = ['accounting.period.close', 'accounting.journal_entry.post'];
const scopes = ['accounting.report.view', 'accounting.account.*'];

/** The columns of the matrix, in their order. */
export async function callersOf(books: Books): Promise<Caller[]> {
  const owner = await books.api.as(books.owner);
  const expected = async (answer: ReturnType<typeof owner>) => {
    const { status, body } = await answer;
    assert.ok(status < 300, JSON.stringify(body));
    return body;
  };
  const built: Caller[] = [];
  for (const role of roles)
    built.push({ name: role, member: await books.person(role), may: (name) => roleAllows(role, name) });
  const [bare, changed] = [await books.person('clerk'), await books.person('clerk')];
  const bareRole = { key: 'bare', title: 'Bare', permissions: [] };
  await expected(owner('POST', '/roles/', bareRole));
  await expected(owner('PATCH', `/members/${bare.userId}/`, { role: 'bare' }));
  const change = { granted: [granted], denied: [denied] };
  await expected(owner('PATCH', `/members/${changed.userId}/`, change));
  const wish = { name: 'Narrow', kind: 'service', role: 'accountant', scopes };
  const key = await expected(owner('POST', '/api-keys/', wish));
  return [
    { name: 'nobody', member: null, may: () => false },
    ...built,
    { name: 'bare', member: { ...bare, role: 'bare' }, may: () => false },
    {
      name: 'clerk±',
      member: changed,
      may: (name) => name === granted || (name !== denied && roleAllows('clerk', name)),
    },
    {
      name: 'key',
      member: null,
      key: String(key.secret),
      may: (name) => /^accounting\.(report\.view|account\.\w+)$/.test(name) && roleAllows('accountant', name),
    },
  ];
}

/** What the columns mean, for the head of the matrix. */
export const legend = `bare: a role of the company’s own that holds no permission. clerk±: a clerk who was granted ${granted} and denied ${denied}.
key: an API key of the company’s own, an accountant’s, narrowed to ${scopes.join(' and ')}.`;

type Headers = Record<string, string>;

/** A session of a member: the headers of a browser that has it. */
export async function sessionOf({ house, host }: Books, member: Member): Promise<Headers> {
  const token = await openSession(house.db, member, { ip: '10.0.0.1', userAgent: undefined });
  const csrf = (await findSession(house.db, token))?.csrfToken ?? '';
  return { host, cookie: `himalytix_session=${token}`, 'x-csrf-token': csrf };
}

async function tokenOf(api: TestApi, { member, key }: Caller): Promise<Headers> {
  const secret = key ?? (member && (await api.tokens.issue(member)).access);
  return secret ? { authorization: `Bearer ${secret}` } : {};
}

/** The sign-ins that were made for a caller, until a route may have ended them. */
const kept = new WeakMap<Caller, { api?: Headers; page?: Headers }>();

/** The headers with which somebody calls a route; by a sign-in of its own where it is about signing in and out. */
export async function headersOf(
  books: Books,
  caller: Caller,
  route: Route & { permission: string },
  { signIn }: Example,
): Promise<Headers> {
  const door = isApi(route) ? 'api' : 'page';
  const host = door === 'api' ? 'localhost' : books.host;
  if (caller.member && signIn) return { host, ...signIn };
  const known = kept.get(caller) ?? {};
  const headers = known[door] ?? { host, ...(await credentialsOf(books, caller, door)) };
  const mayEnd = ['public', 'signed-in'].includes(route.permission) && !isReading(route);
  if (mayEnd) kept.delete(caller);
  else kept.set(caller, { ...known, [door]: headers });
  return headers;
}

async function credentialsOf(books: Books, caller: Caller, door: 'api' | 'page'): Promise<Headers> {
  if (door === 'api') return await tokenOf(books.api, caller);
  return caller.member ? await sessionOf(books, caller.member) : {};
}
