// What a company's owner does about providers and domains, each as one step with its own transaction, for pages and API alike.
import { type Fault, notFound, Problem } from '#lib/problem';
import { type Actor, inDirectoryOf, type Tenant } from '#lib/tenant-tx';
import {
  addEmailDomain,
  type EmailDomain,
  listEmailDomains,
  removeEmailDomain,
  verifyByDns,
} from './email-domain.ts';
import { type IdentityProvider, listProviders } from './identity-provider.ts';
import { joinRoles } from './join-rules.ts';
import { faultAt, issuerOf, type NewProvider, type ProviderChanges } from './provider-facts.ts';
import type { ProviderServices } from './provider-sign-in.ts';
import { changeProvider, createProvider, deleteProvider, type Saving } from './save-provider.ts';

/** Whose providers they are, and who does it. */
export type Managing = { tenant: Tenant; actor: Actor };

/** The company's provider of that id. Throws not-found. */
export async function providerOf(
  { db }: ProviderServices,
  { tenant }: Pick<Managing, 'tenant'>,
  id: string,
): Promise<IdentityProvider> {
  const all = await inDirectoryOf(db, tenant, (tx) => listProviders(tx, tenant.id));
  const found = all.find((each) => each.id === id);
  if (!found) throw notFound('identity provider');
  return found;
}

/** Asks the provider that is to be added who it is, so that a wrong issuer is told when it is keyed. */
async function issuerFaults({ clientOf, providers }: ProviderServices, input: NewProvider): Promise<Fault[]> {
  const { kind, issuer = null, client_id: clientId = '' } = input;
  if ((kind !== 'oidc' && kind !== 'microsoft') || clientId === '') return [];
  const found = issuerOf(kind, issuer?.trim() ?? '', providers.allowedInternalHosts);
  if ('fault' in found) return [];
  const asked = {
    id: 'new',
    kind,
    issuer: found.issuer,
    clientId,
    sealedSecret: null,
    updatedAt: new Date(),
  };
  try {
    await clientOf(asked);
    return [];
  } catch {
    return [faultAt('/issuer', `no OpenID provider answers as ${found.issuer}`, 'users/issuer-silent')];
  }
}

function savingOf(
  { providers, permissions }: ProviderServices,
  actor: Actor,
  known: readonly Fault[],
): Saving {
  return { ...providers, by: actor.userId === null ? null : actor, declared: permissions, known };
}

/** Adds a provider. Throws an invalid Problem that names every wrong fact, `known` ones among them. */
export async function addProvider(
  services: ProviderServices,
  { tenant, actor }: Managing,
  input: NewProvider,
  known: readonly Fault[] = [],
): Promise<IdentityProvider> {
  const all = [...known, ...(await issuerFaults(services, input))];
  const saving = savingOf(services, actor, all);
  const id = await inDirectoryOf(
    services.db,
    tenant,
    (tx) => createProvider(tx, tenant.id, input, saving),
    actor,
  );
  return await providerOf(services, { tenant }, id);
}

/** Changes a provider; what is left out stays. Throws not-found, or an invalid Problem that names every wrong fact. */
export async function editProvider(
  services: ProviderServices,
  { tenant, actor, id }: Managing & { id: string },
  changes: ProviderChanges,
  known: readonly Fault[] = [],
): Promise<IdentityProvider> {
  const place = { tenantId: tenant.id, id };
  const saving = savingOf(services, actor, known);
  await inDirectoryOf(services.db, tenant, (tx) => changeProvider(tx, place, changes, saving), actor);
  return await providerOf(services, { tenant }, id);
}

/** Takes a provider away. Throws not-found. */
export async function removeProvider(
  { db }: ProviderServices,
  { tenant, actor, id }: Managing & { id: string },
): Promise<void> {
  await inDirectoryOf(db, tenant, (tx) => deleteProvider(tx, tenant.id, id), actor);
}

/** The roles that a rule of the company may give. */
export async function rolesForRules(
  { db, permissions }: Pick<ProviderServices, 'db' | 'permissions'>,
  tenant: Pick<Tenant, 'id'>,
): Promise<{ key: string; title: string }[]> {
  return await inDirectoryOf(db, tenant, (tx) => joinRoles(tx, tenant.id, permissions));
}

/** The company's providers and its e-mail domains. */
export async function providersAndDomains(
  { db }: Pick<ProviderServices, 'db'>,
  tenant: Pick<Tenant, 'id'>,
): Promise<{ providers: IdentityProvider[]; domains: EmailDomain[] }> {
  return await inDirectoryOf(db, tenant, async (tx) => ({
    providers: await listProviders(tx, tenant.id),
    domains: await listEmailDomains(tx, tenant.id),
  }));
}

/** Notes an e-mail domain to be proved. Throws invalid for what is none. */
export async function noteDomain(
  { db }: ProviderServices,
  { tenant, actor }: Managing,
  domain: string,
): Promise<EmailDomain> {
  return await inDirectoryOf(db, tenant, (tx) => addEmailDomain(tx, tenant.id, domain), actor);
}

/** Looks for the proof of a domain in the DNS. Throws not-found, or invalid while it is not there. */
export async function checkDomain(
  { db, providers }: ProviderServices,
  { tenant, actor }: Managing,
  domain: string,
): Promise<EmailDomain> {
  return await verifyByDns(db, tenant.id, domain, { resolveTxt: providers.resolveTxt, actor });
}

/** Forgets a domain. Throws not-found, or a conflict while a rule speaks of it. */
export async function forgetDomain(
  { db }: ProviderServices,
  { tenant, actor }: Managing,
  domain: string,
): Promise<void> {
  await inDirectoryOf(db, tenant, (tx) => removeEmailDomain(tx, tenant.id, domain), actor);
}

/** The detail of a Problem that a form can show. Rethrows everything else. */
export function tellable(error: unknown): Problem {
  if (error instanceof Problem && (error.kind === 'invalid' || error.kind === 'conflict')) return error;
  throw error;
}
