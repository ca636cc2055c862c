// Brings the shared schema and every company's schema to this program's version, each in its own transaction.
import type { Db } from '#lib/db';
import { inDirectory } from '#lib/tenant-tx';
import { applyMigrations, MigrationError, readMigrations } from './migrations.ts';
import { migrateTenantSchema } from './tenant-schema.ts';

export type MigrationReport = {
  publicVersion: number;
  tenants: number;
  failures: { schema: string; message: string }[];
};

// Any constant will do; two programs that migrate the shared schema at once take turns by it.
const PUBLIC_MIGRATION_LOCK = 7_204_911;

/** Migrates the shared schema `public`. Throws MigrationError when the database is newer than the program. */
async function migratePublic(db: Db): Promise<number> {
  const known = await readMigrations('public');
  return await inDirectory(db, async (tx) => {
    await tx.client.query('select pg_advisory_xact_lock($1)', [PUBLIC_MIGRATION_LOCK]);
    await tx.client.query('set local search_path = public, pg_temp');
    return await applyMigrations(tx, 'public', known);
  });
}

/**
 * Migrates everything: first `public`, then all companies, `parallel` at a time. A company that fails is reported and
 * keeps its old version; the others go on, and the next run resumes with what is left.
 */
export async function migrateAll(
  db: Db,
  options: { parallel?: number; onProgress?: (done: number, total: number) => void } = {},
): Promise<MigrationReport> {
  const publicVersion = await migratePublic(db);
  const known = await readMigrations('tenant');
  const tenants = await db.kysely
    .selectFrom('tenants')
    .select(['id', 'schema_name'])
    .orderBy('schema_name')
    .execute();
  const report: MigrationReport = { publicVersion, tenants: tenants.length, failures: [] };
  const waiting = [...tenants];
  let done = 0;
  async function work(): Promise<void> {
    for (let tenant = waiting.shift(); tenant; tenant = waiting.shift()) {
      const { id, schema_name: schema } = tenant;
      await inDirectory(db, (tx) => migrateTenantSchema(tx, id, known)).catch((error: Error) => {
        report.failures.push({ schema, message: error.message });
      });
      options.onProgress?.(++done, tenants.length);
    }
  }
  await Promise.all(Array.from({ length: options.parallel ?? 4 }, work));
  return report;
}

/** Throws MigrationError unless the shared schema and all companies are at this program's version. */
export async function requireMigrated(db: Db): Promise<void> {
  const [known, perTenant] = await Promise.all([readMigrations('public'), readMigrations('tenant')]);
  const { rows } = await db.pool.query<{ there: boolean }>(
    "select to_regclass('public.schema_migrations') is not null as there",
  );
  const version = rows[0]?.there
    ? (
        await db.pool.query<{ v: number }>(
          'select coalesce(max(version), 0) as v from public.schema_migrations',
        )
      ).rows[0]?.v
    : 0;
  if (version !== known.length) {
    throw new MigrationError(
      `the database is at version ${version}, this program at ${known.length}; run: bin/himalytix migrate`,
    );
  }
  const behind = await db.kysely
    .selectFrom('tenants')
    .select((of) => of.fn.countAll<number>().as('n'))
    .where('schema_version', '<>', perTenant.length)
    .executeTakeFirstOrThrow();
  if (behind.n > 0) {
    throw new MigrationError(
      `${behind.n} companies are not at version ${perTenant.length}; run: bin/himalytix migrate`,
    );
  }
}
