// Makes a new company: its row in the directory, its role, its schema and all its tables, in the caller's transaction.
import { randomUUIDv7 } from 'node:crypto';
import pg from 'pg';
import { noteChange } from '#lib/audit/note-change';
import { isStorable } from '#lib/http/unfit-values';
import { currencyScale } from '#lib/money';
import { type Fault, invalid, Problem } from '#lib/problem';
import type { Calendar, DirectoryTx, Tenant } from '#lib/tenant-tx';
import { readMigrations } from './migrations.ts';
import { tenantFromRow } from './tenant.ts';
import { createTenantSchema, migrateTenantSchema } from './tenant-schema.ts';

/** `currency` is ISO 4217, `timeZone` IANA; `schema` is made from the slug unless given. */
export type NewTenant = {
  name: string;
  slug: string;
  currency: string;
  calendar: Calendar;
  timeZone: string;
  schema?: string;
};

const DUPLICATE_SCHEMA = '42P06';

const reservedSlugs = new Set([
  'www',
  'api',
  'admin',
  'assets',
  'static',
  'public',
  'localhost',
  'mail',
  'health',
]);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** All that is wrong with a new company's facts; the pointer names the fact. */
function faultsOf(tenant: NewTenant, schema: string): Fault[] {
  const faults: Fault[] = [];
  const fault = (pointer: string, detail: string) =>
    faults.push({ pointer, code: 'tenancy/invalid', detail });
  if (tenant.name.trim() === '' || tenant.name.length > 200 || !isStorable(tenant.name))
    fault('/name', 'a company’s name has 1 to 200 characters');
  if (!/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(tenant.slug)) {
    fault('/slug', `"${tenant.slug}" is not a slug: 1 to 40 of a-z, 0-9 and inner hyphens`);
  } else if (reservedSlugs.has(tenant.slug)) fault('/slug', `the slug ${tenant.slug} is reserved`);
  // A schema that is named after a faulty slug is no second fault.
  const named = tenant.schema !== undefined || faults.every(({ pointer }) => pointer !== '/slug');
  if (named && (!/^[a-z0-9_]{1,56}$/.test(schema) || /^(pg_|public$|information_schema$)/.test(schema))) {
    fault('/schema', `"${schema}" cannot be a schema’s name`);
  }
  if (currencyScale(tenant.currency) === null)
    fault('/currency', `"${tenant.currency}" is not an ISO 4217 currency`);
  if (!isTimeZone(tenant.timeZone)) fault('/time_zone', `"${tenant.timeZone}" is not an IANA time zone`);
  return faults;
}

/**
 * Provisions a company. Throws an invalid Problem naming every wrong fact, or a conflict when the slug or the schema is
 * taken; the caller's transaction then rolls back and nothing is left.
 */
export async function provisionTenant(tx: DirectoryTx, input: NewTenant): Promise<Tenant> {
  const schema = input.schema ?? input.slug.replaceAll('-', '_');
  const faults = faultsOf(input, schema);
  if (faults.length > 0) throw invalid(faults, 'tenancy/invalid');
  const scale = currencyScale(input.currency) ?? 2;
  const row = await tx.db
    .insertInto('tenants')
    .values({
      id: randomUUIDv7(),
      slug: input.slug,
      name: input.name.trim(),
      schema_name: schema,
      role_name: `tenant_${schema}`,
      currency: input.currency,
      currency_scale: scale,
      calendar: input.calendar,
      time_zone: input.timeZone,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row)
    throw new Problem('conflict', 'tenancy/slug-taken', `there is a company with the slug ${input.slug}`);
  const tenant = tenantFromRow(row);
  await createTenantSchema(tx, tenant.schema, tenant.role).catch((cause: Error & { code?: string }) => {
    if (cause.code !== DUPLICATE_SCHEMA) throw cause;
    const detail = `the database has a schema ${tenant.schema} already, which is no company’s`;
    throw new Problem('conflict', 'tenancy/schema-taken', detail, { cause });
  });
  await migrateTenantSchema(tx, tenant.id, await readMigrations('tenant'));
  const company = `insert into ${pg.escapeIdentifier(tenant.schema)}.company (currency, currency_scale, calendar) values ($1, $2, $3)`;
  const { id, slug, name, currency, calendar, timeZone } = tenant;
  const after = { slug, name, currency, calendar, time_zone: timeZone };
  await noteChange(tx, id, { subject: 'tenant', subjectId: id, action: 'create', before: null, after });
  await tx.client.query(company, [currency, tenant.currencyScale, calendar]);
  return tenant;
}
