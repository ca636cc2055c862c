// A provider through which a company lets its people sign in, as its row says.
import type { Selectable } from 'kysely';
import type { Db } from '#lib/db';
import type { IdentityProviders } from '#lib/db-types/public';
import { notFound } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import type { Role } from '../roles.ts';
import type { ProviderKind } from './provider-kind.ts';

/** As what somebody new is let in whose address is of that domain. */
export type JoinRule = { domain: string; role: Role };

/** `sealedSecret` opens with the key ring for secretContext(id) only. */
export type IdentityProvider = {
  id: string;
  tenantId: string;
  slug: string;
  kind: ProviderKind;
  name: string;
  issuer: string;
  clientId: string;
  sealedSecret: string | null;
  scopes: readonly string[];
  enabled: boolean;
  rules: readonly JoinRule[];
  updatedAt: Date;
};

/** The place for which a provider's client secret is sealed. */
export const secretContext = (providerId: string) => `identity_providers.client_secret:${providerId}`;

function providerFromRow(row: Selectable<IdentityProviders>): IdentityProvider {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    slug: row.slug,
    kind: row.kind as ProviderKind,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    sealedSecret: row.client_secret,
    scopes: row.scopes,
    enabled: row.enabled,
    rules: row.rules as unknown as JoinRule[],
    updatedAt: row.updated_at,
  };
}

/** The company's providers by name, those too that are switched off. */
export async function listProviders(db: Db, tenantId: string): Promise<IdentityProvider[]> {
  const query = db.kysely.selectFrom('identity_providers').selectAll().where('tenant_id', '=', tenantId);
  return (await query.orderBy('name').orderBy('slug').execute()).map(providerFromRow);
}

/** The providers that a company's sign-in page offers. */
export async function enabledProviders(db: Db, tenantId: string): Promise<IdentityProvider[]> {
  return (await listProviders(db, tenantId)).filter(({ enabled }) => enabled);
}

/** The company's provider of that slug that is switched on. Throws not-found. */
export async function enabledProvider(db: Db, tenantId: string, slug: string): Promise<IdentityProvider> {
  const found = (await enabledProviders(db, tenantId)).find((each) => each.slug === slug);
  if (!found) throw notFound('identity provider');
  return found;
}

/** The company's provider of that id, held until the transaction ends. Throws not-found, for another company's too. */
export async function requiredProvider(
  tx: DirectoryTx,
  tenantId: string,
  id: string,
): Promise<IdentityProvider> {
  const row = await tx.db
    .selectFrom('identity_providers')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('identity provider');
  return providerFromRow(row);
}
