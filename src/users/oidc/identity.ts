// Whom a provider's word stands for: linking, unlinking and finding the identities of people.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import { noteChange } from '#lib/audit/note-change';
import { notFound, Problem } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import type { IdentityProvider } from './identity-provider.ts';
import type { ProviderPerson } from './provider-person.ts';

/** A provider of the company as one of its members sees it; `identity` is null while it is not linked. */
export type LinkedProvider = {
  slug: string;
  name: string;
  identity: { email: string | null; linkedAt: Date; lastUsedAt: Date | null } | null;
};

const note = (
  tx: DirectoryTx,
  provider: Pick<IdentityProvider, 'tenantId' | 'slug'>,
  userId: string,
  { action, subject, email }: { action: 'create' | 'delete'; subject: string; email: string | null },
) => {
  const facts = { user: userId, provider: provider.slug, subject, email };
  return noteChange(tx, provider.tenantId, {
    subject: 'identity',
    subjectId: userId,
    action,
    before: action === 'create' ? null : facts,
    after: action === 'create' ? facts : null,
  });
};

/** The user for whom a person at the provider stands, or null. */
export async function userOfIdentity(
  tx: DirectoryTx,
  provider: Pick<IdentityProvider, 'id'>,
  person: ProviderPerson,
): Promise<string | null> {
  const row = await tx.db
    .updateTable('identities')
    .set({ last_used_at: sql<Date>`now()` })
    .where('provider_id', '=', provider.id)
    .where('issuer', '=', person.issuer)
    .where('subject', '=', person.subject)
    .returning('user_id')
    .executeTakeFirst();
  return row?.user_id ?? null;
}

/**
 * Links a person at the provider to a user; one who is linked to that user already is no error. Throws a conflict when either
 * of them is linked to somebody else: who has another subject at the provider is another person, whatever the address.
 */
export async function linkIdentity(
  tx: DirectoryTx,
  provider: IdentityProvider,
  person: ProviderPerson,
  userId: string,
): Promise<void> {
  const email = person.emails[0]?.address ?? null;
  const { issuer, subject } = person;
  const added = await tx.db
    .insertInto('identities')
    .values({
      id: randomUUIDv7(),
      tenant_id: provider.tenantId,
      provider_id: provider.id,
      issuer,
      subject,
      user_id: userId,
      email,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows === 1n)
    return await note(tx, provider, userId, { action: 'create', subject, email });
  if ((await userOfIdentity(tx, provider, person)) === userId) return;
  const detail = `this account at ${provider.name} belongs to somebody else here, or you are linked to another one there`;
  throw new Problem('conflict', 'users/identity-taken', detail);
}

/** The providers that a member may sign in through, with what is linked; those too that are linked and switched off. */
export async function linkedProviders(
  tx: DirectoryTx,
  member: { userId: string; tenantId: string },
): Promise<LinkedProvider[]> {
  const rows = await tx.db
    .selectFrom('identity_providers as p')
    .leftJoin('identities as i', (join) =>
      join.onRef('i.provider_id', '=', 'p.id').on('i.user_id', '=', member.userId),
    )
    .select(['p.slug', 'p.name', 'i.id', 'i.email', 'i.linked_at', 'i.last_used_at'])
    .where('p.tenant_id', '=', member.tenantId)
    .where((where) => where.or([where('p.enabled', '=', true), where('i.id', 'is not', null)]))
    .orderBy('p.name')
    .execute();
  return rows.map(({ slug, name, email, linked_at: linkedAt, last_used_at: lastUsedAt }) => ({
    slug,
    name,
    identity: linkedAt === null ? null : { email, linkedAt, lastUsedAt },
  }));
}

/** Whether somebody could still sign in to the company without that identity: by a password, or through another provider. */
async function hasAnotherWay(
  tx: DirectoryTx,
  userId: string,
  tenantId: string,
  identityId: string,
): Promise<boolean> {
  const user = await tx.db
    .selectFrom('users')
    .select('password_hash')
    .where('id', '=', userId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (user.password_hash !== null) return true;
  const other = await tx.db
    .selectFrom('identities')
    .innerJoin('identity_providers', 'identity_providers.id', 'identities.provider_id')
    .select('identities.id')
    .where('identities.user_id', '=', userId)
    .where('identities.id', '<>', identityId)
    .where('identity_providers.tenant_id', '=', tenantId)
    .where('identity_providers.enabled', '=', true)
    .executeTakeFirst();
  return other !== undefined;
}

/**
 * Unlinks a member from a provider of their company and ends the sessions that it has opened for them. Throws not-found when
 * they are not linked, or a conflict when nothing else would let them in.
 */
export async function unlinkIdentity(
  tx: DirectoryTx,
  member: { userId: string; tenantId: string },
  slug: string,
): Promise<void> {
  const { userId, tenantId } = member;
  const linked = await tx.db
    .selectFrom('identities')
    .innerJoin('identity_providers', 'identity_providers.id', 'identities.provider_id')
    .select(['identities.id', 'identities.provider_id', 'identities.subject', 'identities.email'])
    .where('identities.user_id', '=', userId)
    .where('identity_providers.tenant_id', '=', tenantId)
    .where('identity_providers.slug', '=', slug)
    .forUpdate('identities')
    .executeTakeFirst();
  if (!linked) throw notFound('linked account');
  if (!(await hasAnotherWay(tx, userId, tenantId, linked.id))) {
    const detail = 'this is your only way to sign in; set a password or link another account first';
    throw new Problem('conflict', 'users/last-way-in', detail);
  }
  await tx.db.deleteFrom('identities').where('id', '=', linked.id).execute();
  await tx.db
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where('provider_id', '=', linked.provider_id)
    .execute();
  const { subject, email } = linked;
  await note(tx, { tenantId, slug }, userId, { action: 'delete', subject, email });
}
