// Writes the types of the database's tables from a freshly migrated database, or with --check only compares them.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDb } from '#lib/db';
import { openEmbeddedPostgres } from '#lib/embedded-postgres';
import { inDirectory } from '#lib/tenant-tx';
import { migrateAll, provisionTenant } from '#tenancy';
import { findRuntime, modules, root } from './installed.js';

const check = process.argv.includes('--check');

/** Runs the generator for one schema; the types of a company are those of any company. */
function generate(url, schema, file) {
  const options = [
    ['--dialect', 'postgres'],
    ['--url', url],
    ['--default-schema', schema],
    ['--include-pattern', `${schema}.*`],
    ['--exclude-pattern', '*.schema_migrations'],
    ['--date-parser', 'string'],
    ['--numeric-parser', 'string'],
    ['--type-mapping', JSON.stringify({ int8: 'number' })],
    ['--out-file', join(root, 'src', 'lib', 'db-types', file)],
    ['--log-level', 'error'],
    check ? ['--verify'] : [],
  ].flat();
  const generator = join(modules, '.bin', 'kysely-codegen');
  return spawnSync(findRuntime(), [generator, ...options], { stdio: 'inherit' }).status === 0;
}

async function migrated(url) {
  const db = openDb(url);
  try {
    await migrateAll(db);
    await inDirectory(db, (tx) =>
      provisionTenant(tx, {
        name: 'Template',
        slug: 'template',
        currency: 'NPR',
        calendar: 'gregorian',
        timeZone: 'UTC',
      }),
    );
  } finally {
    await db.close();
  }
}

const dataDir = await mkdtemp(join(tmpdir(), 'himalytix-types-'));
const postgres = await openEmbeddedPostgres({ dataDir, role: 'owner', settings: { fsync: 'off' } });
try {
  await migrated(postgres.url);
  const current = [
    generate(postgres.url, 'public', 'public.ts'),
    generate(postgres.url, 'template', 'tenant.ts'),
  ].every(Boolean);
  if (!current) {
    process.stderr.write('the database types are not those of the migrations; run: npm run db:types\n');
    process.exitCode = 1;
  }
} finally {
  await postgres.close();
  await rm(dataDir, { recursive: true, force: true });
}
