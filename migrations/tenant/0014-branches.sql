-- Members who are limited to branches: a second role, whose statements see the lines of some branches and nothing of the others.
-- The branches stand in app.branches as a JSON array of codes, which inTenant() sets before it takes the role. docs/row-security.md
-- tells what such a member sees, and what a table that is added has to do.

-- The value of the built-in dimension `branch`, kept with the line so that a policy need not look it up.
alter table journal_lines add column branch_id bigint;
alter table journal_lines disable trigger immutable;
update journal_lines l set branch_id = d.value_id
  from journal_line_dimensions d join dimensions m on m.id = d.dimension_id and m.code = 'branch'
  where d.entry_id = l.entry_id and d.line_no = l.line_no;
alter table journal_lines enable trigger immutable;
create index journal_lines_by_branch on journal_lines (branch_id, account_id, entry_date) where branch_id is not null;

-- Who is limited, and to what --------------------------------------------------------------------------------------

-- The setting `role` is what SET ROLE has set, also inside of a function that works as the owner. It has no search_path of its
-- own, with which it could not be inlined; all that it calls is built in.
create function is_limited() returns boolean
language sql stable as $$ select current_setting('role') = '{{limited_name}}' $$;

-- The codes of the branches; null for who is not limited. Who is limited and says nothing has none.
create function branch_codes() returns text[]
language sql stable set search_path from current as $$
  select case when is_limited() then array(
    select jsonb_array_elements_text(nullif(current_setting('app.branches', true), '')::jsonb)) end
$$;

-- The same as ids. As the owner, as the policy of the values themselves asks for it.
create function branch_limit() returns bigint[]
language sql stable security definer set search_path from current as $$
  select case when is_limited() then array(
    select v.id from dimension_values v join dimensions d on d.id = v.dimension_id
    where d.code = 'branch' and v.code = any(branch_codes())) end
$$;

-- Whether each line of a draft or a template is of one of the branches.
create function lines_within(p_lines jsonb, p_codes text[]) returns boolean
language sql immutable set search_path from current as $$
  select not exists (
    select from jsonb_array_elements(p_lines) l where not coalesce(l -> 'dimensions' ->> 'branch' = any(p_codes), false))
$$;

-- Which of these entries have lines that the limit hides; none for who is not limited.
create function partial_entries(p_ids uuid[]) returns setof uuid
language sql stable security definer set search_path from current as $$
  select distinct l.entry_id from journal_lines l
  where l.entry_id = any(p_ids) and is_limited() and not coalesce(l.branch_id = any(branch_limit()), false)
$$;

-- What an entry comes to as far as its lines are seen: the larger side, as the lines of one branch need not balance.
create function seen_total(p_id uuid) returns numeric
language sql stable set search_path from current as $$
  select greatest(sum(l.debit), sum(l.credit)) from journal_lines l where l.entry_id = p_id
$$;

-- Policies ---------------------------------------------------------------------------------------------------------

-- The owner, as whom the posting functions work, and the company's role see everything, at no cost: `true` is planned away. The
-- limited role has a policy of its own where something of a branch is kept; where it has none, it sees no row. Ids are told apart
-- by operators that leak nothing, so that an index serves the policy and the question at once.
do $$
declare
  v_table text;
begin
  foreach v_table in array array['journal_entries', 'journal_lines', 'journal_line_dimensions', 'account_balances', 'account_days',
    'dimension_balances', 'dimension_values', 'journal_drafts', 'recurring_entries', 'scheduled_reversals', 'idempotency_keys',
    'audit_rows', 'entry_approvals'] loop
    execute format('alter table %I enable row level security, force row level security', v_table);
    execute format('create policy everything on %I to current_user, {{role}} using (true) with check (true)', v_table);
  end loop;
end $$;

create policy branches on journal_lines for select to {{limited}}
  using (branch_id = any((select branch_limit())::bigint[]));
create policy branches on journal_entries for select to {{limited}}
  using (exists (select from journal_lines l where l.entry_id = id));
