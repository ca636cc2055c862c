// E-mail domains that a company has proved to be its own, by a record in the DNS or to the operator.
import { domainToASCII } from 'node:url';
import { type Selectable, sql } from 'kysely';
import { noteChange } from '#lib/audit/note-change';
import type { Db } from '#lib/db';
import type { EmailDomains } from '#lib/db-types/public';
import { invalid, notFound, Problem } from '#lib/problem';
import { type Actor, type DirectoryTx, inDirectoryOf } from '#lib/tenant-tx';
import { newSecretToken } from '../secret-token.ts';

/** The texts of a name in the DNS, as `resolveTxt` of node:dns/promises gives them; rejects when there are none. */
export type ResolveTxt = (name: string) => Promise<string[][]>;

/** `record` is what the company puts into the DNS to prove that the domain is its own. */
export type EmailDomain = {
  domain: string;
  record: { name: string; value: string };
  verified_at: string | null;
  verified_by: 'dns' | 'operator' | null;
};

const DOMAIN = /^(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

/** A domain in the one form in which it is kept (lower case, IDNA), or null for what is none. */
export function normalDomain(text: string): string | null {
  const domain = domainToASCII(text.trim().replace(/\.$/, ''));
  return DOMAIN.test(domain) ? domain : null;
}

/** The domain of an e-mail address, or null. */
export function domainOfEmail(email: string): string | null {
  return normalDomain(email.slice(email.lastIndexOf('@') + 1));
}

function domainFromRow(row: Pick<Selectable<EmailDomains>, keyof EmailDomains>): EmailDomain {
  return {
    domain: row.domain,
    record: { name: `_himalytix.${row.domain}`, value: `himalytix-domain=${row.token}` },
    verified_at: row.verified_at?.toISOString() ?? null,
    verified_by: row.verified_by as EmailDomain['verified_by'],
  };
}

/** The company's domains by name, those too that are not proved yet. */
export async function listEmailDomains(tx: DirectoryTx, tenantId: string): Promise<EmailDomain[]> {
  const query = tx.db.selectFrom('email_domains').selectAll().where('tenant_id', '=', tenantId);
  return (await query.orderBy('domain').execute()).map(domainFromRow);
}

/** The domains that the company has proved to be its own. */
export async function verifiedDomains(tx: DirectoryTx, tenantId: string): Promise<Set<string>> {
  const rows = await tx.db
    .selectFrom('email_domains')
    .select('domain')
    .where('tenant_id', '=', tenantId)
    .where('verified_at', 'is not', null)
    .execute();
  return new Set(rows.map(({ domain }) => domain));
}

function requiredName(text: string): string {
  const domain = normalDomain(text);
  if (domain !== null) return domain;
  throw invalid([
    { pointer: '/domain', code: 'users/domain-invalid', detail: 'a domain is like example.com' },
  ]);
}

const note = (
  tx: DirectoryTx,
  tenantId: string,
  domain: string,
  before: string | null,
  after: string | null,
) =>
  noteChange(tx, tenantId, {
    subject: 'email_domain',
    subjectId: domain,
    action: before === null ? 'create' : after === null ? 'delete' : 'change',
    before: before === null ? null : { domain, verified: before },
    after: after === null ? null : { domain, verified: after },
  });

async function find(tx: DirectoryTx, tenantId: string, domain: string) {
  return await tx.db
    .selectFrom('email_domains')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('domain', '=', domain)
    .forUpdate()
    .executeTakeFirst();
}

/** Notes a domain that the company says is its own; one that is noted already stays as it is. Throws invalid. */
export async function addEmailDomain(tx: DirectoryTx, tenantId: string, text: string): Promise<EmailDomain> {
  const domain = requiredName(text);
  const added = await tx.db
    .insertInto('email_domains')
    .values({ tenant_id: tenantId, domain, token: newSecretToken() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows === 1n) await note(tx, tenantId, domain, null, 'no');
  const row = await find(tx, tenantId, domain);
  if (!row) throw notFound('domain');
  return domainFromRow(row);
}

/** Takes a domain for the company's own, by whichever proof. Throws not-found. */
async function markVerified(
  tx: DirectoryTx,
  tenantId: string,
  domain: string,
  by: 'dns' | 'operator',
): Promise<EmailDomain> {
  const before = await find(tx, tenantId, domain);
  if (!before) throw notFound('domain');
  if (before.verified_at !== null) return domainFromRow(before);
  const row = await tx.db
    .updateTable('email_domains')
    .set({ verified_at: sql<Date>`now()`, verified_by: by })
    .where('tenant_id', '=', tenantId)
    .where('domain', '=', domain)
    .returningAll()
    .executeTakeFirstOrThrow();
  await note(tx, tenantId, domain, 'no', by);
  return domainFromRow(row);
}

/** The operator's word that a domain is a company's own; it is added when it is not noted yet. */
export async function verifyByOperator(
  tx: DirectoryTx,
  tenantId: string,
  text: string,
): Promise<EmailDomain> {
  const { domain } = await addEmailDomain(tx, tenantId, text);
  return await markVerified(tx, tenantId, domain, 'operator');
}

/**
 * Looks for the company's record in the DNS. Throws not-found for a domain that was not noted, and invalid when the record is
 * not there, with what was looked for.
 */
export async function verifyByDns(
  db: Db,
  tenantId: string,
  text: string,
  { resolveTxt, actor }: { resolveTxt: ResolveTxt; actor: Actor },
): Promise<EmailDomain> {
  const all = await inDirectoryOf(db, { id: tenantId }, (tx) => listEmailDomains(tx, tenantId));
  const known = all.find(({ domain }) => domain === normalDomain(text));
  if (!known) throw notFound('domain');
  if (known.verified_at !== null) return known;
  const { name, value } = known.record;
  const texts = await resolveTxt(name).catch((): string[][] => []);
  if (!texts.some((parts) => parts.join('') === value)) {
    const detail = `the DNS has no TXT record ${name} with the value ${value}; it can take a while until a new record is seen`;
    throw invalid([{ pointer: '/domain', code: 'users/domain-record-missing', detail }]);
  }
  const work = (tx: DirectoryTx) => markVerified(tx, tenantId, known.domain, 'dns');
  return await inDirectoryOf(db, { id: tenantId }, work, actor);
}

/** Forgets a domain. Throws not-found, or a conflict while a provider's rule speaks of it. */
export async function removeEmailDomain(tx: DirectoryTx, tenantId: string, text: string): Promise<void> {
  const before = await find(tx, tenantId, normalDomain(text) ?? '');
  if (!before) throw notFound('domain');
  const used = await tx.db
    .selectFrom('identity_providers')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`rules @> ${JSON.stringify([{ domain: before.domain }])}::jsonb`)
    .executeTakeFirst();
  if (used) {
    const detail = `a rule of ${used.name} lets people of ${before.domain} in; take the rule away first`;
    throw new Problem('conflict', 'users/domain-in-use', detail);
  }
  await tx.db
    .deleteFrom('email_domains')
    .where('tenant_id', '=', tenantId)
    .where('domain', '=', before.domain)
    .execute();
  await note(tx, tenantId, before.domain, before.verified_by ?? 'no', null);
}
