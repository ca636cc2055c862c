// Makes a company complete with owner, chart and fiscal years, all in one transaction.
import { type ChartName, openBooks } from '#accounting';
import type { Db } from '#lib/db';
import {
  type DirectoryTx,
  enterTenant,
  inDirectory,
  systemActor,
  type Tenant,
  type TenantTx,
} from '#lib/tenant-tx';
import { type NewTenant, provisionTenant } from '#tenancy';
import { ensureUser, type Role, setMembership } from '#users';

/** `firstYear` is the ISO date on which the first of `years` fiscal years begins. */
export type NewCompany = NewTenant & {
  chart: ChartName;
  firstYear: string;
  years: number;
  members: { email: string; name: string; role: Role; password: string }[];
};

/**
 * Creates the company; `thenInside` runs in the same transaction as the company's role. Throws a Problem that names
 * every fault, and then nothing is left of it.
 */
export async function createCompany(
  db: Db,
  company: NewCompany,
  thenInside: (tx: TenantTx) => Promise<void> = async () => {},
): Promise<Tenant> {
  return await inDirectory(db, async (tx: DirectoryTx) => {
    const tenant = await provisionTenant(tx, company);
    for (const { role, ...user } of company.members) {
      await setMembership(tx, await ensureUser(tx, user), tenant.id, role);
    }
    const inside = await enterTenant(tx, tenant, systemActor);
    await openBooks(inside, company);
    await thenInside(inside);
    return tenant;
  });
}
