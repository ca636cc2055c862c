// Migrates databases that are newer, changed, half-way or broken, and companies beside each other.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { projectRoot } from '#lib/config';
import { inDirectory } from '#lib/tenant-tx';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { migrateAll, requireMigrated } from './migrate.ts';
import { applyMigrations, MigrationError, pendingMigrations, readMigrations } from './migrations.ts';

let house: TestHouse;
let companies: TestCompany[];
let root: string;

before(async () => {
  house = await openTestHouse(6);
  companies = [await createCompany(house.db), await createCompany(house.db), await createCompany(house.db)];
  root = await mkdtemp(join(tmpdir(), 'himalytix-migrations-'));
});

after(async () => {
  await rm(root, { recursive: true });
  await house.close();
});

const message = (pattern: RegExp) => (error: unknown) =>
  error instanceof MigrationError && pattern.test(error.message);
const known = [1, 2, 3].map((version) => ({
  version,
  name: `000${version}-x.sql`,
  sql: '',
  checksum: `sum${version}`,
}));

describe('what is to be applied', () => {
  test('is whatever the schema does not have yet, in order', () => {
    assert.deepEqual(pendingMigrations('s', [], known), known);
    assert.deepEqual(pendingMigrations('s', known.slice(0, 2), known), known.slice(2));
    assert.deepEqual(pendingMigrations('s', known, known), []);
  });

  test('is refused to a schema that is newer than the program', () => {
    const newer = [...known, { version: 4, checksum: 'sum4' }];
    assert.throws(
      () => pendingMigrations('s', newer, known),
      message(/schema s is at version 4, this program knows 3/),
    );
  });

  test('is refused when a file was changed after it had been applied', () => {
    const changed = [{ version: 1, checksum: 'other' }];
    assert.throws(() => pendingMigrations('s', changed, known), message(/schema s: 0001-x\.sql was changed/));
  });
});

describe('the files', () => {
  test('are read in order, each with its checksum', async () => {
    const files = await readMigrations('tenant');
    assert.deepEqual(
      files.map((file) => file.version),
      files.map((_, index) => index + 1),
    );
    for (const file of files) assert.match(file.checksum, /^[0-9a-f]{64}$/);
  });

  test('are refused with a gap, a double or a bad name among them', async () => {
    const folder = join(root, 'migrations');
    await cp(join(projectRoot, 'migrations'), folder, { recursive: true });
    const last = (await readMigrations('tenant', root)).length;
    const path = (name: string) => join(folder, 'tenant', name);
    const bad = [`000${last + 2}-gap.sql`, `000${last}-a-double.sql`, 'notes.sql', `${last + 1}-short.sql`];
    for (const name of bad) {
      await writeFile(path(name), '-- x');
      await assert.rejects(readMigrations('tenant', root), message(/should be number \d/), name);
      await rm(path(name));
    }
    await rename(path('0001-chart-and-calendar.sql'), path('0001-other.sql'));
    assert.equal((await readMigrations('tenant', root))[0]?.name, '0001-other.sql');
  });
});

describe('migrating everything', () => {
  const record = (schema: string, sql: string) =>
    house.superuser.query(`set search_path = ${schema}; ${sql}; reset search_path`);

  test('again changes nothing, and tells its progress', async () => {
    const steps: string[] = [];
    const report = await migrateAll(house.db, {
      onProgress: (done, total) => steps.push(`${done}/${total}`),
    });
    assert.deepEqual(report, {
      publicVersion: (await readMigrations('public')).length,
      tenants: 3,
      failures: [],
    });
    assert.deepEqual(steps, ['1/3', '2/3', '3/3']);
    await requireMigrated(house.db);
  });

  test('passes over a company that fails, and resumes with it alone', async () => {
    const [broken, , newer] = companies.map(({ tenant }) => tenant.schema);
    await record(broken ?? '', "update schema_migrations set checksum = 'x' where version = 2");
    await record(
      newer ?? '',
      "insert into schema_migrations (version, name, checksum) values (99, 'x', 'x')",
    );
    const { failures } = await migrateAll(house.db, { parallel: 2 });
    assert.deepEqual(failures.map(({ schema }) => schema).sort(), [broken, newer].sort());
    for (const { message: said } of failures) assert.match(said, /was changed after|use a newer Himalytix/);
    const sums = (await readMigrations('tenant')).find(({ version }) => version === 2)?.checksum;
    await record(broken ?? '', `update schema_migrations set checksum = '${sums}' where version = 2`);
    await record(newer ?? '', 'delete from schema_migrations where version = 99');
    assert.deepEqual((await migrateAll(house.db)).failures, []);
  });

  test('leaves a failing file undone as a whole, together with those before it', async () => {
    const schema = companies[0]?.tenant.schema ?? '';
    const files = await readMigrations('tenant');
    const more = [
      { version: files.length + 1, name: 'a.sql', sql: 'create table half (a integer)', checksum: 'a' },
      { version: files.length + 2, name: 'b.sql', sql: 'create table half (a integer)', checksum: 'b' },
    ];
    const work = inDirectory(house.db, async (tx) => {
      await tx.client.query(`set local search_path = ${schema}`);
      await applyMigrations(tx, schema, [...files, ...more], {});
    });
    await assert.rejects(work, message(/b\.sql failed: relation "half" already exists/));
    const { rows } = await house.superuser.query('select to_regclass($1) as half', [`${schema}.half`]);
    assert.equal(rows[0].half, null);
  });

  test('refuses a shared schema that is newer than the program, before any company', async () => {
    await record('public', "insert into schema_migrations (version, name, checksum) values (99, 'x', 'x')");
    await assert.rejects(migrateAll(house.db), message(/schema public is at version 99/));
    const own = (await readMigrations('public')).length;
    await assert.rejects(
      requireMigrated(house.db),
      message(new RegExp(`is at version 99, this program at ${own}`)),
    );
    await record('public', 'delete from schema_migrations where version = 99');
  });

  test('is asked for by a program that finds a company behind', async () => {
    await house.superuser.query('update tenants set schema_version = 1 where slug = $1', [
      companies[0]?.tenant.slug,
    ]);
    await assert.rejects(requireMigrated(house.db), message(/1 companies are not at version/));
    await migrateAll(house.db);
    await requireMigrated(house.db);
  });

  test('from two programs at once is done once', async () => {
    const reports = await Promise.all([migrateAll(house.db), migrateAll(house.db)]);
    for (const report of reports) assert.deepEqual(report.failures, []);
  });
});
