// The numbered SQL files of a folder, and their application to one schema in order.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { projectRoot } from '#lib/config';
import type { DirectoryTx } from '#lib/tenant-tx';

export type Migration = { version: number; name: string; sql: string; checksum: string };

/** A migration that may not or could not be applied; the message names the schema and the file. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

const FILE = /^(\d{4})-[a-z0-9-]+\.sql$/;

/** Reads `migrations/<scope>/NNNN-name.sql`, in order. Throws MigrationError for a misnamed file or a missing number. */
export async function readMigrations(scope: 'public' | 'tenant', root = projectRoot): Promise<Migration[]> {
  const folder = resolve(root, 'migrations', scope);
  const names = (await readdir(folder))
    .filter((name) => name.endsWith('.sql') && !name.endsWith('.test.sql'))
    .sort();
  return await Promise.all(
    names.map(async (name, index) => {
      const version = Number(FILE.exec(name)?.[1]);
      if (version !== index + 1)
        throw new MigrationError(`migrations/${scope}/${name} should be number ${index + 1}`);
      const sql = await readFile(resolve(folder, name), 'utf8');
      return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** What an applied list and the program's list say to each other: the migrations still to apply, or a refusal. */
export function pendingMigrations(
  schema: string,
  applied: readonly { version: number; checksum: string }[],
  known: readonly Migration[],
): Migration[] {
  const newest = Math.max(0, ...applied.map((each) => each.version));
  if (newest > known.length) {
    throw new MigrationError(
      `schema ${schema} is at version ${newest}, this program knows ${known.length}; use a newer Himalytix`,
    );
  }
  for (const each of applied) {
    const mine = known[each.version - 1];
    if (mine?.checksum !== each.checksum) {
      throw new MigrationError(
        `schema ${schema}: ${mine?.name} was changed after it had been applied; add a new one`,
      );
    }
  }
  const done = new Set(applied.map((each) => each.version));
  return known.filter((each) => !done.has(each.version));
}

/**
 * Applies what is pending to the schema that the transaction's search_path names; `names` replaces {{placeholders}}.
 * Returns the schema's version afterwards.
 */
export async function applyMigrations(
  tx: DirectoryTx,
  schema: string,
  known: readonly Migration[],
  names: Record<string, string> = {},
): Promise<number> {
  await tx.client.query(`create table if not exists schema_migrations (
    version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`);
  const { rows } = await tx.client.query('select version, checksum from schema_migrations order by version');
  for (const migration of pendingMigrations(schema, rows, known)) {
    const text = migration.sql.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = names[name];
      if (value === undefined) throw new MigrationError(`${migration.name}: {{${name}}} has no value`);
      return value;
    });
    try {
      await tx.client.query(text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new MigrationError(`schema ${schema}: ${migration.name} failed: ${reason}`, { cause });
    }
    await tx.client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
  }
  return known.length;
}
