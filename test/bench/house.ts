// The house that is measured: a PostgreSQL of its own that really writes to the disk, companies, and the real server.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { plainAccess } from '#lib/access';
import { type Db, openDb } from '#lib/db';
import { openEmbeddedPostgres } from '#lib/embedded-postgres';
import { inDirectory } from '#lib/tenant-tx';
import { migrateAll } from '#tenancy';
import { createCompany, type TestCompany } from '#test/company';
import { urlOfDatabase } from '#test/database';
import { testKeyRing, testSecretKeys } from '#test/secret-keys';
import { ensureUser, type Member, setMembership, Tokens } from '#users';

// Durability is what PostgreSQL does when it is told nothing; the rest is room for 64 clients and a million lines.
const settings = { fsync: 'on', synchronous_commit: 'on', max_connections: '200', max_wal_size: '4GB' };

/** A company with the one user of the benchmarks as its accountant. */
export type BenchCompany = TestCompany & { member: Member };

/** `small` asks for a tenth of the data and shorter rounds. */
export type BenchHouse = {
  db: Db;
  superuser: pg.Pool;
  /** The address of the login role, and of a superuser, in the database that is measured. */
  url: string;
  superuserUrl: string;
  small: boolean;
  log(line: string): void;
  /** The first `count` companies of those that the posting figures share. */
  companies(count: number): Promise<BenchCompany[]>;
  company(): Promise<BenchCompany>;
  accessOf(company: BenchCompany): Promise<string>;
  /** The port of the server, `himalytix web` in its own process, started when it is first asked for. */
  port(): Promise<number>;
  close(): Promise<void>;
};

// Counted as by the presets, and never met, however fast the machine is.
const limits = ['address', 'account', 'token', 'company'].map((name) => `${name}=900000000/60`).join();

/** Starts `himalytix web` on a free port; resolves once it listens. */
async function startWeb(url: string): Promise<{ child: ChildProcess; port: number }> {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: url,
    PORT: '0',
    HIMALYTIX_LOG_LEVEL: 'error',
    HIMALYTIX_RATE_LIMITS: limits,
    HIMALYTIX_SECRET_KEYS: testSecretKeys,
  };
  const options = (process.env.BENCH_NODE_OPTIONS ?? '--max-semi-space-size=16').split(' ');
  const child = spawn(process.execPath, [...options, 'bin/himalytix', 'web'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const told = /listening at http:\/\/\S+:(\d+)\//.exec(said)?.[1];
      if (told) resolve(Number(told));
    });
    child.once('exit', () => reject(new Error(`the server did not start: ${said}`)));
  });
  return { child, port };
}

async function addBenchMember(db: Db, { tenant }: TestCompany): Promise<Member> {
  const who = { email: 'bench@example.com', name: 'Bench', password: 'not used to sign in' };
  const userId = await inDirectory(db, async (tx) => {
    const id = await ensureUser(tx, who);
    await setMembership(tx, id, tenant.id, 'accountant');
    return id;
  });
  return {
    userId,
    tenantId: tenant.id,
    email: who.email,
    name: who.name,
    role: 'accountant',
    access: plainAccess,
  };
}

/** Opens the house. `close()` stops everything and removes its files. */
export async function openBenchHouse(small: boolean, log: (line: string) => void): Promise<BenchHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'himalytix-bench-'));
  const cluster = await openEmbeddedPostgres({ dataDir: folder, role: 'owner', settings });
  const db = openDb(cluster.url, { max: 4 });
  await migrateAll(db);
  const superuserUrl = urlOfDatabase(cluster.superuserUrl, 'himalytix');
  const superuser = new pg.Pool({ connectionString: superuserUrl, max: 2 });
  const tokens = new Tokens(db, testKeyRing);
  const made: Promise<BenchCompany>[] = [];
  let web: ReturnType<typeof startWeb> | undefined;
  const company = async () => {
    const one = await createCompany(db);
    return { ...one, member: await addBenchMember(db, one) };
  };
  return {
    db,
    superuser,
    url: cluster.url,
    superuserUrl,
    small,
    log,
    company,
    companies: async (count) => {
      // The first makes the user, and then three at a time.
      while (made.length < count) {
        const more = Math.min(made.length === 0 ? 1 : 3, count - made.length);
        made.push(...Array.from({ length: more }, company));
        await Promise.all(made.slice(-more));
      }
      return await Promise.all(made.slice(0, count));
    },
    accessOf: async ({ member }) => (await tokens.issue(member)).access,
    port: async () => {
      web ??= startWeb(cluster.url);
      return (await web).port;
    },
    close: async () => {
      const child = (await web)?.child;
      if (child && child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await Promise.all([db.close(), superuser.end()]);
      await cluster.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