create policy branches on journal_line_dimensions for select to {{limited}} using (
  exists (select from journal_lines l where l.entry_id = journal_line_dimensions.entry_id and l.line_no = journal_line_dimensions.line_no));
create policy branches on dimension_balances for select to {{limited}}
  using (value_id = any((select branch_limit())::bigint[]));
create policy branches on scheduled_reversals for select to {{limited}}
  using (exists (select from journal_lines l where l.entry_id = scheduled_reversals.entry_id));
-- Of the chart's changes, which a report as it was known then needs. What others did is told by documents of any branch.
create policy branches on audit_rows for select to {{limited}} using (subject = 'account');

-- Other dimensions are everybody's; of the branches, a limited member knows their own.
create policy others on dimension_values to {{limited}}
  using (dimension_id <> (select d.id from dimensions d where d.code = 'branch') or id = any((select branch_limit())::bigint[]))
  with check (dimension_id <> (select d.id from dimensions d where d.code = 'branch'));

create policy branches on journal_drafts to {{limited}}
  using (lines_within(lines, (select branch_codes()))) with check (lines_within(lines, (select branch_codes())));
create policy branches on recurring_entries to {{limited}}
  using (lines_within(lines, (select branch_codes()))) with check (lines_within(lines, (select branch_codes())));

-- An approval tells the total of its entry; it is seen where that is.
create policy branches on entry_approvals for select to {{limited}} using (
  exists (select from journal_drafts d where d.id = entry_approvals.entry_id)
  or exists (select from journal_lines l where l.entry_id = entry_approvals.entry_id) and not exists (select from partial_entries(array[entry_id])));

-- An answer is given again to whom it was given under the same limit or a narrower one; else it could tell of branches that its
-- asker has lost since.
alter table idempotency_keys add column branches text[] default branch_codes();
create policy branches on idempotency_keys to {{limited}}
  using (branches <@ (select branch_codes())) with check (branches <@ (select branch_codes()));

-- Posting ----------------------------------------------------------------------------------------------------------

-- The lines of entries with their branch, and their dimensions.
create or replace function insert_lines(p_entries posting_entry[], p_lines posting_line[], p_closing boolean) returns void
language plpgsql set search_path from current set plan_cache_mode = force_generic_plan set enable_nestloop = off as $$
begin
  if not exists (select from unnest(p_lines) l where l.dimensions is not null) then
    insert into journal_lines (entry_id, line_no, account_id, period_id, entry_date, currency, debit, credit, amount, rate, dimensions,
        closing, memo)
      select e.id, l.line_ix + 1, l.account_id, e.period_id, e.entry_date, l.currency, coalesce(l.debit, 0), coalesce(l.credit, 0),
        l.amount, l.rate, 0, p_closing, l.memo
      from unnest(p_lines) l join unnest(p_entries) e on e.ix = l.entry_ix;
    return;
  end if;
  insert into journal_lines (entry_id, line_no, account_id, period_id, entry_date, currency, debit, credit, amount, rate, dimensions,
      closing, memo, branch_id)
    select e.id, l.line_ix + 1, l.account_id, e.period_id, e.entry_date, l.currency, coalesce(l.debit, 0), coalesce(l.credit, 0),
      l.amount, l.rate, case when l.dimensions is null then 0 else (select count(*) from jsonb_object_keys(l.dimensions)) end, p_closing,
      l.memo, b.id
    from unnest(p_lines) l join unnest(p_entries) e on e.ix = l.entry_ix
      left join (
        select v.id, v.code from dimension_values v join dimensions d on d.id = v.dimension_id where d.code = 'branch'
      ) b on b.code = l.dimensions ->> 'branch';
  insert into journal_line_dimensions (entry_id, line_no, dimension_id, value_id, account_id, period_id, entry_date, closing, debit, credit)
    select e.id, l.line_ix + 1, m.id, v.id, l.account_id, e.period_id, e.entry_date, p_closing, coalesce(l.debit, 0), coalesce(l.credit, 0)
    from unnest(p_lines) l join unnest(p_entries) e on e.ix = l.entry_ix
      cross join lateral jsonb_each_text(l.dimensions) d
      join dimensions m on m.code = d.key
      join dimension_values v on v.dimension_id = m.id and v.code = d.value;
