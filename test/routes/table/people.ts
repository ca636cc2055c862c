// Examples of signing in and out, of links by mail, of one's own account, and of what belongs to no company.
import { testPassword } from '#test/company';
import { findSession, openSession } from '#users';
import type { Books } from '../books.ts';
import { sessionOf } from '../callers.ts';
import {
  type Caller,
  type Example,
  type Route,
  type RouteExample,
  type RouteTable,
  send,
} from '../example.ts';

const none = () => ({});
const otherPassword = 'seven brave porcupines';

const credentials = async ({ person }: Books) => ({
  email: (await person('clerk')).email,
  password: testPassword,
});

/** Who is asked about where nobody calls. */
const personOf = ({ owner }: Books, { member }: Caller) => member ?? owner;

/** The id of another session of the caller's. */
async function otherSession(books: Books, caller: Caller): Promise<string> {
  const { house, known } = books;
  const token = await openSession(house.db, personOf(books, caller), { ip: null, userAgent: undefined });
  return known((await findSession(house.db, token))?.id ?? '');
}

const newPassword = { current_password: testPassword, password: otherPassword };
let changed: Caller['member'] = null;
/** The caller's old password is in force again once the route has been let through. */
const passwordChange = {
  make: (_: Books, { member }: Caller) => {
    changed = member;
    return { body: newPassword };
  },
  after: async ({ resetPassword }: Books) => changed && (await resetPassword(changed)),
};

const newPasswordByLink: RouteExample = {
  make: async ({ person, resetToken }) => ({
    body: { token: await resetToken((await person('clerk')).userId), password: otherPassword },
  }),
  ofPersons: true,
};

/** Walks the first steps of changing the company, from the caller's own to the same, and tells where they have led. */
async function switchOf(books: Books, caller: Caller, steps: 1 | 2 | 3): Promise<Example> {
  const { api, company, host } = books;
  const session = await sessionOf(books, personOf(books, caller));
  const go = (route: Route, headers: Record<string, string>, more: object = {}) =>
    send(api.app, route, more, headers);
  const wish = { body: { company: company.tenant.slug } };
  const wished = await go({ method: 'POST', url: '/switch/' }, session, wish);
  const ask = /ask=([\w-]+)/.exec(String(wished.headers.refresh))?.[1] ?? '';
  if (steps === 1) return { query: { ask } };
  const begun = await go({ method: 'GET', url: '/switch/begin/' }, { host }, { query: { ask } });
  const challenge = /challenge=([\w-]+)/.exec(String(begun.headers.location))?.[1] ?? '';
  const grant = { query: { ask, challenge } };
  if (steps === 2) return { ...grant, signIn: session };
  const granted = await go({ method: 'GET', url: '/switch/grant/' }, session, grant);
  const ticket = /ticket=([\w-]+)/.exec(String(granted.headers.location))?.[1] ?? '';
  const cookie = String(begun.headers['set-cookie']).split(';')[0] ?? '';
  return { query: { ticket }, headers: { cookie } };
}

export const signInRoutes: RouteTable = {
  'POST /api/v1/auth/login/': async (books) => ({ body: await credentials(books) }),
  'POST /api/v1/auth/refresh/': async ({ api, person }) => ({
    body: { refresh: (await api.tokens.issue(await person('clerk'))).refresh },
  }),
  'POST /api/v1/auth/logout/': async ({ api, person }) => ({
    headers: { authorization: `Bearer ${(await api.tokens.issue(await person('clerk'))).access}` },
  }),
  'POST /api/v1/auth/switch/': ({ company }) => ({ body: { tenant: company.tenant.slug } }),
  'GET /sign-in/': none,
  'POST /sign-in/': async (books) => ({ body: await credentials(books) }),
  'POST /sign-out/': none,
  'POST /switch/': ({ company }) => ({ body: { company: company.tenant.slug } }),
  'GET /switch/begin/': (books, caller) => switchOf(books, caller, 1),
  'GET /switch/grant/': (books, caller) => switchOf(books, caller, 2),
  'GET /switch/finish/': (books, caller) => switchOf(books, caller, 3),

  'POST /api/v1/auth/password-reset/': async ({ person }) => ({
    body: { email: (await person('clerk')).email },
  }),
  'POST /api/v1/auth/password-reset/confirm/': newPasswordByLink,
  'GET /password-reset/': none,
  'POST /password-reset/': async ({ person }) => ({ body: { email: (await person('clerk')).email } }),
  'GET /password-reset/confirm/': {
    make: async ({ person, resetToken }) => ({
      query: { token: await resetToken((await person('clerk')).userId) },
    }),
    ofPersons: true,
  },
  'POST /password-reset/confirm/': newPasswordByLink,
  'POST /api/v1/invitations/accept/': async ({ invitation }) => ({
    body: { token: (await invitation()).token, name: 'Invited', password: otherPassword },
  }),
  'GET /invitation/': async ({ invitation }) => ({ query: { token: (await invitation()).token } }),
  'POST /invitation/': async ({ invitation }) => ({
    body: { token: (await invitation()).token, name: 'Invited', password: otherPassword },
  }),
};

export const accountRoutes: RouteTable = {
  'GET /api/v1/users/me/': none,
  'POST /api/v1/users/me/password/': passwordChange,
  'GET /api/v1/users/me/sessions/': { make: none, forPeople: true },
  'DELETE /api/v1/users/me/sessions/': none,
  'DELETE /api/v1/users/me/sessions/:id/': async (books, caller) => ({
    params: { id: await otherSession(books, caller) },
  }),
  'GET /api/v1/users/me/sign-ins/': { make: none, forPeople: true },
  'GET /account/': none,
  'POST /account/': (_, { name }) => ({ body: { name: `The ${name}` } }),
  'GET /account/password/': none,
  'POST /account/password/': passwordChange,
  'GET /account/sessions/': none,
  'POST /account/sessions/end/': async (books, caller) => ({
    body: { id: await otherSession(books, caller) },
  }),
  'POST /account/sessions/others/': none,
  'GET /account/sign-ins/': none,
};

/** What belongs to no company, and is open to everybody. */
export const openRoutes: RouteTable = {
  'GET /.well-known/jwks.json': none,
  'GET /api/docs': none,
  'GET /api/docs/json': none,
  'GET /api/docs/yaml': none,
  'GET /api/redoc/': none,
  'GET /api/schema/': none,
  'GET /api/v1/schema/': none,
  'GET /api/v2/schema/': none,
  'GET /assets/:file': async ({ api }) => {
    const page = await api.app.inject({ url: '/password-reset/' });
    return { params: { file: /\/assets\/([^"]+\.css)/.exec(page.body)?.[1] ?? 'none' } };
  },
  'GET /favicon.ico': none,
  'GET /health/live': none,
  'GET /health/ready': none,
};
