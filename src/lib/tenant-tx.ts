// The wall between companies: one transaction as one company's role, in that company's schema.
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { Db } from './db.ts';
import type { DB as PublicSchema } from './db-types/public.ts';
import type { DB as TenantSchema } from './db-types/tenant.ts';
import { borrowConnection, type Loan } from './sticky-connections.ts';

export type Calendar = 'gregorian' | 'bikram_sambat';

/** A company as the directory knows it. `currency` is ISO 4217, `currencyScale` its decimals, `timeZone` IANA. */
export type Tenant = {
  id: string;
  slug: string;
  name: string;
  schema: string;
  role: string;
  status: 'active' | 'suspended';
  currency: string;
  currencyScale: number;
  calendar: Calendar;
  timeZone: string;
};

/**
 * Who acts. `userId` is null for the system itself, for example a command at the server's console. `requestId` and `ip`
 * say by which HTTP request and from where; the audit log keeps them.
 */
export type Actor = {
  userId: string | null;
  email: string;
  name: string;
  role: string;
  requestId?: string | null;
  ip?: string | null;
};

declare const brand: unique symbol;

/** Proof that the caller works inside one company: functions of a company take it first. */
export type TenantTx = {
  readonly db: Kysely<TenantSchema>;
  readonly tenant: Tenant;
  readonly actor: Actor;
  readonly [brand]: true;
};

/** A transaction on the shared tables; `client` is there for SQL that no query builder knows, such as migrations. */
export type DirectoryTx = { readonly db: Kysely<PublicSchema>; readonly client: pg.PoolClient };

/** The system at work inside a company, for commands, imports and demo data. */
export const systemActor: Actor = { userId: null, email: '', name: 'System', role: 'system' };

/**
 * A transaction for a request never waits for anybody but the database. One that is silent for so long has lost its program,
 * to a cut network for instance, and would hold its locks until TCP gives up, which takes hours.
 */
const LOST_AFTER = "SET LOCAL idle_in_transaction_session_timeout = '8s'";

const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

const { escapeIdentifier } = pg;

/** What of an actor reaches SQL as text. Throws a TypeError for what could be anything but an id or an address. */
function originOf({ userId, requestId = null, ip = null }: Actor) {
  if (userId !== null && !/^[0-9a-f-]{36}$/.test(userId)) throw new TypeError('an actor id is a UUID');
  if (requestId !== null && !/^[\w-]{1,64}$/.test(requestId)) throw new TypeError('a request id is a word');
  if (ip !== null && !/^[0-9a-fA-F.:]{2,45}$/.test(ip)) throw new TypeError('an ip is a plain IP address');
  return { actor: userId, request: requestId, ip };
}

/** What tells the audit log of a transaction who acts, by which request and from where. */
function originSettings(actor: Actor): string[] {
  const own = originOf(actor);
  return [
    `SET LOCAL app.actor_id = '${own.actor ?? ''}'`,
    ...(own.request === null ? [] : [`SET LOCAL app.request_id = '${own.request}'`, LOST_AFTER]),
    ...(own.ip === null ? [] : [`SET LOCAL app.ip = '${own.ip}'`]),
  ];
}

/** What turns a transaction into a company's, in one round trip; every value in it is ours, none a client's. */
function tenantSettings(tenant: Tenant, actor: Actor, actors?: readonly Actor[]): string {
  return [
    `SET LOCAL search_path = ${escapeIdentifier(tenant.schema)}, pg_temp`,
    ...originSettings(actor),
    ...(actors ? [`SET LOCAL app.requests = '${JSON.stringify(actors.map(originOf))}'`] : []),
    `SET LOCAL ROLE ${escapeIdentifier(tenant.role)}`,
  ].join('; ');
}

type Lease = { readonly client: pg.PoolClient; end(): void };

/**
 * Lends a connection for one transaction. What is still running when the work has failed or returned, a branch of a
 * Promise.all for instance, must not go on in the next company's transaction, so after `end()` it takes no query.
 */
