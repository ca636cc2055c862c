// Creates and migrates one company's schema and role.
import pg from 'pg';
import { type DirectoryTx, limitedRoleOf } from '#lib/tenant-tx';
import { applyMigrations, type Migration } from './migrations.ts';

const { escapeIdentifier } = pg;

/**
 * Creates a role that cannot log in and owns nothing; the login role may take it but inherits nothing from it. One of that
 * name left by another database of the cluster is reused: it has no right in this one.
 */
async function ensureRole(tx: DirectoryTx, role: string): Promise<void> {
  await tx.client.query(`do $$ begin
      create role ${escapeIdentifier(role)} nologin noinherit;
    exception when duplicate_object or unique_violation then null;
    end $$`);
  await tx.client.query(`grant ${escapeIdentifier(role)} to current_user with inherit false, set true`);
}

/** Creates the company's role and its empty schema. */
export async function createTenantSchema(tx: DirectoryTx, schema: string, role: string): Promise<void> {
  await ensureRole(tx, role);
  await tx.client.query(`create schema ${escapeIdentifier(schema)}`);
}

/** Migrates one company under a lock on its row of the directory, and notes the version there. */
export async function migrateTenantSchema(
  tx: DirectoryTx,
  tenantId: string,
  known: readonly Migration[],
): Promise<void> {
  const tenant = await tx.db
    .selectFrom('tenants')
    .select(['schema_name', 'role_name'])
    .where('id', '=', tenantId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const { schema_name: schema, role_name: role } = tenant;
  // Functions of a company keep this path through SET search_path FROM CURRENT; pg_temp last, so that no temporary
  // table can stand in for one of ours.
  await tx.client.query(`set local search_path = ${escapeIdentifier(schema)}, pg_temp`);
  const limited = limitedRoleOf(schema);
  await ensureRole(tx, limited);
  const version = await applyMigrations(tx, schema, known, {
    schema: escapeIdentifier(schema),
    role: escapeIdentifier(role),
    limited: escapeIdentifier(limited),
    limited_name: limited,
  });
  await tx.client.query('set local search_path = public, pg_temp');
  await tx.db.updateTable('tenants').set({ schema_version: version }).where('id', '=', tenantId).execute();
}
