// Adds, changes and takes away the providers of a company; the company's audit log says so, and never a secret.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import { noteChange } from '#lib/audit/note-change';
import type { KeyRing } from '#lib/key-ring';
import { type Fault, invalid, mergeFaults } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { type IdentityProvider, requiredProvider, secretContext } from './identity-provider.ts';
import { type RuleMaker, readRules, ruleFaults } from './join-rules.ts';
import {
  factFaults,
  faultAt,
  issuerOf,
  type NewProvider,
  type ProviderChanges,
  type ProviderFacts,
  secretFaults,
} from './provider-facts.ts';
import { presets } from './provider-kind.ts';

/** What saving needs beside the transaction: the keys for the secret, and which inner hosts an issuer may be. */
export type ProviderKeeper = { keyRing: KeyRing; allowedInternalHosts: readonly string[] };

/** One act of saving: who does it, and which faults of what was keyed are known already. */
export type Saving = ProviderKeeper & RuleMaker & { known: readonly Fault[] };

type SecretState = 'none' | 'set' | 'changed';
const told = (facts: ProviderFacts, secret: SecretState) => ({ ...facts, client_secret: secret });

const columnsOf = ({ name, client_id, scopes, enabled, rules }: ProviderFacts) => ({
  name,
  client_id,
  scopes,
  enabled,
  rules: JSON.stringify(rules),
});

function newFacts(input: NewProvider, keeper: ProviderKeeper): { facts: ProviderFacts; faults: Fault[] } {
  const { kind = 'oidc' } = input;
  const preset = presets[kind];
  const found = issuerOf(kind, input.issuer?.trim() ?? '', keeper.allowedInternalHosts);
  const faults = 'fault' in found ? [faultAt('/issuer', found.fault)] : [];
  if (input.kind === undefined) faults.push(faultAt('/kind', 'a provider is of a kind'));
  const facts = {
    slug: input.slug ?? preset.slug,
    kind,
    name: (input.name ?? preset.name).trim(),
    issuer: 'issuer' in found ? found.issuer : '',
    client_id: input.client_id?.trim() ?? '',
    scopes: [...(input.scopes ?? preset.scopes)],
    enabled: input.enabled ?? true,
    rules: readRules(input.rules),
  };
  return { facts, faults };
}

async function slugFaults(tx: DirectoryTx, tenantId: string, slug: string): Promise<Fault[]> {
  const taken = await tx.db
    .selectFrom('identity_providers')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('slug', '=', slug)
    .executeTakeFirst();
  return taken ? [faultAt('/slug', `there is a provider ${slug} already`, 'users/provider-slug-taken')] : [];
}

/** Adds a provider and returns its id. Throws an invalid Problem that names every wrong fact, those among them that are known already. */
export async function createProvider(
  tx: DirectoryTx,
  tenantId: string,
  input: NewProvider,
  saving: Saving,
): Promise<string> {
  const { facts, faults } = newFacts(input, saving);
  const secret = input.client_secret ?? null;
  const all = mergeFaults(
    saving.known,
    faults,
    factFaults(facts),
    await ruleFaults(tx, tenantId, { rules: facts.rules, before: [] }, saving),
    secretFaults(facts.kind, secret),
    await slugFaults(tx, tenantId, facts.slug),
  );
  if (all.length > 0) throw invalid(all, 'users/provider-invalid');
  const id = randomUUIDv7();
  const { slug, kind, issuer } = facts;
  const client_secret = secret === null ? null : saving.keyRing.seal(secret, secretContext(id));
  await tx.db
    .insertInto('identity_providers')
    .values({ id, tenant_id: tenantId, slug, kind, issuer, client_secret, ...columnsOf(facts) })
    .execute();
  await noteChange(tx, tenantId, {
    subject: 'identity_provider',
    subjectId: id,
    action: 'create',
    before: null,
    after: told(facts, secret === null ? 'none' : 'set'),
  });
  return id;
}

const factsOf = (provider: IdentityProvider): ProviderFacts => ({
  slug: provider.slug,
  kind: provider.kind,
  name: provider.name,
  issuer: provider.issuer,
  client_id: provider.clientId,
  scopes: [...provider.scopes],
  enabled: provider.enabled,
  rules: [...provider.rules],
});

function changedFacts(before: ProviderFacts, changes: ProviderChanges): ProviderFacts {
  return {
    ...before,
    name: changes.name?.trim() ?? before.name,
    client_id: changes.client_id?.trim() ?? before.client_id,
    scopes: changes.scopes ? [...changes.scopes] : before.scopes,
    enabled: changes.enabled ?? before.enabled,
    rules: changes.rules ? readRules(changes.rules) : before.rules,
  };
}

/**
 * Changes a provider; what is left out stays. One that is switched off ends the sessions that it has opened. Throws not-found,
 * or an invalid Problem that names every wrong fact.
 */
export async function changeProvider(
  tx: DirectoryTx,
  provider: { tenantId: string; id: string },
  changes: ProviderChanges,
  saving: Saving,
): Promise<void> {
  const { tenantId, id } = provider;
  const stored = await requiredProvider(tx, tenantId, id);
  const before = factsOf(stored);
  const after = changedFacts(before, changes);
  const faults = mergeFaults(
    saving.known,
    factFaults(after),
    await ruleFaults(tx, tenantId, { rules: after.rules, before: before.rules }, saving),
    changes.client_secret === undefined ? [] : secretFaults(after.kind, changes.client_secret),
  );
  if (faults.length > 0) throw invalid(faults, 'users/provider-invalid');
  const { client_secret: secret } = changes;
  const sealed = typeof secret === 'string' ? saving.keyRing.seal(secret, secretContext(id)) : secret;
  await tx.db
    .updateTable('identity_providers')
    .set({
      ...columnsOf(after),
      ...(sealed !== undefined && { client_secret: sealed }),
      updated_at: sql<Date>`clock_timestamp()`,
    })
    .where('id', '=', id)
    .execute();
  if (before.enabled && !after.enabled)
    await tx.db.deleteFrom('sessions').where('provider_id', '=', id).execute();
  const was: SecretState = stored.hasSecret ? 'set' : 'none';
  await noteChange(tx, tenantId, {
    subject: 'identity_provider',
    subjectId: id,
    action: 'change',
    before: told(before, was),
    after: told(after, secret === undefined ? was : secret === null ? 'none' : 'changed'),
  });
}

/** Takes a provider away, with the identities that it has vouched for and the sessions that it has opened. Throws not-found. */
export async function deleteProvider(tx: DirectoryTx, tenantId: string, id: string): Promise<void> {
  const stored = await requiredProvider(tx, tenantId, id);
  await tx.db.deleteFrom('identity_providers').where('id', '=', id).execute();
  await noteChange(tx, tenantId, {
    subject: 'identity_provider',
    subjectId: id,
    action: 'delete',
    before: told(factsOf(stored), stored.hasSecret ? 'set' : 'none'),
    after: null,
  });
}