function leaseOf(client: pg.PoolClient): Lease {
  let over = false;
  const get = (target: pg.PoolClient, key: string | symbol): unknown => {
    if (key === 'release') return () => {};
    if (key === 'query' && over) throw new Error('the transaction is over; await all of its queries');
    const value: unknown = Reflect.get(target, key, target);
    return typeof value === 'function' ? value.bind(target) : value;
  };
  return {
    client: new Proxy(client, { get }),
    end: () => {
      over = true;
    },
  };
}

/**
 * Kysely over one checked-out connection, which it neither returns nor ends. Queries go by the extended protocol even
 * without parameters, as by the simple one a text that was tampered with could carry several statements.
 */
function kyselyOn<Schema>(client: pg.PoolClient): Kysely<Schema> {
  const query = (text: string, values: unknown[]) => {
    const config: pg.QueryConfig & { queryMode: 'extended' } = { text, values, queryMode: 'extended' };
    return client.query(config);
  };
  const connection = { query, release: () => {} } as unknown as PostgresPoolClient;
  return new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: { connect: async () => connection, end: async () => {} } }),
  });
}

/** COMMIT after a failed statement is answered with ROLLBACK and no error; that must never pass for success. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT')
    throw new Error('the transaction was rolled back, as one of its statements had failed');
}

/**
 * Runs `work` between `opening` (a BEGIN with its settings) and COMMIT; a throw rolls everything back. A connection
 * that cannot even roll back is closed rather than reused.
 */
async function transact<T>(
  { client, release }: Loan,
  opening: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const lease = leaseOf(client);
  let broken: Error | undefined;
  try {
    await client.query(opening);
    const result = await work(lease.client).finally(lease.end);
    await commit(client);
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    release(broken);
  }
}

/**
 * Runs `work` in one READ COMMITTED transaction as the company's role with the company's search_path. Nothing is set
 * for the session, so that a pooled connection carries nothing to the next company. A throw rolls everything back.
 * `snapshot` makes it a reader that sees one moment throughout, as a report of several statements must. `actors` are those
 * whose requests share the transaction; an entry names its own by its place among them.
 */
export async function inTenant<T>(
  db: Db,
  tenant: Tenant,
  actor: Actor,
  work: (tx: TenantTx) => Promise<T>,
  options: { snapshot?: boolean; actors?: readonly Actor[] } = {},
): Promise<T> {
  if (tenant.status !== 'active') throw new TypeError(`company ${tenant.slug} is ${tenant.status}`);
  const opening = `${options.snapshot ? SNAPSHOT : 'BEGIN'}; ${tenantSettings(tenant, actor, options.actors)}`;
  return await transact(await borrowConnection(db.pool, tenant.schema), opening, (client) =>
    work({ db: kyselyOn<TenantSchema>(client), tenant, actor } as TenantTx),
  );
}

/**
 * Runs `work` in one transaction on the shared tables as the login role: provisioning, migrating, the directory. What it notes
 * in companies' audit logs names the `actor`, who is the system itself unless given.
 */
export async function inDirectory<T>(
  db: Db,
  work: (tx: DirectoryTx) => Promise<T>,
  actor: Actor = systemActor,
): Promise<T> {
  const opening = ['BEGIN', ...originSettings(actor)].join('; ');
  const client = await db.pool.connect();
  const loan = { client, release: (broken?: Error) => client.release(broken) };
  return await transact(loan, opening, (leased) =>
    work({ db: kyselyOn<PublicSchema>(leased), client: leased }),
  ).finally(
    // Also when it has failed, as a commit whose answer was lost may have happened all the same.
    db.changed,
  );
}

/**
 * Goes on as the company's role inside a transaction on the shared tables, for what must be created together with the
 * company. There is no way back within that transaction.
 */
export async function enterTenant(tx: DirectoryTx, tenant: Tenant, actor: Actor): Promise<TenantTx> {
  await tx.client.query(tenantSettings(tenant, actor));
  return { db: kyselyOn<TenantSchema>(tx.client), tenant, actor } as TenantTx;
}
