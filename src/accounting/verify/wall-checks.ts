// I8: the wall around a company as PostgreSQL's own catalogue has it, asked as the company's role from inside.
import { type Check, checkBy } from './check.ts';

const schema = 'current_schema()::regnamespace';
const role = '(select oid from pg_roles where rolname = current_user)';
const owner = `(select nspowner from pg_namespace where oid = ${schema})`;

// Each right that somebody has on something, with what stands where nothing was granted or revoked.
const rights = `
  select nspname::text as name, oid as schema, (aclexplode(coalesce(nspacl, acldefault('n', nspowner)))).* from pg_namespace
  union all
  select relname::text, relnamespace,
    (aclexplode(coalesce(relacl, acldefault(case relkind when 'S' then 's'::"char" else 'r'::"char" end, relowner)))).* from pg_class
  union all
  select c.relname || '.' || a.attname, c.relnamespace, (aclexplode(a.attacl)).*
    from pg_attribute a join pg_class c on c.oid = a.attrelid where a.attacl is not null
  union all
  select proname || '()', pronamespace, (aclexplode(coalesce(proacl, acldefault('f', proowner)))).* from pg_proc
  union all
  select 'default rights', defaclnamespace, (aclexplode(defaclacl)).* from pg_default_acl where defaclnamespace <> 0`;

const nameOf = (oid: string) => `case when ${oid} = 0 then 'PUBLIC' else pg_get_userbyid(${oid})::text end`;

const objects = `
  select relname::text as name, relowner as owner from pg_class where relnamespace = ${schema}
  union all select proname || '()', proowner from pg_proc where pronamespace = ${schema}
  union all select typname, typowner from pg_type where typnamespace = ${schema}`;

// PostgreSQL's own schemas, which every role may read; information_schema shows a role what it has rights on.
const builtIn = `('pg_catalog', 'information_schema')`;

export const wallChecks: readonly Check[] = [
  checkBy({
    invariant: 'I8',
    claim: 'nobody but the company’s role and the owner has a right on what is the company’s',
    of: 'rights',
    all: `select from (${rights}) r where r.schema = ${schema}`,
    wrong: `select ${nameOf('r.grantee')} || ' ' || lower(r.privilege_type) || ' on ' || r.name as id from (${rights}) r
      where r.schema = ${schema} and r.grantee not in (${role}, ${owner})`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'the company’s role cannot create anything, nor hand on its rights',
    of: 'rights',
    all: `select from (${rights}) r where r.schema = ${schema} and r.grantee = ${role}`,
    wrong: `select lower(r.privilege_type) || ' on ' || r.name as id from (${rights}) r
      where r.grantee = ${role} and (r.is_grantable or r.privilege_type in ('CREATE', 'TRIGGER', 'REFERENCES', 'TRUNCATE', 'MAINTAIN'))
      union all select 'create in ' || n.nspname from pg_namespace n where has_schema_privilege(current_user, n.oid, 'create')
      union all select 'temporary tables' where has_database_privilege(current_user, current_database(), 'temporary')`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'no schema but its own is open to the company’s role',
    of: 'schemas',
    all: `select from pg_namespace where nspname not in ${builtIn}`,
    wrong: `select n.nspname as id from pg_namespace n
      where n.nspname not in ${builtIn} and n.oid <> ${schema} and has_schema_privilege(current_user, n.oid, 'usage')
      union all
      select lower(r.privilege_type) || ' on ' || n.nspname || '.' || r.name from (${rights}) r join pg_namespace n on n.oid = r.schema
      where r.schema <> ${schema} and (r.grantee = ${role}
        or r.grantee = 0 and n.nspname not in ${builtIn} and n.nspname !~ '^pg_' and r.name = n.nspname)`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'the company’s role is nobody else: no sign-in, no powers, no membership',
    of: 'roles',
    all: 'select from pg_roles where rolname = current_user',
    wrong: `select p.power as id from pg_roles r cross join lateral (values ('login', r.rolcanlogin), ('superuser', r.rolsuper),
        ('inherit', r.rolinherit), ('create roles', r.rolcreaterole), ('create databases', r.rolcreatedb),
        ('replication', r.rolreplication), ('bypass row security', r.rolbypassrls)) p (power, has)
      where r.rolname = current_user and p.has
      union all select 'member of ' || pg_get_userbyid(m.roleid) from pg_auth_members m where m.member = ${role}`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'nobody but the owner may act as the company’s role',
    of: 'roles',
    all: 'select from pg_roles',
    wrong: `select pg_get_userbyid(m.member)::text as id from pg_auth_members m join pg_roles r on r.oid = m.member
      where m.roleid = ${role} and m.member <> ${owner} and not r.rolsuper
        and has_database_privilege(m.member, current_database(), 'connect')`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'all that is the company’s has the owner of its schema',
    of: 'objects',
    all: objects,
    wrong: `select o.name || ' of ' || pg_get_userbyid(o.owner) as id from (${objects}) o where o.owner <> ${owner}`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'a function that works as its owner keeps to the company’s own schema',
    of: 'functions',
    all: `select from pg_proc where pronamespace = ${schema} and prosecdef`,
    wrong: `select p.oid::regprocedure::text as id from pg_proc p
      where p.pronamespace = ${schema} and p.prosecdef and not coalesce(p.proconfig, '{}') && array[
        'search_path=' || quote_ident(current_schema()) || ', pg_temp', 'search_path=' || current_schema() || ', pg_temp']`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'a view reads as whoever asks, and only what is the company’s',
    of: 'views',
    all: `select from pg_class where relnamespace = ${schema} and relkind in ('v', 'm')`,
    wrong: `select c.relname as id from pg_class c where c.relnamespace = ${schema} and (
        c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on'])
      union select c.relname || ' reads ' || d.refobjid::regclass from pg_class c join pg_rewrite w on w.ev_class = c.oid
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
        join pg_class o on o.oid = d.refobjid
      where c.relnamespace = ${schema} and o.relnamespace <> ${schema}`,
  }),
];
