// Starts, shares, kills and revives real embedded servers, as programs and accidents do.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  openEmbeddedPostgres,
} from './embedded-postgres.ts';
import { readPostmaster } from './embedded-postgres-cluster.ts';
import { databaseHardeningFaults } from './harden-database.ts';

const settings = { fsync: 'off' };
const repository = fileURLToPath(new URL('../..', import.meta.url));
let parent: string;

before(async () => {
  // mkdtemp makes a folder that only its user may enter, as a clone under /root is.
  parent = await mkdtemp(path.join(tmpdir(), 'himalytix embedded '));
});

after(() => rm(parent, { recursive: true, force: true }));

const folder = (name: string) => path.join(parent, name);
const serverOf = (dataDir: string) => readPostmaster(path.join(dataDir, 'postgres'));

function open(dataDir: string, more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  return openEmbeddedPostgres({ dataDir, role: 'owner', settings, ...more });
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  return await client
    .query({ text: sql, rowMode: 'array' })
    .then(({ rows }) => rows.flat())
    .finally(() => client.end());
}

async function killServer(dataDir: string): Promise<number> {
  const server = await serverOf(dataDir);
  assert.ok(server);
  process.kill(server.pid, 'SIGKILL');
  while ((await serverOf(dataDir))?.pid === server.pid) await sleep(5);
  return server.pid;
}

async function eventually<T>(what: () => Promise<T>): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    try {
      return await what();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}

