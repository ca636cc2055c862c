// I8: the wall around a company as PostgreSQL's own catalogue has it, asked as the company's role from inside.
import { type Check, checkBy } from './check.ts';

const schema = 'current_schema()::regnamespace';
const role = '(select oid from pg_roles where rolname = current_user)';
// The second role, of members who are limited to branches (see limitedRoleOf()).
const limited = `(select oid from pg_roles where rolname = 'branch_' || current_schema())`;
const both = `(${role}, ${limited})`;
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

// What a line of a branch shows in.
const ofBranches = [
  'journal_entries',
  'journal_lines',
  'journal_line_dimensions',
  'account_balances',
  'account_days',
  'dimension_balances',
  'journal_drafts',
  'recurring_entries',
  'scheduled_reversals',
  'idempotency_keys',
  'audit_rows',
  'entry_approvals',
];

export const wallChecks: readonly Check[] = [
  checkBy({
    invariant: 'I8',
    claim: 'nobody but the company’s roles and the owner has a right on what is the company’s',
    of: 'rights',
    all: `select from (${rights}) r where r.schema = ${schema}`,
    wrong: `select ${nameOf('r.grantee')} || ' ' || lower(r.privilege_type) || ' on ' || r.name as id from (${rights}) r
      where r.schema = ${schema} and r.grantee not in (${role}, ${limited}, ${owner})`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'the company’s roles cannot create anything, nor hand on their rights',
    of: 'rights',
    all: `select from (${rights}) r where r.schema = ${schema} and r.grantee in ${both}`,
    wrong: `select lower(r.privilege_type) || ' on ' || r.name as id from (${rights}) r
      where r.grantee in ${both} and (r.is_grantable or r.privilege_type in ('CREATE', 'TRIGGER', 'REFERENCES', 'TRUNCATE', 'MAINTAIN'))
      union all select 'create in ' || n.nspname from pg_namespace n, unnest(array[${role}, ${limited}]) u (role)
        where has_schema_privilege(u.role, n.oid, 'create')
      union all select 'temporary tables' where has_database_privilege(current_user, current_database(), 'temporary')`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'no schema but their own is open to the company’s roles',
    of: 'schemas',
    all: `select from pg_namespace where nspname not in ${builtIn}`,
    wrong: `select n.nspname as id from pg_namespace n, unnest(array[${role}, ${limited}]) u (role)
      where n.nspname not in ${builtIn} and n.oid <> ${schema} and has_schema_privilege(u.role, n.oid, 'usage')
      union all
      select lower(r.privilege_type) || ' on ' || n.nspname || '.' || r.name from (${rights}) r join pg_namespace n on n.oid = r.schema
      where r.schema <> ${schema} and (r.grantee in ${both}
        or r.grantee = 0 and n.nspname not in ${builtIn} and n.nspname !~ '^pg_' and r.name = n.nspname)`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'the company’s roles are nobody else: no sign-in, no powers, no membership',
    of: 'roles',
    all: `select from pg_roles where oid in ${both}`,
    wrong: `select p.power as id from pg_roles r cross join lateral (values ('login', r.rolcanlogin), ('superuser', r.rolsuper),
        ('inherit', r.rolinherit), ('create roles', r.rolcreaterole), ('create databases', r.rolcreatedb),
        ('replication', r.rolreplication), ('bypass row security', r.rolbypassrls)) p (power, has)
      where r.oid in ${both} and p.has
      union all select 'member of ' || pg_get_userbyid(m.roleid) from pg_auth_members m where m.member in ${both}`,
  }),
  checkBy({
    invariant: 'I8',
    claim: 'nobody but the owner may act as one of the company’s roles',
    of: 'roles',
    all: 'select from pg_roles',
    wrong: `select pg_get_userbyid(m.member)::text as id from pg_auth_members m join pg_roles r on r.oid = m.member
      where m.roleid in ${both} and m.member <> ${owner} and not r.rolsuper
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
  checkBy({
    invariant: 'I8',
    claim: 'what is of a branch is behind a policy, for the owner, too',
    of: 'tables',
    all: `select from pg_class where relnamespace = ${schema} and relrowsecurity`,
    wrong: `select c.relname as id from pg_class c where c.relnamespace = ${schema} and c.relkind = 'r'
        and (c.relname in (${ofBranches.map((table) => `'${table}'`).join(', ')}) or c.relrowsecurity) and not (
          c.relrowsecurity and c.relforcerowsecurity and not exists (
            select from pg_policy p where p.polrelid = c.oid and (0 = any(p.polroles) or ${limited} = any(p.polroles))
              and pg_get_expr(p.polqual, p.polrelid) = 'true'))`,
  }),
];
