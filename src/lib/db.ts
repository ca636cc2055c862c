// The pool of connections to PostgreSQL and how its values become JavaScript values.
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { DB as PublicSchema } from './db-types/public.ts';

/** The directory database: `kysely` sees the shared tables as the login role, never a company's. */
export type Db = { readonly pool: pg.Pool; readonly kysely: Kysely<PublicSchema>; close(): Promise<void> };

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

/**
 * Opens a pool. Connection failures surface on use, as errors of the queries that meet them; an idle connection that
 * breaks is dropped silently, as the pool opens another one.
 */
export function openDb(url: string, options: { max?: number } = {}): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    types,
    connectionTimeoutMillis: 10_000,
    application_name: 'himalytix',
  });
  pool.on('error', () => {});
  // The pool listens to idle connections only; one that breaks while it is lent would end the whole process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const kysely = new Kysely<PublicSchema>({ dialect: new PostgresDialect({ pool }) });
  return { pool, kysely, close: () => kysely.destroy() };
}
