// Which company a request speaks of, by its host and its X-Tenant header; failing closed.
import { isIP } from 'node:net';
import type { Lookup } from '#lib/cache';
import { Problem } from '#lib/problem';
import type { Tenant } from '#lib/tenant-tx';

/** What a request says about its company: the host name without port, and the X-Tenant header. */
export type TenantClaims = { host: string; header: string | undefined };

/** How companies are found by name; `bySlug` and `byDomain` know suspended ones, too. */
export type TenantFinder = { bySlug: Lookup<Tenant>; byDomain: Lookup<Tenant> };

/** One answer for unknown, suspended and mismatching companies, so that it tells nobody which companies exist. */
export function tenantRefused(): Problem {
  return new Problem('forbidden', 'tenancy/refused', 'this company is not open to this request');
}

const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether the host says nothing about the company: the bare base domain, or an address. */
function isNeutralHost(host: string, baseDomain: string): boolean {
  return host === baseDomain || host === 'localhost' || isIP(host.replace(/^\[|\]$/g, '')) !== 0;
}

async function tenantOfHost(find: TenantFinder, host: string, baseDomain: string): Promise<Tenant | null> {
  if (!host.endsWith(`.${baseDomain}`)) return await find.byDomain(host);
  const slug = host.slice(0, -baseDomain.length - 1);
  return SLUG.test(slug) ? await find.bySlug(slug) : null;
}

/**
 * The company that host and header agree on; null when neither names one. A name that is unknown or suspended, or two
 * that differ, is refused (403) — there is no fallback.
 */
export async function resolveTenant(
  find: TenantFinder,
  claims: TenantClaims,
  baseDomain: string,
): Promise<Tenant | null> {
  const host = claims.host.toLowerCase().replace(/\.$/, '');
  const header = claims.header?.trim().toLowerCase();
  const named: (Tenant | null)[] = [];
  if (!isNeutralHost(host, baseDomain)) named.push(await tenantOfHost(find, host, baseDomain));
  if (header !== undefined) named.push(SLUG.test(header) ? await find.bySlug(header) : null);
  for (const tenant of named) {
    if (tenant?.status !== 'active' || tenant.id !== named[0]?.id) throw tenantRefused();
  }
  return named[0] ?? null;
}
