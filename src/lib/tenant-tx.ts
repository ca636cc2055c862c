// The wall between companies: one transaction as one company's role, in that company's schema.
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { Access } from './access.ts';
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

/** The API key by which somebody acts. `scopes` are patterns of permissions that it is narrowed to; null: to nothing. */
export type ActingKey = { id: string; prefix: string; scopes: readonly string[] | null };

/**
 * Who acts. `userId` is null for the system itself, for example a command at the server's console. `access` is what
 * a member may do besides what their role says; its limits hold in the database, too. `branches` are those that the actor is
 * limited to, as codes of the dimension `branch`; null or absent for all. `requestId` and `ip` say by which HTTP request and
 * from where; the audit log keeps them. `key` is the API key that was shown, if one was; of a company's own key `userId` is the
 * key's id.
 */
export type Actor = {
  userId: string | null;
  email: string;
  name: string;
  role: string;
  access?: Access;
  branches?: readonly string[] | null;
  requestId?: string | null;
  ip?: string | null;
  key?: ActingKey;
};

declare const brand: unique symbol;

/** Proof that the caller works inside one company: functions of a company take it first. */
export type TenantTx = {
  readonly db: Kysely<TenantSchema>;
  readonly tenant: Tenant;
  readonly actor: Actor;
  readonly [brand]: true;
};

/**
 * A transaction on the shared tables; `client` is there for SQL that no query builder knows, such as migrations. `companyId` is
 * that of the company whose rows alone are seen, null where all are.
 */
export type DirectoryTx = {
  readonly db: Kysely<PublicSchema>;
  readonly client: pg.PoolClient;
  readonly companyId: string | null;
};

/** The system at work inside a company, for commands, imports and demo data. */
export const systemActor: Actor = { userId: null, email: '', name: 'System', role: 'system' };

/**
 * A transaction for a request never waits for anybody but the database. One that is silent for so long has lost its program,
 * to a cut network for instance, and would hold its locks until TCP gives up, which takes hours.
 */
const LOST_AFTER = "SET LOCAL idle_in_transaction_session_timeout = '8s'";

const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

const { escapeIdentifier, escapeLiteral } = pg;

/** What of an actor reaches SQL as text. Throws a TypeError for what could be anything but an id, an address or an amount. */
function originOf({ userId, requestId = null, ip = null, access }: Actor) {
  const { postLimit = null, approveLimit = null } = access ?? {};
  if (userId !== null && !/^[0-9a-f-]{36}$/.test(userId)) throw new TypeError('an actor id is a UUID');
  if (requestId !== null && !/^[\w-]{1,64}$/.test(requestId)) throw new TypeError('a request id is a word');
  if (ip !== null && !/^[0-9a-fA-F.:]{2,45}$/.test(ip)) throw new TypeError('an ip is a plain IP address');
  for (const limit of [postLimit, approveLimit])
    if (limit !== null && !/^\d{1,15}(\.\d{1,4})?$/.test(limit)) throw new TypeError('a limit is an amount');
  return { actor: userId, request: requestId, ip, post_limit: postLimit, approve_limit: approveLimit };
}

/** What tells a transaction who acts, up to which amounts, by which request and from where. */
function originSettings(actor: Actor): string[] {
  const own = originOf(actor);
  return [
    `SET LOCAL app.actor_id = '${own.actor ?? ''}'`,
    ...(own.request === null ? [] : [`SET LOCAL app.request_id = '${own.request}'`, LOST_AFTER]),
    ...(own.ip === null ? [] : [`SET LOCAL app.ip = '${own.ip}'`]),
    ...(own.post_limit === null ? [] : [`SET LOCAL app.post_limit = '${own.post_limit}'`]),
    ...(own.approve_limit === null ? [] : [`SET LOCAL app.approve_limit = '${own.approve_limit}'`]),
  ];
}

/** One of the actors whose requests share a transaction, as acting_requests() reads it. */
const sharing = (actor: Actor) => {
  const { actor: id, request, ip, post_limit } = originOf(actor);
  return { actor: id, request, ip, ...(post_limit === null ? {} : { post_limit }) };
};

