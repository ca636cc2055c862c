// The house in which faults are tried: a company, a PostgreSQL that may be killed, and web processes that may be, too.
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Db, openDb } from '#lib/db';
import { openEmbeddedPostgres } from '#lib/embedded-postgres';
import { readPostmaster } from '#lib/embedded-postgres-cluster';
import { killOrphans } from '#lib/embedded-postgres-processes';
import { migrateAll } from '#tenancy';
import { addMember, createCompany, type TestCompany } from '#test/company';
import { createTestDatabase, urlOfDatabase } from '#test/database';
import { testKeyRing } from '#test/secret-keys';
import { type Member, Tokens } from '#users';
import { settingUp } from './trial.ts';
import { startWeb, type Web } from './web-process.ts';

type Database = { url: string; superuserUrl: string; close(): Promise<void> };

export type FaultHouse = {
  db: Db;
  superuser: pg.Pool;
  /** The address of the login role. */
  url: string;
  company: TestCompany;
  /** The company's accountant. */
  member: Member;
  /** A new access token of the accountant, good for ten minutes. */
  access(): Promise<string>;
  /** Starts a web process, on this database or by another way to it; it ends with the house at the latest. `more` are variables. */
  web(url?: string, more?: Record<string, string>): Promise<Web>;
  close(): Promise<void>;
};

/** A house with a PostgreSQL of its own that writes to the disk; `killPostgres()` ends all its processes with SIGKILL. */
export type DurableHouse = FaultHouse & { killPostgres(): Promise<void> };

async function openOn(database: Database): Promise<FaultHouse> {
  const db = openDb(database.url, { max: 6 });
  const superuser = new pg.Pool({ connectionString: database.superuserUrl, max: 2 });
  superuser.on('error', () => {});
  const tokens = new Tokens(db, testKeyRing);
  const webs: Web[] = [];
  const company = await createCompany(db);
  const member = await addMember(db, company, 'accountant');
  return {
    db,
    superuser,
    url: database.url,
    company,
    member,
    access: () => settingUp('an access token', async () => (await tokens.issue(member)).access),
    web: (url = database.url, more = {}) =>
      settingUp('a web process', async () => {
        const web = await startWeb(url, more);
        webs.push(web);
        return web;
      }),
    close: async () => {
      await Promise.all(webs.map((web) => web.kill()));
      await Promise.all([db.close(), superuser.end()]);
      await database.close();
    },
  };
}

/** Opens a house on a database of the run's own PostgreSQL, for faults that leave that alone. */
export async function openFaultHouse(): Promise<FaultHouse> {
  return await settingUp('the house', async () => {
    const { url, superuserUrl, drop } = await createTestDatabase();
    return await openOn({ url, superuserUrl, close: drop });
  });
}

/** A run that is interrupted skips its hooks; the server and its files must go all the same. */
function clearAway(folder: string): void {
  try {
    const pid = Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It has stopped already.
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Kills the postmaster first, so that it can tell nobody, and all of its children. */
async function killAll(dir: string): Promise<void> {
  const running = await readPostmaster(dir);
  if (!running) throw new Error('there is no PostgreSQL to kill');
  process.kill(running.pid, 'SIGKILL');
  await killOrphans(dir);
}

/**
 * Opens a house with a PostgreSQL of its own, which comes back by itself on the same port when it was killed. `settings` are
 * PostgreSQL's own; without any it forces every commit to the disk.
 */
export async function openDurableHouse(settings: Record<string, string> = {}): Promise<DurableHouse> {
  return await settingUp('the house with a PostgreSQL of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'himalytix-faults-'));
    process.once('exit', () => clearAway(folder));
    const durable = { fsync: 'on', synchronous_commit: 'on', ...settings };
    const cluster = await openEmbeddedPostgres({ dataDir: folder, role: 'owner', settings: durable });
    const db = openDb(cluster.url, { max: 1 });
    await migrateAll(db).finally(() => db.close());
    const house = await openOn({
      url: cluster.url,
      superuserUrl: urlOfDatabase(cluster.superuserUrl, 'himalytix'),
      close: async () => {
        await cluster.close();
        clearAway(folder);
      },
    });
    return { ...house, killPostgres: () => killAll(join(folder, 'postgres')) };
  });
}
