// Brings a running embedded cluster to the state that Himalytix expects: its role, its database, hardened.
import pg from 'pg';
import type { Secrets } from './embedded-postgres-files.ts';
import { hardenDatabase } from './harden-database.ts';

const loginRole = 'himalytix';
const database = 'himalytix';

/** Written as the database's comment when all steps are done; a new number makes them run again. */
const mark = 'himalytix embedded 1';

/** Two-part keys of the advisory locks in the database `postgres`: owner, presence, bootstrap. */
export const locks = { owner: [0x48494d41, 1], presence: [0x48494d41, 2], bootstrap: [0x48494d41, 3] };

/** A client of the superuser, indifferent to PGOPTIONS, PGSSLMODE and the like. */
export function superuserClient(port: number, secrets: Secrets, name: string, role: string): pg.Client {
  const where = { host: '127.0.0.1', port, database: name, ssl: false, options: '-c search_path=' };
  const who = {
    user: 'postgres',
    password: secrets.superuser,
    application_name: `himalytix ${role} ${process.pid}`,
  };
  return new pg.Client({ ...where, ...who, keepAlive: true, connectionTimeoutMillis: 10_000 });
}

/** The connection string of a role in a database of the cluster. */
export function databaseUrl(port: number, role: string, password: string, name: string): string {
  return `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}?sslmode=disable`;
}

/**
 * Makes the login role and its database in the cluster, hardening it and template1, of which other
 * databases are copied. `client` is a superuser's, in the database `postgres`. Each step may be repeated,
 * so a bootstrap that was killed is completed by the next start; others wait meanwhile.
 */
export async function bootstrapDatabase(client: pg.Client, port: number, secrets: Secrets): Promise<void> {
  if (await isBootstrapped(client)) return;
  await client.query('select pg_advisory_lock($1, $2)', locks.bootstrap);
  try {
    if (await isBootstrapped(client)) return;
    await ensureLoginRole(client, secrets);
    await hardenNamed(port, secrets, 'template1');
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (!rowCount) await client.query(`create database ${database} owner ${loginRole}`);
    await hardenNamed(port, secrets, database);
    await client.query('revoke connect, temporary on database postgres from public');
    await client.query(`comment on database ${database} is ${client.escapeLiteral(mark)}`);
  } finally {
    await client.query('select pg_advisory_unlock($1, $2)', locks.bootstrap);
  }
}

async function isBootstrapped(client: pg.Client): Promise<boolean> {
  const sql = `select from pg_database where datname = $1 and shobj_description(oid, 'pg_database') = $2`;
  return (await client.query(sql, [database, mark])).rowCount === 1;
}

async function ensureLoginRole(client: pg.Client, secrets: Secrets): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [loginRole]);
  const rights = 'login createrole nosuperuser nocreatedb noreplication nobypassrls';
  const password = client.escapeLiteral(secrets.login);
  await client.query(`${rowCount ? 'alter' : 'create'} role ${loginRole} ${rights} password ${password}`);
}

async function hardenNamed(port: number, secrets: Secrets, name: string): Promise<void> {
  const client = superuserClient(port, secrets, name, 'bootstrap');
  await client.connect();
  try {
    await hardenDatabase(client, { loginRole });
  } finally {
    await client.end();
  }
}
