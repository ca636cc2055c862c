// Examples of who may do what: members, roles, duties, invitations, the sign-in policy and API keys.
import type { Books } from '../books.ts';
import type { Caller, Make, RouteTable } from '../example.ts';

const none = () => ({});
const title = 'Made for an example';

const ofMember = async ({ person }: Books) => ({ params: { id: (await person('clerk')).userId } });
const ofRole = async ({ role }: Books) => ({ params: { key: await role() } });
/** A key of the caller's own; who can have none is refused somebody else's. */
const ofOwnKey = async ({ apiKey, owner }: Books, { member, may }: Caller) => ({
  params: { id: await apiKey(may('users.api_key.own') ? member : owner) },
});
const ofInvitation = async ({ invitation }: Books) => (await invitation()).id;
const pair = { one: 'accounting.journal_entry.post', other: 'accounting.journal_entry.approve' };
const withBody =
  (make: Make, body: object): Make =>
  async (books, caller) => ({ ...(await make(books, caller)), body });

const policy = {
  password_min_length: 12,
  password_kinds: 1,
  password_refuse_common: true,
  session_idle_minutes: 60,
  session_hours: 24,
};

export const accessRoutes: RouteTable = {
  'GET /api/v1/permissions/': none,
  'GET /api/v1/roles/': none,
  'POST /api/v1/roles/': ({ fresh }) => ({
    body: { key: fresh(), title, permissions: ['accounting.account.view'] },
  }),
  'GET /api/v1/roles/:key/': ofRole,
  'PATCH /api/v1/roles/:key/': withBody(ofRole, { title }),
  'DELETE /api/v1/roles/:key/': ofRole,
  'GET /settings/roles/': none,
  'GET /settings/roles/new/': none,
  'POST /settings/roles/new/': ({ fresh }) => ({
    body: { key: fresh(), title, permissions: 'accounting.account.view' },
  }),
  'GET /settings/roles/:key/': ofRole,
  'POST /settings/roles/:key/': withBody(ofRole, { title }),
  'POST /settings/roles/:key/removal/': ofRole,

  'GET /api/v1/members/': none,
  'GET /api/v1/members/:id/': ofMember,
  'PATCH /api/v1/members/:id/': async (books) => ({
    ...(await ofMember(books)),
    body: { role: books.names.role },
  }),
  'DELETE /api/v1/members/:id/': ofMember,
  'GET /settings/members/': none,
  'GET /settings/members/:id/': ofMember,
  'POST /settings/members/:id/': async (books) => ({
    ...(await ofMember(books)),
    body: { role: books.names.role },
  }),
  'POST /settings/members/:id/removal/': ofMember,

  'GET /api/v1/duties/': none,
  'PUT /api/v1/duties/': () => ({ body: { approve_above: null, acts_apart: [], permissions_apart: [] } }),
  'GET /api/v1/duties/both/': () => ({ query: pair }),
  'GET /settings/duties/': () => ({ query: pair }),
  'POST /settings/duties/': () => ({ body: { approve_above: '' } }),

  'GET /api/v1/invitations/': none,
  'POST /api/v1/invitations/': ({ address, names }) => ({ body: { email: address(), role: names.role } }),
  'DELETE /api/v1/invitations/:id/': async (books) => ({ params: { id: await ofInvitation(books) } }),
  'GET /settings/invitations/': none,
  'POST /settings/invitations/': ({ address, names }) => ({ body: { email: address(), role: names.role } }),
  'POST /settings/invitations/revoke/': async (books) => ({ body: { id: await ofInvitation(books) } }),

  'GET /api/v1/sign-in-policy/': none,
  'PUT /api/v1/sign-in-policy/': () => ({ body: policy }),
  'GET /settings/sign-in/': none,
  'POST /settings/sign-in/': () => ({ body: policy }),

  'GET /api/v1/api-keys/': none,
  'POST /api/v1/api-keys/': () => ({ body: { name: title } }),
  'DELETE /api/v1/api-keys/:id/': ofOwnKey,
  'GET /account/api-keys/': none,
  'POST /account/api-keys/': () => ({ body: { name: title, days: '30' } }),
  'POST /account/api-keys/:id/revocation/': ofOwnKey,
  'GET /settings/api-keys/': none,
  'POST /settings/api-keys/': () => ({ body: { name: title, role: 'clerk', days: '30' } }),
  'POST /settings/api-keys/:id/revocation/': async ({ apiKey }) => ({ params: { id: await apiKey(null) } }),
};