end $$;

-- Runs once for each INSERT of lines' dimensions: a line's branch is what its dimensions say.
create function prove_branches() returns trigger
language plpgsql security definer set search_path from current set plan_cache_mode = force_generic_plan
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
  if exists (
    select from inserted i join dimensions d on d.id = i.dimension_id and d.code = 'branch'
      join journal_lines l on l.entry_id = i.entry_id and l.line_no = i.line_no
    where l.branch_id is distinct from i.value_id
  ) then
    raise exception using errcode = 'HX002', message = 'accounting/posted-is-immutable', detail = 'a line’s branch is that of its dimensions';
  end if;
  return null;
end $$;

create trigger prove_branches after insert on journal_line_dimensions
  referencing new table as inserted
  for each statement execute function prove_branches();

-- What an amount in another currency is short of after rounding is of the branch of the last line that was rounded; or a branch
-- could not be told by itself, and who is limited to it could not post it.
create or replace function round_off(p_lines posting_line[]) returns posting_line[]
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
declare
  v_company company := (select c from company c);
  v_code text := account_of_category('rounding');
begin
  if not exists (select from unnest(p_lines) l where l.rounded) then
    return p_lines;
  end if;
  return p_lines || array(
    select row(s.entry_ix, s.last_ix + 1, coalesce(v_code, ''), (select a.id from accounts a where a.code = v_code), v_company.currency,
      null, null, case when s.short > 0 then s.short end, case when s.short < 0 then -s.short end, null,
      case when s.branch is not null then jsonb_build_object('branch', s.branch) end, false,
      case when v_code is null then 'no-rounding-account' end, false, null)::posting_line
    from (
      select l.entry_ix, max(l.line_ix) as last_ix, sum(coalesce(l.credit, 0) - coalesce(l.debit, 0)) as short,
        count(*) filter (where l.rounded) as rounded, bool_or(l.malformed or l.fault is not null) as faulty,
        (array_agg(l.dimensions ->> 'branch' order by l.line_ix desc) filter (where l.rounded and l.dimensions ? 'branch'))[1] as branch
      from unnest(p_lines) l group by l.entry_ix
    ) s
    where s.faulty is not true and s.short <> 0 and abs(s.short) <= s.rounded * 0.5 * 10::numeric ^ -v_company.currency_scale);
end $$;

-- What a limited member may not post: a line of no branch or of another one, the reversal of an entry that they see in part, and
-- an entry in the place of a draft that they do not see.
create function branch_faults(p_entries posting_entry[], p_lines posting_line[])
returns table (entry_ix integer, pointer text, code text, detail text)
language plpgsql stable security definer set search_path from current as $$
declare
  v_codes text[] := branch_codes();
  v_limit bigint[] := branch_limit();
begin
  return query
    select l.entry_ix, '/lines/' || l.line_ix || '/dimensions/branch', 'accounting/branch-not-yours',
      case when l.dimensions ->> 'branch' is null then format('name the branch of the line; yours: %s', array_to_string(v_codes, ', '))
        else format('branch %s is not yours; yours: %s', left(l.dimensions ->> 'branch', 60), array_to_string(v_codes, ', ')) end
      from unnest(p_lines) l where not coalesce(l.dimensions ->> 'branch' = any(v_codes), false)
    union all
    select e.ix, '', 'accounting/other-branches', 'the entry to be reversed has lines of other branches'
      from unnest(p_entries) e
      where exists (select from journal_lines l where l.entry_id = e.reverses_id and not coalesce(l.branch_id = any(v_limit), false))
    union all
    select e.ix, '/id', 'accounting/id-taken', format('the id %s is taken', e.id)
      from unnest(p_entries) e join journal_drafts d on d.id = e.id where not lines_within(d.lines, v_codes);
