// Examples of second factors: a sign-in that asks for one, proving once more who one is, one's own factors, and who must have one.
import { inDirectory, systemActor } from '#lib/tenant-tx';
import { testPassword } from '#test/company';
import { codeOf, setUpApp } from '#test/factors';
import { testKeyRing } from '#test/secret-keys';
import { enrolmentSecret, findSession, type Member, setSecondFactorDemand } from '#users';
import type { Books } from '../books.ts';
import { sessionOf } from '../callers.ts';
import { type Caller, type Example, type RouteTable, send } from '../example.ts';

const none = () => ({});
const noKey = 'no passkey has answered; test/browser/second-factors.ts has one that does';
const password = testPassword;

/** Somebody new with an authenticator app, and the code that it shows. */
async function withApp({ house, person }: Books, role: string) {
  const member = await person(role);
  const { secret } = await setUpApp(house.db, member.userId);
  return { member, code: codeOf(secret) };
}

/** The headers of a browser that has told the password, and is asked for more. */
async function underWay({ api, host }: Books, { email }: Member): Promise<Example> {
  const route = { method: 'POST', url: '/sign-in/' };
  const { headers } = await send(api.app, route, { body: { email, password } }, { host });
  const pending = [headers['set-cookie']].flat().find((each) => each?.startsWith('himalytix_pending='));
  return { headers: { cookie: pending?.split(';')[0] ?? '' } };
}

const asked = async (books: Books) => underWay(books, (await withApp(books, 'clerk')).member);

/** Somebody without a factor, of the role that must have one. */
async function demanded(books: Books): Promise<{ member: Member; example: Example }> {
  const { house, company, names, person } = books;
  const demand = { everybody: false, roles: [names.role] };
  await inDirectory(
    house.db,
    (tx) => setSecondFactorDemand(tx, company.tenant.id, demand, demand.roles),
    systemActor,
  );
  const member = await person(names.role);
  return { member, example: await underWay(books, member) };
}

const newAppCode = async ({ house }: Books, userId: string, holder: string) =>
  codeOf(await enrolmentSecret(house.db, testKeyRing, { userId, holder }));

/** A sign-in of somebody new with the caller's role, so that the callers go on having no factor. */
async function newcomer(books: Books, { member: caller }: Caller, has: 'app' | 'none') {
  const role = caller?.role ?? 'owner';
  const member = has === 'app' ? (await withApp(books, role)).member : await books.person(role);
  return { member, signIn: await sessionOf(books, member) };
}

const ofMember = async (books: Books) => (await withApp(books, 'clerk')).member.userId;

export const secondFactorRoutes: RouteTable = {
  'POST /api/v1/auth/login/second-factor/': async (books) => {
    const { member, code } = await withApp(books, 'clerk');
    const headers = { 'x-tenant': books.company.tenant.slug };
    const route = { method: 'POST', url: '/api/v1/auth/login/' };
    const body = { email: member.email, password };
    const { pending } = (await send(books.api.app, route, { body }, headers)).json();
    return { body: { pending, otp: code } };
  },
  'GET /sign-in/second-factor/': asked,
  'POST /sign-in/second-factor/': async (books) => {
    const { member, code } = await withApp(books, 'clerk');
    return { ...(await underWay(books, member)), body: { code } };
  },
  'POST /sign-in/second-factor/options/': asked,
  'GET /sign-in/second-factor/set-up/': async (books) => (await demanded(books)).example,
  'POST /sign-in/second-factor/set-up/': async (books) => {
    const { member, example } = await demanded(books);
    const text = 'select id from pending_sign_ins where user_id = $1';
    const { rows } = await books.house.superuser.query(text, [member.userId]);
    return { ...example, body: { code: await newAppCode(books, member.userId, rows[0]?.id) } };
  },
  'POST /sign-in/second-factor/set-up/options/': async (books) => (await demanded(books)).example,
  'POST /sign-in/passkey/options/': none,
  'POST /sign-in/passkey/': {
    make: () => ({ body: { passkey: '{}' } }),
    answers: { status: 400, because: noKey },
  },

  'POST /api/v1/auth/confirm/': () => ({ body: { password } }),
  'GET /account/confirm/': none,
  'POST /account/confirm/': () => ({ body: { password } }),
  'POST /account/confirm/form/': () => ({ query: { to: '/account/', next: '/' }, body: { name: 'Kept' } }),
  'POST /account/confirm/options/': none,

  'GET /account/security/': none,
  'GET /account/security/app/': none,
  'POST /account/security/app/': async (books, caller) => {
    const { member, signIn } = await newcomer(books, caller, 'none');
    const token = signIn.cookie?.split('=')[1] ?? '';
    const { id = '' } = (await findSession(books.house.db, token)) ?? {};
    return { signIn, body: { code: await newAppCode(books, member.userId, id) } };
  },
  'POST /account/security/passkeys/options/': none,
  'POST /account/security/passkeys/': {
    make: () => ({ body: { passkey: '{}', name: 'Made for an example' } }),
    answers: { status: 400, because: noKey },
  },
  'POST /account/security/remove/': async (books, caller) => ({
    signIn: (await newcomer(books, caller, 'app')).signIn,
    body: { factor: 'app' },
  }),
  'POST /account/security/recovery-codes/': async (books, caller) => ({
    signIn: (await newcomer(books, caller, 'app')).signIn,
  }),

  'GET /api/v1/sign-in-policy/second-factor/': none,
  'PUT /api/v1/sign-in-policy/second-factor/': ({ names }) => ({
    body: { everybody: false, roles: [names.role] },
  }),
  'DELETE /api/v1/members/:id/second-factors/': async (books) => ({ params: { id: await ofMember(books) } }),
  'POST /settings/sign-in/second-factor/': ({ names }) => ({
    body: { of: 'roles', [`role-${names.role}`]: 'true' },
  }),
  'POST /settings/sign-in/second-factor/reset/': async (books) => ({
    body: { user_id: await ofMember(books) },
  }),
};
