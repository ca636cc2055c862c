// Hands a test file a database of its own, copied in a moment from the one that test/cluster.ts has migrated.
import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** The database that every test database is a copy of. */
export const templateDatabase = 'himalytix_template';

/** A test's own database: `url` for the program's login role, `superuserUrl` for looking behind the scenes. */
export type TestDatabase = { url: string; superuserUrl: string; drop(): Promise<void> };

/** The same connection string for another database of the cluster. */
export function urlOfDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(
    'there is no test cluster: run a single file with "npm run test:file -- path/to/x.test.ts"',
  );
}

async function asSuperuser(url: string, statements: string[]): Promise<void> {
  const admin = new pg.Client(url);
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}

/**
 * Copies the migrated, otherwise empty database. Call `drop()` in an `after` hook, once the test's own connections
 * are closed; any that are left are cut. Roles belong to the whole cluster, so a company's role may exist already.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const clusterUrl = fromEnvironment('TEST_CLUSTER_URL');
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await asSuperuser(clusterUrl, [
    `create database ${name} template ${templateDatabase} owner himalytix`,
    // The rights on a database are the one thing that a copy does not inherit.
    `revoke connect, temporary on database ${name} from public`,
  ]);
  return {
    url: urlOfDatabase(fromEnvironment('TEST_LOGIN_URL'), name),
    superuserUrl: urlOfDatabase(clusterUrl, name),
    drop: () => asSuperuser(clusterUrl, [`drop database ${name} with (force)`]),
  };
}
