// The pool of connections to PostgreSQL and how its values become JavaScript values.
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { DB as PublicSchema } from './db-types/public.ts';
import { DatabaseWatch } from './watch-database.ts';

/**
 * The directory database: `kysely` sees the shared tables as the login role, never a company's. What is in `onChange` is called by
 * changed(), which every transaction of this process on the shared tables ends with, so that nobody in it goes on believing what
 * was read before.
 */
export type Db = {
  readonly pool: pg.Pool;
  readonly kysely: Kysely<PublicSchema>;
  readonly onChange: Set<() => void>;
  changed(): void;
  close(): Promise<void>;
};

const { builtins } = pg.types;

// Dates stay ISO strings, as a Date would shift them by the time zone; numeric stays a decimal string, as a float
// would lose digits; bigint keys and counts are far below 2^53 and become numbers.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === builtins.DATE || oid === builtins.NUMERIC) return (value: string) => value;
    if (oid === builtins.INT8) return Number;
    return pg.types.getTypeParser(oid, format as 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** How long a request may wait for a connection, be it that all are lent or that a new one does not come about. */
const MOST_WAIT_MS = 5000;

/**
 * Opens a pool. Connection failures surface on use, as errors of the queries that meet them; an idle connection that
 * breaks is dropped silently, as the pool opens another one. `watched` is for a program that serves: queries to a database that
 * has fallen silent fail then, which else would hang.
 */
export function openDb(url: string, options: { max?: number; watched?: boolean } = {}): Db {
  let watch: DatabaseWatch | undefined;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    types,
    connectionTimeoutMillis: MOST_WAIT_MS,
    application_name: 'himalytix',
    ...(options.watched ? { stream: () => watch?.socket() } : {}),
  });
  if (options.watched)
    watch = new DatabaseWatch(url, () => pool.totalCount > pool.idleCount || pool.waitingCount > 0);
  pool.on('error', () => {});
  // The pool listens to idle connections only; one that breaks while it is lent would end the whole process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const kysely = new Kysely<PublicSchema>({ dialect: new PostgresDialect({ pool }) });
  const close = async () => {
    await kysely.destroy();
    watch?.stop();
  };
  const onChange = new Set<() => void>();
  const changed = () => {
    for (const tell of onChange) tell();
  };
  return { pool, kysely, onChange, changed, close };
}
