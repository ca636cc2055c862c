// Takes from PUBLIC what would let a company's role leave its schema, and tells what an existing database still leaves open.
import type { ClientBase } from 'pg';

/**
 * Functions of pg_catalog that PUBLIC may call in a fresh database and a company's role must not. Through
 * `set_config` a single SELECT could change the role; large objects, messages in the log and exported
 * snapshots live outside the schema; advisory locks, sleeps and notifications hold up other companies.
 */
const functions = [
  'set_config',
  'lo_create lo_creat lo_open lo_close lo_unlink lo_put lo_get lo_from_bytea lo_export lo_import',
  'lo_lseek lo_lseek64 lo_tell lo_tell64 lo_truncate lo_truncate64 loread lowrite',
  'pg_advisory_lock pg_advisory_lock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared',
  'pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared',
  'pg_advisory_unlock pg_advisory_unlock_shared pg_advisory_unlock_all',
  'pg_sleep pg_sleep_for pg_sleep_until pg_notify pg_listening_channels',
  'pg_cancel_backend pg_terminate_backend pg_logical_emit_message pg_export_snapshot',
  'pg_cursor pg_prepared_statement pg_prepared_xact',
  'query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml cursor_to_xmlschema',
  'table_to_xml table_to_xmlschema table_to_xml_and_xmlschema schema_to_xml schema_to_xmlschema',
  'schema_to_xml_and_xmlschema database_to_xml database_to_xmlschema database_to_xml_and_xmlschema ts_stat',
].flatMap((line) => line.split(' '));

/** The same, but what monitoring asks for: the role pg_monitor, which every PostgreSQL has, keeps them. */
const monitoring = [
  'pg_lock_status pg_stat_get_activity pg_relation_size pg_table_size pg_indexes_size',
  'pg_total_relation_size pg_database_size',
].flatMap((line) => line.split(' '));

/** Serialises hardening: two at once would fail with "tuple concurrently updated". */
const hardeningLock = 0x48_49_4d_48;

/**
 * Hardens the database that `client` is connected to. The client must be a superuser, or own the objects
 * concerned; `loginRole` is the role with which the application connects and keeps every right. Repeating
 * it changes nothing. One transaction.
 */
export async function hardenDatabase(
  client: ClientBase,
  { loginRole }: { loginRole: string },
): Promise<void> {
  const role = client.escapeIdentifier(loginRole);
  const { rows } = await client.query<{ database: string; calls: string; watched: string }>(
    `select quote_ident(current_database()) as database,
            string_agg(oid::regprocedure::text, ', ' order by oid) as calls,
            string_agg(oid::regprocedure::text, ', ' order by oid) filter (where proname = any($2)) as watched
     from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname = any($1 || $2)`,
    [functions, monitoring],
  );
  const { database = '', calls = '', watched = '' } = rows[0] ?? {};
  // Several statements in one simple query are one transaction, so nothing is ever left half open.
  await client.query(`
    select pg_advisory_xact_lock(${hardeningLock});
    grant execute on function ${calls} to ${role};
    grant execute on function ${watched} to pg_monitor;
    revoke execute on function ${calls} from public;
    revoke update on pg_catalog.pg_settings from public;
    grant usage on language plpgsql, sql to ${role};
    revoke usage on language plpgsql, sql from public;
    grant all on schema public to ${role};
    revoke all on schema public from public;
    grant connect, temporary on database ${database} to ${role};
    revoke connect, temporary on database ${database} from public;
  `);
}

type Findings = {
  superuser: boolean;
  settings: boolean;
  temporary: boolean;
  public_schema: boolean;
  languages: string[];
  functions: string[];
};

/**
 * Says what a company's role could still use to leave its schema in the database of `client`, one sentence
 * each; an empty list means none. Needs no more rights than the ordinary login role has.
 */
export async function databaseHardeningFaults(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<Findings>(
    `select (select rolsuper from pg_roles where rolname = session_user) as superuser,
            has_table_privilege('public', 'pg_catalog.pg_settings', 'update') as settings,
            has_database_privilege('public', current_database(), 'temporary') as temporary,
            coalesce(has_schema_privilege('public', to_regnamespace('public')::oid, 'usage, create'), false)
              as public_schema,
            array(select lanname::text from pg_language
                  where lanpltrusted and has_language_privilege('public', oid, 'usage') order by 1) as languages,
            array(select distinct proname::text from pg_proc
                  where pronamespace = 'pg_catalog'::regnamespace and proname = any($1)
                    and has_function_privilege('public', oid, 'execute') order by 1) as functions`,
    [[...functions, ...monitoring]],
  );
  const found = rows[0];
  if (!found) return [];
  const faults: string[] = [];
  if (found.superuser) faults.push('the login role is a superuser, to whom no privilege is refused');
  if (found.settings) faults.push('PUBLIC may update pg_catalog.pg_settings');
  if (found.temporary) faults.push('PUBLIC may create temporary tables in this database');
  if (found.public_schema) faults.push('PUBLIC may use or create objects in the schema public');
  for (const name of found.languages) faults.push(`PUBLIC may write code in the language ${name}`);
  for (const name of found.functions) faults.push(`PUBLIC may execute pg_catalog.${name}`);
  return faults;
}
