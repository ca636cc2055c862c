// The pages of API keys: one's own in the account, the company's in the settings.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type PageContext, sendPage } from '#dashboard';
import type { Db } from '#lib/db';
import type { Html } from '#lib/html';
import { notFound } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import { mayMakeKey } from '../api-keys/ask-for-key.ts';
import { createApiKey, type NewApiKey, revokeApiKey } from '../api-keys/keep-api-keys.ts';
import { type ApiKeyFilter, listApiKeys } from '../api-keys/list-api-keys.ts';
import { ownApiKeysPage } from './account/api-keys-page.ts';
import type { ApiKeysView, KeyedApiKey } from './api-keys-view.ts';
import { faultsOfForm, sentText } from './form-field.ts';
import { pageContextOf } from './page-context-of.ts';
import { companyApiKeysPage } from './settings/api-keys-page.ts';

/** One of the two pages: where it is, what it asks for, whose keys it lists, and for whom it makes them. */
type KeyPage = {
  address: string;
  permissions: { see: string; make: string };
  page(context: PageContext, view: ApiKeysView): Html;
  filter(request: FastifyRequest): ApiKeyFilter;
  forWhom(request: FastifyRequest): NewApiKey['for'];
  /** Whose keys may be revoked here; undefined for all of the company. */
  revocable(request: FastifyRequest): string | undefined;
};

const own = ({ actor }: FastifyRequest): string => actor.userId ?? '';

const pages: readonly KeyPage[] = [
  {
    address: '/account/api-keys/',
    permissions: { see: 'users.api_key.view', make: 'users.api_key.own' },
    page: ownApiKeysPage,
    filter: (request) => ({ userId: own(request) }),
    forWhom: (request) => ({ userId: own(request) }),
    revocable: own,
  },
  {
    address: '/settings/api-keys/',
    permissions: { see: 'users.service_key.view', make: 'users.service_key.manage' },
    page: companyApiKeysPage,
    filter: () => ({}),
    forWhom: ({ body }) => ({ role: sentText(body, 'role') }),
    revocable: () => undefined,
  },
];

const keyedIn = ({ body }: FastifyRequest): KeyedApiKey => ({
  name: sentText(body, 'name'),
  role: sentText(body, 'role'),
  scopes: sentText(body, 'scopes'),
  days: sentText(body, 'days'),
});

/** The key that a form asks for; without any scope it is not narrowed. */
function wanted(keyed: KeyedApiKey, forWhom: NewApiKey['for']): NewApiKey {
  const scopes = keyed.scopes.split(/[\s,]+/).filter((scope) => scope !== '');
  const expiresInDays = /^\d{1,4}$/.test(keyed.days) ? Number(keyed.days) : 0;
  return { name: keyed.name, for: forWhom, scopes: scopes.length > 0 ? scopes : null, expiresInDays };
}

function keyPageRoutes(app: FastifyInstance, db: Db, page: KeyPage): void {
  const { address, permissions } = page;
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    view: Omit<ApiKeysView, 'keys'>,
    status: number,
  ) => {
    const keys = await listApiKeys(db, request.tenant.id, page.filter(request));
    return await sendPage(reply, page.page(pageContextOf(request), { keys, ...view }), status);
  };

  app.get(address, { config: { permission: permissions.see } }, (request, reply) =>
    answer(request, reply, {}, 200),
  );

  // The answer itself shows the secret, as no later page can.
  app.post(address, { config: { permission: permissions.make } }, async (request, reply) => {
    const { actor, tenant } = request;
    const [keyed, forWhom] = [keyedIn(request), page.forWhom(request)];
    mayMakeKey(actor, forWhom);
    try {
      const key = wanted(keyed, forWhom);
      const made = await inDirectory(db, (tx) => createApiKey(tx, tenant.id, key, actor.userId), actor);
      return await answer(request, reply, { made }, 201);
    } catch (error) {
      return await answer(request, reply, { keyed, faults: faultsOfForm(error) }, 422);
    }
  });

  app.post(
    `${address}:id/revocation/`,
    { config: { permission: permissions.make } },
    async (request, reply) => {
      const { actor, tenant } = request;
      const { id } = request.params as { id: string };
      if (!/^[0-9a-f-]{36}$/.test(id)) throw notFound('API key');
      const whose = page.revocable(request);
      await inDirectory(db, (tx) => revokeApiKey(tx, tenant.id, id, actor.userId, whose), actor);
      return await reply.redirect(address, 303);
    },
  );
}

/** GET and POST /account/api-keys/ and /settings/api-keys/, and POST {id}/revocation/ below both. */
export function apiKeyPageRoutes(app: FastifyInstance, { db }: { db: Db }): void {
  for (const page of pages) keyPageRoutes(app, db, page);
}
