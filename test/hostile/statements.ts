// The statements with which a company's role tries to break out or to falsify the books, and how each must be refused.

/** By what a group of statements is refused (SQLSTATE), and the statements; {names} are filled in by the test. */
type Group = { claim: string; code: string; statements: string[] };

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

export const hostileGroups: Group[] = [
  {
    claim: 'a posted entry cannot be written, changed or removed by hand',
    code: '42501',
    statements: lines(`
      insert into journal_lines select '{entry}', 3, account_id, period_id, entry_date, currency, 5, 0 from journal_lines
      insert into journal_entries select * from journal_entries
      update journal_lines set debit = debit + 1 where debit > 0
      update journal_entries set memo = 'another'
      update journal_entries set memo = 'another' where false
      delete from journal_lines
      delete from journal_entries where id = '{entry}'
      truncate journal_lines
      truncate journal_entries, journal_lines cascade
      merge into journal_lines l using (select 1) s on true when matched then update set debit = 1
      with gone as (delete from journal_lines returning 1) select * from gone
      select * from journal_entries for update
      select * from journal_lines for share
      copy journal_lines from stdin`),
  },
  {
    claim: 'balances, counters, series, periods, the company and its versions are not written by hand',
    code: '42501',
    statements: lines(`
      update account_balances set debit = 0
      insert into account_balances select account_id, period_id, 'EUR', 1, 0 from account_balances
      delete from account_balances
      update number_counters set last_number = 0
      update number_counters set last_number = last_number + 1
      insert into number_counters (series_id, since, last_number) values (1, '2025-01-01', 7)
      delete from number_counters
      update number_series set code = 'XX'
      delete from number_series
      insert into account_days values (1, '2024-01-10', 1, 1, 1)
      update account_days set debit = 0
      insert into dimension_balances values (1, 1, 1, false, 1, 1)
      update dimensions set keeps_balances = false
      update fiscal_years set status = 'closed'
      insert into scheduled_reversals values ('{entry}', '2024-12-31')
      update periods set status = 'open'
      update periods set status_changed_by = null
      select * from periods for update
      delete from periods
      insert into periods (fiscal_year_id, number, name, starts_on, ends_on, status) values (1, 13, 'x', '2030-01-01', '2030-01-02', 'open')
      update fiscal_years set ends_on = '2099-01-01'
      delete from fiscal_years
      update company set currency = 'NPR'
      insert into company values (false, 'EUR', 2, 'gregorian')
      delete from company
      update schema_migrations set version = 9
      insert into schema_migrations (version, name, checksum) values (99, 'x', 'x')
      update accounts set code = 'x'
      update accounts set is_group = true
      update accounts set type = 'asset'
      insert into accounts (id, code, name, type) overriding system value values (1, 'x', 'x', 'asset')
      select nextval('accounts_id_seq')
      select setval('accounts_id_seq', 1)
      insert into journal_drafts (id, entry_date, memo, lines, total, created_by) values (gen_random_uuid(), '2024-01-01', 'x', '[]', 0, gen_random_uuid())
      update journal_drafts set created_by = null
      update journal_drafts set editors = '{}'
      insert into entry_approvals (entry_id, version, total, approved_by) values (gen_random_uuid(), 1, 1, gen_random_uuid())
      update entry_approvals set withdrawn_at = null
      delete from entry_approvals
      select note_editor()
      select forget_approval()
      select lines_into_balances()
      select prove_entries()
      select post_documents('[]', '[]', false, false, true)
      select dimensions_into_balances()
      select prove_numbers()
      select refuse_change()
      select check_documents('{}', '{}')`),
  },
  {
    claim: 'another company and the shared tables are out of reach',
    code: '42501',
    statements: lines(`
      select * from {other}.journal_entries
      select * from {other}.accounts
      select count(*) from {other}.journal
      insert into {other}.journal_drafts select * from journal_drafts
      delete from {other}.accounts
      select {other}.post_entries('[]', '[]')
      select {other}.set_period_status(1, 'closed')
      explain analyze select * from {other}.accounts
      table {other}.accounts
      declare c cursor with hold for select * from {other}.accounts
      lock table {other}.accounts in access share mode
      select * from public.users
      select * from public.tenants
      select * from public.tenant_domains
      select * from public.memberships
      select * from public.roles
      select * from public.permission_rules
      update public.memberships set post_limit = null
      select * from public.sessions
      select * from public.refresh_tokens
      select * from public.signing_keys
      select * from public.api_keys
      select * from public.presented_api_keys(null)
      select * from public.schema_migrations
      update public.users set is_active = false
      select * from pg_authid
      select * from pg_shadow
      select * from pg_statistic
      select * from pg_stat_activity
      select * from pg_locks`),
  },
  {
    claim: 'no function or object lets the role leave, whether called, wrapped or created',
    code: '42501',
    statements: lines(`
      select set_config('role', 'none', false)
      select set_config('role', 'himalytix', true)
      select pg_catalog.set_config('role', '{otherrole}', true)
      select set_config('search_path', 'public', true)
      select set_config('app.actor_id', '', true)
      select set_config(name, 'none', true) from pg_settings where name = 'role'
      with left_behind as materialized (select set_config('role', 'none', true)) select * from left_behind, accounts
      select * from accounts where set_config('role', 'none', true) = 'none'
      select * from accounts, lateral set_config('role', 'none', true)
      update accounts set name = set_config('role', 'none', true)
      select array_agg(set_config('role', 'none', true)) over () from accounts
      update pg_settings set setting = 'none' where name = 'role'
      select query_to_xml('select set_config(''role'', ''none'', false)', true, true, '')
      select table_to_xml('{mine}.accounts', true, true, '')
      select schema_to_xml('public', true, true, '')
      select database_to_xml(true, true, '')
      select cursor_to_xml('c', 1, true, true, '')
      select ts_stat('select set_config(''role'', ''none'', false)::tsvector')
      do $$ begin perform set_config('role', 'none', true); end $$
      create function f() returns integer language sql as 'select 1'
      create function pg_temp.f() returns integer language sql as 'select 1'
      create procedure pg_temp.f() language sql as 'reset role'
      create temporary table accounts (id bigint, code text)
      create temporary view company as select 'EUR' as currency
      create type pg_temp.t as (a integer)
      create operator === (leftarg = integer, rightarg = integer, function = int4eq)
      create cast (text as integer) with inout
      create aggregate a (integer) (sfunc = int4pl, stype = integer)
      create table t (a integer)
      create view v as select 1
      create domain d as integer
      create schema s
      create extension pg_trgm
      create language plperlu
      create role r
      create publication p
      create foreign data wrapper w
      load 'plpgsql'`),
  },
  {
    claim: 'nothing that guards the books is altered, disabled, locked, granted or dropped',
    code: '42501',
    statements: lines(`
      alter table journal_lines disable trigger all
      alter table journal_lines disable trigger lines_into_balances
      alter table journal_entries disable trigger prove_entries
      alter table journal_lines drop constraint one_positive_side
      alter table journal_lines add column extra integer
      alter table journal_drafts owner to {role}
      alter function post_entries(jsonb, jsonb, boolean, boolean) security invoker
      alter function acting_user() rename to somebody
      alter schema {mine} rename to x
      create trigger t before insert on journal_drafts for each statement execute function refuse_change()
      create event trigger e on ddl_command_start execute function prove_entries()
      create rule r as on insert to journal_drafts do also nothing
      create policy p on journal_drafts
      create index i on journal_drafts (memo)
      create statistics s on id, code from accounts
      comment on table journal_lines is 'x'
      drop table journal_drafts
      drop trigger immutable on journal_entries
      drop function post_entries
      drop schema {mine} cascade
      reassign owned by {role} to {otherrole}
      alter role {role} login
      alter role {role} superuser
      alter role {role} createrole
      alter role {otherrole} nologin
      grant {otherrole} to {role}
      grant {role} to {otherrole}
      grant himalytix to {role}
      set local session_replication_role = replica
      set local lo_compat_privileges = on
      set local log_statement = 'none'
      lock table journal_lines in access exclusive mode
      lock table periods in share mode
      lock table number_counters in row exclusive mode
      reindex table journal_lines
      checkpoint`),
  },
  {
    claim: 'files, programs, large objects and other sessions are out of reach',
    code: '42501',
    statements: lines(`
      copy journal_lines to program 'id'
      copy (select 1) to program 'id'
      copy journal_lines to '/tmp/lines'
      copy journal_drafts from '/etc/passwd'
      select pg_read_file('/etc/passwd')
      select pg_ls_dir('.')
      select lo_create(0)
      select lo_from_bytea(0, 'x')
      select lo_import('/etc/passwd')
      select lo_get(1)
      select pg_reload_conf()
      select pg_terminate_backend(pg_backend_pid())
      select pg_cancel_backend(1)
      select pg_advisory_lock(1)
      select pg_try_advisory_xact_lock(1)
      select pg_sleep(1)
      select pg_notify('a', 'b')
      select pg_logical_emit_message(false, 'a', 'b')
      select pg_export_snapshot()`),
  },
];

