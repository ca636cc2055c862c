// Examples of signing in through providers, of managing them and the domains that a company has proved, and of linked accounts.
import type { Books } from '../books.ts';
import type { Caller, RouteTable } from '../example.ts';

const none = () => ({});

const client = { client_id: 'the-client', client_secret: 'not to be told' };
const byId = async ({ provider }: Books) => ({ params: { id: (await provider()).id } });
const bySlug = async ({ provider }: Books) => ({ params: { provider: (await provider()).slug } });
const ofDomain = async ({ domain }: Books) => ({ params: { domain: await domain() } });
const ofLinked = async ({ provider, link, owner }: Books, { member }: Caller) => {
  const { id, slug } = await provider();
  await link(id, (member ?? owner).userId);
  return { params: { provider: slug } };
};
const form = { name: 'Made for an example', ...client, scopes: 'read:user user:email', enabled: 'true' };

export const providerRoutes: RouteTable = {
  'GET /api/v1/identity-providers/': none,
  'POST /api/v1/identity-providers/': ({ fresh }) => ({
    body: { kind: 'github', slug: fresh(), ...client },
  }),
  'GET /api/v1/identity-providers/:id/': byId,
  'PATCH /api/v1/identity-providers/:id/': async (books) => ({
    ...(await byId(books)),
    body: { name: 'Made for an example' },
  }),
  'DELETE /api/v1/identity-providers/:id/': byId,
  'GET /settings/sign-in/providers/': none,
  'GET /settings/sign-in/providers/new/': none,
  'POST /settings/sign-in/providers/new/': ({ fresh }) => ({
    query: { kind: 'github' },
    body: { ...form, slug: fresh() },
  }),
  'GET /settings/sign-in/providers/:id/edit/': byId,
  'POST /settings/sign-in/providers/:id/edit/': async (books) => ({ ...(await byId(books)), body: form }),
  'POST /settings/sign-in/providers/:id/removal/': byId,

  'GET /api/v1/email-domains/': none,
  'POST /api/v1/email-domains/': ({ fresh }) => ({ body: { domain: `${fresh()}.example.com` } }),
  'DELETE /api/v1/email-domains/:domain/': ofDomain,
  'POST /api/v1/email-domains/:domain/verification/': ofDomain,
  'POST /settings/sign-in/domains/': ({ fresh }) => ({ body: { domain: `${fresh()}.example.com` } }),
  'POST /settings/sign-in/domains/:domain/removal/': ofDomain,
  'POST /settings/sign-in/domains/:domain/verification/': ofDomain,

  'GET /sign-in/oidc/:provider/': bySlug,
  'GET /sign-in/oidc/:provider/callback/': {
    make: async (books) => ({ ...(await bySlug(books)), headers: { cookie: 'himalytix_provider=none' } }),
    answers: { status: 401, because: 'no provider has answered; src/users/oidc/ walks the whole way' },
  },
  'GET /account/linked/': none,
  'POST /account/linked/:provider/': bySlug,
  'POST /account/linked/:provider/removal/': ofLinked,
};