end $$;

-- All that is wrong with entries, and for who is limited, what is not theirs to post.
alter function faults_of(posting_entry[], posting_line[], boolean) rename to faults_of_anybody;
create function faults_of(p_entries posting_entry[], p_lines posting_line[], p_closing boolean)
returns table (entry_ix integer, pointer text, code text, detail text)
language plpgsql stable set search_path from current as $$
begin
  return query select * from faults_of_anybody(p_entries, p_lines, p_closing);
  if is_limited() then
    return query select * from branch_faults(p_entries, p_lines);
  end if;
end $$;

-- Approving works as the owner, who sees every draft; who is limited approves and withdraws what they see.
create function is_draft_seen(p_id uuid) returns boolean
language sql stable security definer set search_path from current as $$
  select not is_limited() or exists (select from journal_drafts d where d.id = p_id and lines_within(d.lines, branch_codes()))
$$;

alter function approve_draft(uuid) rename to approve_any_draft;
create function approve_draft(p_id uuid) returns entry_approvals
language plpgsql security definer set search_path from current as $$
begin
  return case when is_draft_seen(p_id) then approve_any_draft(p_id) end;
end $$;

alter function withdraw_approval(uuid) rename to withdraw_any_approval;
create function withdraw_approval(p_id uuid) returns void
language plpgsql security definer set search_path from current as $$
begin
  if is_draft_seen(p_id) then
    perform withdraw_any_approval(p_id);
  end if;
end $$;

-- Always as the owner, as when posting: a plan that depends on policies is made anew whenever the role changes.
alter function entry_faults(jsonb, jsonb) security definer;
create or replace function dimensions_of(p_entry_id uuid, p_line_no smallint) returns json
language sql stable security definer set search_path from current as $$
  select json_object_agg(t.code, v.code order by t.code)
  from journal_line_dimensions d join dimension_values v on v.id = d.value_id join dimensions t on t.id = d.dimension_id
  where d.entry_id = p_entry_id and d.line_no = p_line_no and (not is_limited() or exists (
    select from journal_lines l where l.entry_id = p_entry_id and l.line_no = p_line_no and l.branch_id = any(branch_limit())))
$$;

-- Reading back -----------------------------------------------------------------------------------------------------

-- The same documents twice: whole, and with the total of the lines that are seen, as the entry's own would tell of the others.
do $$
declare
  v_source text := pg_get_functiondef('posted_entries(uuid[])'::regprocedure);
begin
  if position('round(e.total, v_scale)' in v_source) = 0 then
    raise exception 'posted_entries() tells its total in another way';
  end if;
  execute replace(replace(v_source, 'posted_entries(', 'seen_entries('), 'round(e.total, v_scale)', 'round(seen_total(e.id), v_scale)');
end $$;
alter function posted_entries(uuid[]) rename to whole_entries;
create function posted_entries(p_ids uuid[]) returns table (id uuid, document json)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
begin
  if is_limited() then
    return query
      select s.id, case when p.id is null then s.document else (s.document::jsonb || '{"partial": true}')::json end
      from seen_entries(p_ids) s left join partial_entries(p_ids) p (id) on p.id = s.id;
  else
    return query select * from whole_entries(p_ids);
  end if;
end $$;

create view seen_journal with (security_invoker = true) as
  select e.id, e.number, e.sequence,
    case when exists (select from journal_entries r where r.reverses_id = e.id) then 'reversed' else 'posted' end as status,
    e.entry_date, e.memo, e.reference, seen_total(e.id) as total
  from journal_entries e
  union all
  select d.id, null, null, 'draft', d.entry_date, d.memo, d.reference, d.total
  from journal_drafts d;

-- Reports ----------------------------------------------------------------------------------------------------------

