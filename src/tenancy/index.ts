// The door of tenancy: which companies there are, how one is made, found and migrated.

export { type MigrationReport, migrateAll, requireMigrated } from './migrate.ts';
export { MigrationError } from './migrations.ts';
export { type NewTenant, provisionTenant } from './provision-tenant.ts';
export { resolveTenant, type TenantClaims, type TenantFinder, tenantRefused } from './resolve-tenant.ts';
export {
  addTenantDomain,
  listTenants,
  setTenantStatus,
  tenantById,
  tenantBySlug,
  tenantsByDomain,
  tenantsById,
  tenantsBySlug,
} from './tenant.ts';