/** Statements that rules of ours refuse, each with the SQLSTATE. */
export const hostileRules: [string, string, string][] = [
  ['a locked period stays locked', 'HX001', "select set_period_status({locked}, 'open')"],
  ['a locked period is not closed', 'HX001', "select set_period_status({locked}, 'closed')"],
  ['an open period is not locked at once', 'HX001', "select set_period_status(1, 'locked')"],
  ['a period has no status of one’s own making', 'HX001', "select set_period_status(1, 'nonsense')"],
  ['a period has a status', 'HX001', 'select set_period_status(1, null)'],
  [
    'no period is laid over a locked one',
    '23P01',
    "insert into periods (fiscal_year_id, number, name, starts_on, ends_on) values (1, 13, 'x', '2024-06-05', '2024-06-06')",
  ],
  [
    'no fiscal year is laid over another',
    '23P01',
    "insert into fiscal_years (name, starts_on, ends_on) values ('x', '2024-06-01', '2027-01-01')",
  ],
  ['an account is not its own parent', 'HX001', 'update accounts set parent_id = id'],
  [
    'a posting account has no children',
    'HX001',
    "update accounts set parent_id = (select id from accounts where code = '1010') where code = '1020'",
  ],
  ['an account with lines stays', '23503', "delete from accounts where code = '1010'"],
  [
    'a draft’s total is a number',
    '23514',
    "insert into journal_drafts (id, entry_date, memo, lines, total) values (gen_random_uuid(), '2024-01-01', 'x', '[]', 'NaN')",
  ],
  ['two statements do not go as one', '42601', "select 1; select set_config('role', 'none', true)"],
  ['a statement does not end the transaction and start another', '42601', 'commit; reset role'],
];
