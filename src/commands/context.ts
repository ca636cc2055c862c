// What every verb needs: the configuration and a database, its own for the time or one that runs already.
import { InvalidArgumentError } from 'commander';
import type { FastifyInstance } from 'fastify';
import type { Permission } from '#lib/access';
import { type Config, loadConfig } from '#lib/config';
import { isIsoDate } from '#lib/dates';
import { type Db, openDb } from '#lib/db';
import { openEmbeddedPostgres } from '#lib/embedded-postgres';
import { databaseHardeningFaults, hardenDatabase } from '#lib/harden-database';
import type { Tenant } from '#lib/tenant-tx';
import { migrateAll, requireMigrated, tenantBySlug } from '#tenancy';

/** How main.ts hands the composition root to the verbs that serve. */
export type BuildApp = (config: Config, db: Db) => Promise<FastifyInstance>;

/** What main.ts hands to the verbs of the composition root; `permissions` are those of all rooms. */
export type House = { buildApp: BuildApp; permissions: readonly Permission[] };

/** An open database; `embedded` tells whether it is ours to migrate without asking. */
export type OpenDatabase = { db: Db; embedded: boolean; close(): Promise<void> };

const OLDEST_POSTGRESQL = 160_000;

/** Refuses a server that is too old or that would let a company's role out of its schema. */
async function checkServer(db: Db): Promise<void> {
  const client = await db.pool.connect();
  try {
    const { rows } = await client.query<{ version: number; role: string; superuser: boolean }>(
      `select current_setting('server_version_num')::integer as version, current_user as role,
        (select rolsuper from pg_roles where rolname = current_user) as superuser`,
    );
    const [server] = rows;
    if (!server || server.version < OLDEST_POSTGRESQL)
      throw new Error('DATABASE_URL: PostgreSQL 16 or newer is needed');
    if (server.superuser) {
      await hardenDatabase(client, { loginRole: server.role });
      process.stderr.write(
        'warning: the role in DATABASE_URL is a superuser; see docs/runbooks/external-postgresql.md\n',
      );
      return;
    }
    const [first, ...more] = await databaseHardeningFaults(client);
    if (first) {
      const others = more.length > 0 ? ` (and ${more.length} more)` : '';
      throw new Error(
        `DATABASE_URL: ${first}${others}; harden it as docs/runbooks/external-postgresql.md says`,
      );
    }
  } finally {
    client.release();
  }
}

/**
 * Opens the database of DATABASE_URL, or the embedded one: as its 'owner', who serves and is the only one, or as a
 * 'guest', who joins a running one or starts it for the time. Throws an Error of one line when that cannot be.
 */
export async function openDatabase(
  config: Config,
  role: 'owner' | 'guest',
  describe = '',
): Promise<OpenDatabase> {
  // Who serves has others waiting for an answer; a command may as well wait.
  const watched = role === 'owner';
  if (config.databaseUrl !== null) {
    const db = openDb(config.databaseUrl, { watched });
    await checkServer(db).catch(async (error: unknown) => {
      await db.close();
      throw error;
    });
    return { db, embedded: false, close: () => db.close() };
  }
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const postgres = await openEmbeddedPostgres({ dataDir: config.dataDir, role, log, owner: { describe } });
  const db = openDb(postgres.url, { watched });
  const close = async () => {
    await db.close();
    await postgres.close();
  };
  return { db, embedded: true, close };
}

/**
 * Runs a verb's work on a migrated database as a guest, and leaves the database afterwards. `variables` are the names
 * with our prefix that the command line refers to. An embedded database is migrated first, another must be.
 */
export async function withDatabase<T>(
  work: (db: Db, config: Config) => Promise<T>,
  variables: string[] = [],
): Promise<T> {
  const config = loadConfig(process.env, variables);
  const { db, embedded, close } = await openDatabase(config, 'guest');
  try {
    if (embedded) await migrateOrFail(db);
    else await requireMigrated(db);
    return await work(db, config);
  } finally {
    await close();
  }
}

/** Migrates everything, or throws an Error that names each company that could not be. */
export async function migrateOrFail(
  db: Db,
  onProgress?: (done: number, total: number) => void,
): Promise<number> {
  const report = await migrateAll(db, onProgress ? { onProgress } : {});
  if (report.failures.length > 0)
    throw new Error(report.failures.map((failure) => failure.message).join('\n'));
  return report.tenants;
}

/** The company that a --tenant option names. Throws an Error when there is none. */
export async function tenantNamed(db: Db, slug: string): Promise<Tenant> {
  const tenant = await tenantBySlug(db, slug);
  if (!tenant) throw new Error(`there is no company "${slug}"; see: bin/himalytix tenant list`);
  return tenant;
}

/** The value of the variable that an option names. Throws an Error when it is unset or empty. */
export function fromVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the variable ${name} is not set`);
  return value;
}

/** A date of the command line. Throws what commander turns into a message. */
export function isoDate(text: string): string {
  if (!isIsoDate(text)) throw new InvalidArgumentError('it must be a date such as 2026-01-31.');
  return text;
}
