// A company's row of the directory, read into the Tenant that the rest of the house knows.
import { type Selectable, sql } from 'kysely';
import { noteChange } from '#lib/audit/note-change';
import type { Db } from '#lib/db';
import type { Tenants } from '#lib/db-types/public';
import { type Calendar, inDirectory, inDirectoryOf, type Tenant } from '#lib/tenant-tx';

/** A row of the table `tenants` as a Tenant. */
export function tenantFromRow(row: Selectable<Tenants>): Tenant {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    schema: row.schema_name,
    role: row.role_name,
    status: row.status === 'active' ? 'active' : 'suspended',
    currency: row.currency,
    currencyScale: row.currency_scale,
    calendar: row.calendar as Calendar,
    timeZone: row.time_zone,
  };
}

/** All companies, by slug. */
export async function listTenants(db: Db): Promise<Tenant[]> {
  return (await db.kysely.selectFrom('tenants').selectAll().orderBy('slug').execute()).map(tenantFromRow);
}

/** The company of that slug, or null; suspended ones too. */
export async function tenantBySlug(db: Db, slug: string): Promise<Tenant | null> {
  return (await tenantsBySlug(db, [slug])).get(slug) ?? null;
}

/** The companies of those ids, suspended ones too; unknown ids are left out. */
export async function tenantsById(db: Db, ids: readonly string[]): Promise<Map<string, Tenant>> {
  const { rows } = await sql<Selectable<Tenants>>`
    select * from tenants where id = any(${[...ids]}::uuid[])
  `.execute(db.kysely);
  return new Map(rows.map((row) => [row.id, tenantFromRow(row)]));
}

/** The companies of those slugs, suspended ones too; unknown ones are left out. */
export async function tenantsBySlug(db: Db, slugs: readonly string[]): Promise<Map<string, Tenant>> {
  const { rows } = await sql<Selectable<Tenants>>`
    select * from tenants where slug = any(${[...slugs]}::text[])
  `.execute(db.kysely);
  return new Map(rows.map((row) => [row.slug, tenantFromRow(row)]));
}

/** The companies that custom domains belong to, suspended ones too; unknown domains are left out. */
export async function tenantsByDomain(db: Db, domains: readonly string[]): Promise<Map<string, Tenant>> {
  const { rows } = await sql<Selectable<Tenants> & { domain: string }>`
    select t.*, d.domain from tenants t join tenant_domains d on d.tenant_id = t.id
    where d.domain = any(${[...domains]}::text[])
  `.execute(db.kysely);
  return new Map(rows.map((row) => [row.domain, tenantFromRow(row)]));
}

/** The company of that id, or null; suspended ones too. */
export async function tenantById(db: Db, id: string): Promise<Tenant | null> {
  return (await tenantsById(db, [id])).get(id) ?? null;
}

/** Suspends or reactivates a company; every later request of a suspended one is refused. False when there is none. */
export async function setTenantStatus(db: Db, slug: string, status: Tenant['status']): Promise<boolean> {
  return await inDirectory(db, async (tx) => {
    const before = await tx.db
      .selectFrom('tenants')
      .select(['id', 'status'])
      .where('slug', '=', slug)
      .forUpdate()
      .executeTakeFirst();
    if (!before) return false;
    if (before.status === status) return true;
    await tx.db.updateTable('tenants').set({ status }).where('id', '=', before.id).execute();
    await noteChange(tx, before.id, {
      subject: 'tenant',
      subjectId: before.id,
      action: 'change',
      before: { status: before.status },
      after: { status },
    });
    return true;
  });
}

/** Gives a company a custom domain, which must be nobody's. */
export async function addTenantDomain(db: Db, tenantId: string, domain: string): Promise<void> {
  await inDirectoryOf(db, { id: tenantId }, async (tx) => {
    const name = domain.toLowerCase();
    await tx.db.insertInto('tenant_domains').values({ domain: name, tenant_id: tenantId }).execute();
    const after = { domain: name };
    await noteChange(tx, tenantId, {
      subject: 'tenant_domain',
      subjectId: name,
      action: 'create',
      before: null,
      after,
    });
  });
}