/** Another program that opens the folder as its owner; resolves once it has. */
async function startProgram(dataDir: string): Promise<{ program: ChildProcess; url: string }> {
  const options = JSON.stringify({
    dataDir,
    role: 'owner',
    settings,
    owner: { describe: 'http://localhost:8000/' },
  });
  const code = `const { openEmbeddedPostgres } = await import('#lib/embedded-postgres');
    console.log((await openEmbeddedPostgres(${options})).url);`;
  const args = ['--input-type=module', '--eval', code];
  const program = spawn(process.execPath, args, { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(program, 'exit').then(() => assert.fail('the other program did not start'));
  const [chunk] = await Promise.race([once(program.stdout, 'data'), failed]);
  failed.catch(() => undefined);
  return { program, url: String(chunk).trim() };
}

async function kill(program: ChildProcess): Promise<void> {
  program.kill('SIGKILL');
  await once(program, 'exit');
}

test('a fresh folder becomes a hardened database that only this program can enter', async () => {
  const dataDir = folder('fresh');
  const database = await open(dataDir);
  const client = new pg.Client(database.url);
  await client.connect();
  assert.deepEqual(await databaseHardeningFaults(client), []);
  const { rows } = await client.query(`select current_user as who, current_database() as name,
    current_setting('data_checksums') as checksums, current_setting('TimeZone') as zone,
    current_setting('listen_addresses') as address, (select rolsuper from pg_roles where rolname = current_user) as super`);
  await client.end();
  const expected = {
    who: 'himalytix',
    name: 'himalytix',
    checksums: 'on',
    zone: 'UTC',
    address: '127.0.0.1',
    super: false,
  };
  assert.deepEqual(rows, [expected]);
  assert.equal((await stat(path.join(dataDir, 'postgres.json'))).mode & 0o777, 0o600);
  await assert.rejects(query(database.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1'), { code: '28P01' });
  await database.close();
  assert.equal(await serverOf(dataDir), null);
});

test('a second owner is refused with one line, and gets in once the first has left', async () => {
  const dataDir = folder('owners');
  const first = await open(dataDir, { owner: { describe: 'http://localhost:8000/' } });
  await assert.rejects(open(dataDir), {
    message: `another Himalytix (process ${process.pid}, http://localhost:8000/) is using the data folder ${dataDir}; stop it, or choose another with HIMALYTIX_DATA_DIR`,
  });
  assert.deepEqual(await query(first.url, 'select 1'), [1]);
  await Promise.all([first.close(), first.close()]);
  await (await open(dataDir)).close();
});

test('owner and guests share one server, whoever came first, and the last one out stops it', async () => {
  const dataDir = folder('guests');
  const early = await open(dataDir, { role: 'guest' });
  const owner = await open(dataDir);
  const late = await open(dataDir, { role: 'guest' });
  assert.deepEqual([early.url, late.url], [owner.url, owner.url]);
  await early.close();
  await owner.close();
  assert.deepEqual(await query(late.url, 'select 1'), [1]);
  await late.close();
  assert.equal(await serverOf(dataDir), null);
});

test('programs that start and stop at once on a fresh folder all find a server', async () => {
  const dataDir = folder('crowd');
  const roles = ['owner', 'guest', 'guest', 'guest'] as const;
  const crowd = roles.map(async (role, n) => {
    const database = await open(dataDir, { role });
    assert.deepEqual(await query(database.url, `select ${n}`), [n]);
    await database.close();
    const again = await open(dataDir, { role });
    assert.deepEqual(await query(again.url, `select ${n}`), [n]);
    await again.close();
  });
  await Promise.all(crowd);
  assert.equal(await serverOf(dataDir), null);
});

test('a server whose owner was killed is adopted by the next owner', async () => {
  const dataDir = folder('adopted');
  const { program, url } = await startProgram(dataDir);
  await assert.rejects(open(dataDir), {
    message: new RegExp(`\\(process ${program.pid}, http://localhost:8000/\\)`),
  });
  await query(url, 'create table kept as select 7 as n');
  await kill(program);
  const next = await open(dataDir);
  assert.equal(next.url, url);
  assert.deepEqual(await query(next.url, 'select n from kept'), [7]);
  await next.close();
});

test('a server that is killed comes back on its port while its owner lives', async () => {
  const dataDir = folder('revived');
  const lines: string[] = [];
  const database = await open(dataDir, { log: (line) => lines.push(line) });
  const guest = await open(dataDir, { role: 'guest' });
  await query(database.url, 'create table kept as select 7 as n');
  const dead = await killServer(dataDir);
  assert.deepEqual(await eventually(() => query(database.url, 'select n from kept')), [7]);
  assert.notEqual((await serverOf(dataDir))?.pid, dead);
  await eventually(async () => assert.match(lines.join('\n'), /went away.*is back/s));
  await assert.rejects(open(dataDir), /another Himalytix/);
  await guest.close();
  await database.close();
  assert.equal(await serverOf(dataDir), null);
});

test('when program, server and all were killed, the next start recovers what was committed', async () => {
  const dataDir = folder('recovered');
  const { program, url } = await startProgram(dataDir);
  await query(url, 'create table kept as select 7 as n');
  // A busy backend notices the server's death late and holds on to the shared memory.
  const busy = query(url, 'select count(*) from generate_series(1, 10000000000)').catch(() => undefined);
  await sleep(200);
  await kill(program);
  await killServer(dataDir);
  const next = await open(dataDir);
  await busy;
  assert.deepEqual(await query(next.url, 'select n from kept'), [7]);
  await next.close();
});

test('a pid file that names a live process of another program is no obstacle', async () => {
  const dataDir = folder('foreign');
  await (await open(dataDir)).close();
  const pidFile = path.join(dataDir, 'postgres', 'postmaster.pid');
  const when = Math.floor(Date.now() / 1000);
  await writeFile(
    pidFile,
    `${process.pid}\n${dataDir}/postgres\n${when}\n5432\n\n127.0.0.1\n  1  1\nready   \n`,
  );
  const database = await open(dataDir);
  assert.deepEqual(await query(database.url, 'select 1'), [1]);
  await database.close();
});

test('a pid file left empty by a server that was killed while writing it is no obstacle', async () => {
  await writeFile(folder('foreign/postgres/postmaster.pid'), '');
  const database = await open(folder('foreign'));
  assert.deepEqual(await query(database.url, 'select 1'), [1]);
  await database.close();
});

test('an initdb that was killed half-way is no obstacle and is swept away', async () => {
  const dataDir = folder('half');
  const gone = spawn('true');
  await once(gone, 'exit');
  await mkdir(path.join(dataDir, `postgres.new-${gone.pid}-abc`, 'base'), { recursive: true });
  await (await open(dataDir)).close();
  assert.deepEqual((await readdir(dataDir)).sort(), ['postgres', 'postgres.json', 'postgres.log']);
});

test('the variables that steer other PostgreSQL programs do not disturb', async () => {
  const foreign = {
    PGDATA: '/nowhere',
    PGPORT: '1',
    PGHOST: 'nowhere',
    PGOPTIONS: '-c x=y',
    PGSSLMODE: 'require',
  };
  const kept = { ...process.env };
  Object.assign(process.env, foreign, { LC_ALL: 'ne_NP.UTF-8', LD_LIBRARY_PATH: parent });
  const database = await open(folder('fresh'));
  await database.close();
  for (const name of [...Object.keys(foreign), 'LC_ALL', 'LD_LIBRARY_PATH']) delete process.env[name];
  Object.assign(process.env, kept);
  assert.match(await readFile(folder('fresh/postgres.log'), 'utf8'), /ready to accept connections/);
});

test('a folder that cannot be used, or has lost its passwords, is answered with one line', async () => {
  const file = folder('file');
  await writeFile(file, '');
  await assert.rejects(open(file), {
    message: /^the data folder .*file cannot be used \(EEXIST.*HIMALYTIX_DATA_DIR$/,
  });
  await rm(folder('fresh/postgres.json'));
  await assert.rejects(open(folder('fresh')), { message: /postgres\.json is missing/ });
});
