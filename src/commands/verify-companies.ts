// Proves every company once a night and keeps what was found where an operator looks for it.
import { sql } from 'kysely';
import { type Verdict, verifyCompany } from '#accounting';
import type { Db } from '#lib/db';
import { inTenant, systemActor, type Tenant } from '#lib/tenant-tx';
import { listTenants } from '#tenancy';

/** The hour of the company's own day from which on it is proved. */
const FROM_HOUR = 1;

/** A claim is another's to take over when its process has said nothing for as long; no proof takes that time. */
const GIVEN_UP_HOURS = 6;

/** What one night's proof of a company has found; `finished_at` is null while it is under way. */
export type Verification = {
  slug: string;
  night: string;
  started_at: Date;
  finished_at: Date | null;
  claims: number | null;
  broken: number | null;
  breaches: Verdict[];
  error: string | null;
};

/** Who is told: of breaches, and of proofs that could not be carried through. */
export type Told = {
  onBreach(company: string, breaches: readonly Verdict[]): void;
  onError(error: unknown, company: string): void;
};

/** Verdicts of a company at one moment; a suspended company has books, too. */
export async function proveCompany(db: Db, tenant: Tenant): Promise<Verdict[]> {
  return await inTenant(db, { ...tenant, status: 'active' }, systemActor, verifyCompany, { snapshot: true });
}

/** Takes on a company's night; false when another process has, or it is done. */
async function claim(db: Db, tenant: Tenant, night: string): Promise<boolean> {
  const { rows } = await sql`
    insert into verifications as v (tenant_id, night) values (${tenant.id}, ${night})
    on conflict (tenant_id, night) do update set started_at = clock_timestamp()
      where v.finished_at is null and v.started_at < clock_timestamp() - make_interval(hours => ${GIVEN_UP_HOURS})
    returning 1
  `.execute(db.kysely);
  return rows.length === 1;
}

async function keep(db: Db, tenant: Tenant, night: string, verdicts: readonly Verdict[] | Error) {
  const failed = verdicts instanceof Error;
  const breaches = failed ? [] : verdicts.filter((verdict) => verdict.breaches > 0);
  await db.kysely
    .updateTable('verifications')
    .set({
      finished_at: sql<Date>`clock_timestamp()`,
      claims: failed ? null : verdicts.length,
      broken: failed ? null : breaches.length,
      breaches: JSON.stringify(breaches),
      error: failed ? verdicts.message : null,
    })
    .where('tenant_id', '=', tenant.id)
    .where('night', '=', night)
    .execute();
  return breaches;
}

async function proveOnce(db: Db, tenant: Tenant, night: string, told: Told): Promise<boolean> {
  if (!(await claim(db, tenant, night))) return false;
  const verdicts = await proveCompany(db, tenant).catch((error: unknown) => {
    told.onError(error, tenant.slug);
    return error instanceof Error ? error : new Error(String(error));
  });
  const breaches = await keep(db, tenant, night, verdicts);
  if (breaches.length > 0) told.onBreach(tenant.slug, breaches);
  return true;
}

/**
 * Proves the companies whose night has begun and that nobody has proved yet, one after the other; returns how many. May be
 * asked as often as one likes, and by several processes at once. `now` is the instant that counts.
 */
export async function verifyCompanies(
  db: Db,
  told: Told,
  options: { now?: Temporal.Instant; stopped?: () => boolean } = {},
): Promise<number> {
  const { now = Temporal.Now.instant(), stopped = () => false } = options;
  let proved = 0;
  for (const tenant of await listTenants(db)) {
    if (stopped()) break;
    const local = now.toZonedDateTimeISO(tenant.timeZone);
    if (local.hour < FROM_HOUR) continue;
    const night = local.toPlainDate().toString();
    const done = await proveOnce(db, tenant, night, told).catch((error: unknown) => {
      told.onError(error, tenant.slug);
      return false;
    });
    if (done) proved += 1;
  }
  return proved;
}

/** The latest nights first, of one company by its id or of all. */
export async function verificationHistory(
  db: Db,
  tenantId: string | null,
  limit: number,
): Promise<Verification[]> {
  const { rows } = await sql<Verification>`
    select t.slug, v.night, v.started_at, v.finished_at, v.claims, v.broken, v.breaches, v.error
    from verifications v join tenants t on t.id = v.tenant_id
    where ${tenantId}::uuid is null or v.tenant_id = ${tenantId}
    order by v.night desc, t.slug limit ${limit}
  `.execute(db.kysely);
  return rows;
}
