// Starts one PostgreSQL for a whole run of the tests, with a migrated database that each test file copies.
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDb } from '#lib/db';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '#lib/embedded-postgres';
import { migrateAll } from '#tenancy';
import { templateDatabase, urlOfDatabase } from '#test/database';

// Nothing in this cluster outlives the run, so nothing has to reach the disk.
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

let cluster: EmbeddedPostgres | undefined;
let folder = '';

async function createTemplate({ url, superuserUrl }: EmbeddedPostgres): Promise<void> {
  const admin = new pg.Client(superuserUrl);
  await admin.connect();
  try {
    await admin.query(`create database ${templateDatabase} template himalytix owner himalytix`);
  } finally {
    await admin.end();
  }
  const db = openDb(urlOfDatabase(url, templateDatabase));
  try {
    await migrateAll(db);
  } finally {
    await db.close();
  }
}

/** A run that is interrupted skips the teardown below; its server and its files must go all the same. */
function clearAway(): void {
  try {
    const pid = Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It has stopped already.
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Called by node:test before the first test file; what it puts in the environment reaches every file. */
export async function globalSetup(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'himalytix-test-'));
  process.on('exit', clearAway);
  cluster = await openEmbeddedPostgres({ dataDir: folder, role: 'owner', settings });
  await createTemplate(cluster);
  process.env.TEST_CLUSTER_URL = cluster.superuserUrl;
  process.env.TEST_LOGIN_URL = cluster.url;
}

/** Called by node:test after the last test file. */
export async function globalTeardown(): Promise<void> {
  await cluster?.close();
}