-- Balances by account are of all branches. Who is limited gets the sums of their branches: of each branch's own balances where
-- those are kept, which is how it is unless somebody has changed it, else of lines.
create or replace function account_sums(p_from date[], p_to date[])
returns table (nth integer, account_id bigint, closing boolean, debit numeric, credit numeric)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan
set max_parallel_workers_per_gather = 0 set jit = off as $$
#variable_conflict use_column
declare
  v_branch dimensions;
begin
  if not is_limited() then
    return query
      select s.nth, s.account_id, s.closing, sum(s.debit), sum(s.credit)
      from (
        select r.nth::integer, b.account_id, b.closing and p.ends_on <= r.t as closing, b.debit, b.credit
        from unnest(p_from, p_to) with ordinality r (f, t, nth)
          join periods p on p.starts_on <= r.t and p.ends_on >= coalesce(r.f, '-infinity')
          join account_balances b on b.period_id = p.id
        union all
        select o.nth, d.account_id, false, -d.debit, -d.credit
        from days_outside(p_from, p_to) o cross join lateral (
          select d.account_id, d.debit, d.credit from account_days d where d.entry_date between o.first_day and o.last_day offset 0) d
      ) s
      group by s.nth, s.account_id, s.closing
      having sum(s.debit) <> 0 or sum(s.credit) <> 0;
    return;
  end if;
  select * into v_branch from dimensions d where d.code = 'branch';
  if v_branch.keeps_balances then
    return query
      select s.nth, s.account_id, s.closing, sum(s.debit), sum(s.credit)
      from dimension_sums(p_from, p_to, v_branch.id, null) s group by s.nth, s.account_id, s.closing;
  else
    return query
      select s.nth, s.account_id, s.closing, s.debit, s.credit from line_sums(p_from, p_to, '{}', null, null, false) s;
  end if;
end $$;

-- Of a value of another dimension than `branch`, balances are of all branches: who is limited gets it from lines.
create or replace function report_sums(p_from date[], p_to date[], p_values bigint[], p_by smallint, p_known timestamptz)
returns table (nth integer, value_id bigint, account_id bigint, closing boolean, debit numeric, credit numeric)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan
set max_parallel_workers_per_gather = 0 set jit = off as $$
#variable_conflict use_column
begin
  if cardinality(p_values) = 0 and (p_by is null
    or (select d.keeps_balances and (d.code = 'branch' or not is_limited()) from dimensions d where d.id = p_by)) then
    return query select s.nth, null::bigint, s.account_id, s.closing, s.debit, s.credit from account_sums(p_from, p_to) s;
    if p_by is not null then
      return query
        select s.nth, case when own.is_own then s.value_id end, s.account_id, s.closing,
          case when own.is_own then s.debit else -s.debit end, case when own.is_own then s.credit else -s.credit end
        from dimension_sums(p_from, p_to, p_by, null) s cross join (values (true), (false)) own (is_own);
    end if;
  elsif cardinality(p_values) = 1 and p_by is null and (
    select d.keeps_balances and (d.code = 'branch' or not is_limited())
    from dimension_values v join dimensions d on d.id = v.dimension_id where v.id = p_values[1]) then
    return query
      select s.nth, null::bigint, s.account_id, s.closing, s.debit, s.credit from dimension_sums(p_from, p_to, null, p_values[1]) s;
  else
    return query select * from line_sums(p_from, p_to, p_values, p_by, p_known, false);
    return;
  end if;
  if p_known is not null then
    return query
      select s.nth, s.value_id, s.account_id, s.closing, -s.debit, -s.credit
      from line_sums(p_from, p_to, p_values, p_by, p_known, true) s;
  end if;
end $$;

