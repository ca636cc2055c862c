// A provider through which a company lets its people sign in, as its row says.
import type { Selectable } from 'kysely';
import type { Db } from '#lib/db';
import type { IdentityProviders } from '#lib/db-types/public';
import { notFound } from '#lib/problem';
import { type DirectoryTx, inDirectoryOf } from '#lib/tenant-tx';
import type { ProviderKind } from './provider-kind.ts';

/** As what somebody new is let in whose address is of that domain. */
export type JoinRule = { domain: string; role: string };

/** `hasSecret` tells whether we have a secret to prove ourselves by; else PKCE alone does. */
export type IdentityProvider = {
  id: string;
  tenantId: string;
  slug: string;
  kind: ProviderKind;
  name: string;
  issuer: string;
  clientId: string;
  hasSecret: boolean;
  scopes: readonly string[];
  enabled: boolean;
  rules: readonly JoinRule[];
  updatedAt: Date;
};

/** A provider with what it takes to speak with it; `sealedSecret` opens with the key ring for secretContext(id) only. */
export type ReachableProvider = IdentityProvider & { sealedSecret: string | null };

/** The place for which a provider's client secret is sealed. */
export const secretContext = (providerId: string) => `identity_providers.client_secret:${providerId}`;

/** What a company may see of its own providers, which is all but the secret. */
const columns = [
  'id',
  'tenant_id',
  'slug',
  'kind',
  'name',
  'issuer',
  'client_id',
  'has_secret',
  'scopes',
  'enabled',
  'rules',
  'updated_at',
] as const;

function providerFromRow(
  row: Pick<Selectable<IdentityProviders>, (typeof columns)[number]>,
): IdentityProvider {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    slug: row.slug,
    kind: row.kind as ProviderKind,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    hasSecret: row.has_secret ?? false,
    scopes: row.scopes,
    enabled: row.enabled,
    rules: row.rules as unknown as JoinRule[],
    updatedAt: row.updated_at,
  };
}

/** The company's providers by name, those too that are switched off. */
export async function listProviders(tx: DirectoryTx, tenantId: string): Promise<IdentityProvider[]> {
  const query = tx.db.selectFrom('identity_providers').select(columns).where('tenant_id', '=', tenantId);
  return (await query.orderBy('name').orderBy('slug').execute()).map(providerFromRow);
}

/** The providers that a company's sign-in page offers. */
export async function enabledProviders(db: Db, tenantId: string): Promise<IdentityProvider[]> {
  const all = await inDirectoryOf(db, { id: tenantId }, (tx) => listProviders(tx, tenantId));
  return all.filter(({ enabled }) => enabled);
}

/** The company's provider of that slug that is switched on, to sign somebody in through. Throws not-found. */
export async function enabledProvider(db: Db, tenantId: string, slug: string): Promise<ReachableProvider> {
  const row = await db.kysely
    .selectFrom('identity_providers')
    .select([...columns, 'client_secret'])
    .where('tenant_id', '=', tenantId)
    .where('slug', '=', slug)
    .where('enabled', '=', true)
    .executeTakeFirst();
  if (!row) throw notFound('identity provider');
  return { ...providerFromRow(row), sealedSecret: row.client_secret };
}

/** The company's provider of that id, held until the transaction ends. Throws not-found, for another company's too. */
export async function requiredProvider(
  tx: DirectoryTx,
  tenantId: string,
  id: string,
): Promise<IdentityProvider> {
  const row = await tx.db
    .selectFrom('identity_providers')
    .select(columns)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('identity provider');
  return providerFromRow(row);
}