/** The second role of the company in a schema, as which members work who are limited to branches. */
export const limitedRoleOf = (schema: string): string => `branch_${schema}`;

/** Whose the limit is, as one word: actors of the same word may share a transaction. */
export const limitKey = ({ branches }: Actor): string =>
  branches ? JSON.stringify([...new Set(branches)].sort()) : '';

/** The role to work as, and for who is limited to branches the policies' knowledge of them. */
function roleSettings(tenant: Tenant, actor: Actor): string[] {
  if (!actor.branches) return [`SET LOCAL ROLE ${escapeIdentifier(tenant.role)}`];
  return [
    `SET LOCAL app.branches = ${escapeLiteral(limitKey(actor))}`,
    `SET LOCAL ROLE ${escapeIdentifier(limitedRoleOf(tenant.schema))}`,
  ];
}

/**
 * What turns a transaction into a company's, in one round trip; every value in it is ours, none a client's. Those who share it
 * are limited alike.
 */
function tenantSettings(tenant: Tenant, actor: Actor, actors?: readonly Actor[]): string {
  if (actors?.some((each) => limitKey(each) !== limitKey(actor)))
    throw new TypeError('who shares a transaction is limited to the same branches');
  return [
    `SET LOCAL search_path = ${escapeIdentifier(tenant.schema)}, pg_temp`,
    ...originSettings(actor),
    ...(actors ? [`SET LOCAL app.requests = '${JSON.stringify(actors.map(sharing))}'`] : []),
    ...roleSettings(tenant, actor),
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
  // Plans depend on the role where policies do.
  const home = actor.branches ? limitedRoleOf(tenant.schema) : tenant.schema;
  return await transact(await borrowConnection(db.pool, home), opening, (client) =>
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
  return await inSharedTables(db, null, actor, work);
}

/** Takes the role that sees one company's rows of the shared tables (see migrations/public, keep_apart()). */
const COMPANY_ROLE = `SELECT set_config('role', left(session_user, 55) || '_company', true)`;

/**
 * The same for one company: of the shared tables only its rows are seen and changed, by policy. What a member asks of members,
 * sessions or keys of their company belongs here; the directory is for what is asked before a company is known.
 */
export async function inDirectoryOf<T>(
  db: Db,
  { id }: Pick<Tenant, 'id'>,
  work: (tx: DirectoryTx) => Promise<T>,
  actor: Actor = systemActor,
): Promise<T> {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new TypeError('a company’s id is a UUID');
  return await inSharedTables(db, id, actor, work);
}

async function inSharedTables<T>(
  db: Db,
  companyId: string | null,
  actor: Actor,
  work: (tx: DirectoryTx) => Promise<T>,
): Promise<T> {
  const narrowed = companyId === null ? [] : [`SET LOCAL app.tenant_id = '${companyId}'`, COMPANY_ROLE];
  const opening = ['BEGIN', ...originSettings(actor), ...narrowed].join('; ');
  const client = await db.pool.connect();
  const loan = { client, release: (broken?: Error) => client.release(broken) };
  return await transact(loan, opening, (leased) =>
    work({ db: kyselyOn<PublicSchema>(leased), client: leased, companyId }),
  ).finally(
    // Also when it has failed, as a commit whose answer was lost may have happened all the same.
    db.changed,
  );
}

/** Works as the login role for a moment in a transaction that is narrowed to a company, for a note in its audit log. */
export async function asLogin<T>(tx: DirectoryTx, work: () => Promise<T>): Promise<T> {
  if (tx.companyId === null) return await work();
  await tx.client.query('SET LOCAL ROLE NONE');
  const result = await work();
  await tx.client.query(COMPANY_ROLE);
  return result;
}

/**
 * Goes on as the company's role inside a transaction on the shared tables, for what must be created together with the
 * company. There is no way back within that transaction.
 */
export async function enterTenant(tx: DirectoryTx, tenant: Tenant, actor: Actor): Promise<TenantTx> {
  await tx.client.query(tenantSettings(tenant, actor));
  return { db: kyselyOn<TenantSchema>(tx.client), tenant, actor } as TenantTx;
}