create or replace function trial_balance(p_day date, p_settled boolean) returns table (account text, name text, type text, net numeric)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan
set max_parallel_workers_per_gather = 0 set jit = off as $$
#variable_conflict use_column
begin
  if is_limited() then
    return query
      select a.code, a.name, a.type, s.debit - s.credit
      from (
        select s.account_id, sum(s.debit) as debit, sum(s.credit) as credit
        from account_sums(array[null::date], array[p_day]) s group by s.account_id
      ) s
        join accounts a on a.id = s.account_id
      where s.debit <> s.credit or p_settled
      order by a.code;
    return;
  end if;
  return query
    select a.code, a.name, a.type, s.debit - s.credit
    from (
      select b.account_id, sum(b.debit) as debit, sum(b.credit) as credit
      from (
        select b.account_id, b.debit, b.credit
        from periods p join account_balances b on b.period_id = p.id where p.starts_on <= p_day
        union all
        select d.account_id, -d.debit, -d.credit
        from periods p cross join lateral (
          select d.account_id, d.debit, d.credit from account_days d where d.entry_date > p_day and d.entry_date <= p.ends_on offset 0) d
        where p_day >= p.starts_on and p_day < p.ends_on
      ) b
      group by b.account_id
      having sum(b.debit) <> sum(b.credit) or (p_settled and (sum(b.debit) <> 0 or sum(b.credit) <> 0))
    ) s
    join accounts a on a.id = s.account_id
    order by a.code;
end $$;

-- Rights -----------------------------------------------------------------------------------------------------------

revoke all on function is_limited(), branch_codes(), branch_limit(), lines_within(jsonb, text[]), partial_entries(uuid[]), seen_total(uuid),
  prove_branches(), branch_faults(posting_entry[], posting_line[]), faults_of(posting_entry[], posting_line[], boolean),
  seen_entries(uuid[]), posted_entries(uuid[]), is_draft_seen(uuid), approve_draft(uuid), withdraw_approval(uuid) from public;
grant execute on function is_limited(), branch_codes(), branch_limit(), lines_within(jsonb, text[]), partial_entries(uuid[]),
  faults_of(posting_entry[], posting_line[], boolean), posted_entries(uuid[]), approve_draft(uuid), withdraw_approval(uuid) to {{role}};
-- They take any draft.
revoke execute on function approve_any_draft(uuid), withdraw_any_approval(uuid) from {{role}};

-- The limited role has the rights of the company's role, but for what only knows the company as a whole.
do $$
declare
  v_right record;
begin
  for v_right in
    select format('grant usage on schema %I to {{limited}}', current_schema()) as sql
    union all
    select format('grant %s on %I to {{limited}}', x.privilege_type, c.relname)
      from pg_class c cross join lateral aclexplode(c.relacl) x
      where c.relnamespace = current_schema()::regnamespace and x.grantee = '{{role}}'::regrole
        and c.relname not in ('journal', 'entry_documents', 'schema_migrations') and (c.relname, x.privilege_type) <> ('journal_entries', 'SELECT')
    union all
    select format('grant %s (%I) on %I to {{limited}}', x.privilege_type, a.attname, c.relname)
      from pg_attribute a join pg_class c on c.oid = a.attrelid cross join lateral aclexplode(a.attacl) x
      where c.relnamespace = current_schema()::regnamespace and x.grantee = '{{role}}'::regrole
    union all
    -- The total of an entry tells of all of its lines.
    select format('grant select (%I) on journal_entries to {{limited}}', a.attname)
      from pg_attribute a where a.attrelid = 'journal_entries'::regclass and a.attnum > 0 and not a.attisdropped and a.attname <> 'total'
    union all
    select format('grant execute on function %s to {{limited}}', p.oid::regprocedure)
      from pg_proc p cross join lateral aclexplode(p.proacl) x
      where p.pronamespace = current_schema()::regnamespace and x.grantee = '{{role}}'::regrole
        and p.proname not in ('close_year', 'reopen_year', 'closing_lines', 'keep_dimension_balances', 'outbox_of_company', 'whole_entries')
  loop
    execute v_right.sql;
  end loop;
end $$;
grant execute on function seen_total(uuid), seen_entries(uuid[]) to {{limited}};
grant select on seen_journal to {{limited}};
