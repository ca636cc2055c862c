-- Lines in columns: what has neither currency nor dimension comes as arrays, which PostgreSQL reads in a fraction of the time that it
-- takes to make jsonb of as many objects and to take that apart again.

create type plain_lines as (entry_ix integer[], line_ix integer[], account text[], debit numeric[], credit numeric[], memo text[]);

-- The lines with their accounts, in the company's currency. All columns have one length, or are null for nothing in any line.
create function read_plain(p_plain plain_lines) returns posting_line[]
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan set enable_nestloop = off as $$
declare
  v_currency char(3) := (select c.currency from company c);
begin
  return array(
    select row(l.entry_ix, l.line_ix, l.account, a.id, v_currency, null, null, l.debit, l.credit, l.memo, null, false, null, null,
      account_fault(a))::posting_line
    from unnest(p_plain.entry_ix, p_plain.line_ix, p_plain.account, p_plain.debit, p_plain.credit, p_plain.memo)
        as l (entry_ix, line_ix, account, debit, credit, memo)
      left join accounts a on a.code = l.account);
end $$;

-- What the lines of an entry come to.
create type entry_sum as (entry_ix integer, lines integer, debit numeric, credit numeric, malformed boolean);

create function sums_of(p_lines posting_line[]) returns entry_sum[]
language plpgsql immutable set search_path from current set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    select row(l.entry_ix, count(*), sum(l.debit), sum(l.credit), coalesce(bool_or(l.malformed or l.fault is not null), false))::entry_sum
    from unnest(p_lines) l group by l.entry_ix);
end $$;

-- The accounts that plain lines name and that take lines.
create function plain_accounts(p_plain plain_lines) returns accounts[]
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    select a from (select distinct u.code from unnest(p_plain.account) u (code)) c join accounts a on a.code = c.code
    where account_fault(a) is null);
end $$;

-- The same sums of plain lines, found in one pass; null when there is anything about a line that has to be looked at closely, for which
-- they are read by read_plain(). The lines of an entry stand together, in the order of their places, so that the places are known to
-- differ.
create function sound_sums(p_plain plain_lines, p_accounts accounts[]) returns entry_sum[]
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan set enable_nestloop = off as $$
declare
  v_scale integer := (select c.currency_scale from company c);
  v_sound boolean;
  v_sums entry_sum[];
begin
  if is_limited() or exists (select from required_dimensions) then
    return null;
  end if;
  select array_agg(row(s.entry_ix, s.lines, s.debit, s.credit, false)::entry_sum), bool_and((s.sound and s.debit = s.credit) is true)
    into v_sums, v_sound
    from (
      select l.entry_ix, count(*) as lines, sum(l.debit) as debit, sum(l.credit) as credit,
        l.entry_ix is not null and min(l.line_ix) >= 0 and min(l.nth - l.line_ix) = max(l.nth - l.line_ix) and count(l.line_ix) = count(*)
          and bool_and(a.id is not null and (l.debit is null or l.credit is null) and coalesce(
            (l.debit > 0 and l.debit < 1e15 and scale(l.debit) <= v_scale), (l.credit > 0 and l.credit < 1e15 and scale(l.credit) <= v_scale),
            false)) as sound
      from unnest(p_plain.entry_ix, p_plain.line_ix, p_plain.account, p_plain.debit, p_plain.credit, p_plain.memo) with ordinality
          as l (entry_ix, line_ix, account, debit, credit, memo, nth)
        left join (select u.id, u.code from unnest(p_accounts) u) a on a.code = l.account
      group by l.entry_ix
    ) s;
  return case when v_sound then v_sums end;
end $$;

-- Whoever acts is asked for once, not for each entry.
create function read_entries(p_entries jsonb, p_sums entry_sum[]) returns posting_entry[]
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan set enable_nestloop = off as $$
declare
  v_limit numeric := acting_limit('post');
  v_user uuid := acting_user();
begin
  return array(
    select row(e.ix, e.id, e.entry_date, e.memo, e.reference, e.source, e.source_key, e.reverses_id, e.reverse_on,
      coalesce(e.series, 'JV'), s.id, e.by, case when e.by is null then v_user else r.actor_id end,
      coalesce(e.malformed, false) or coalesce(l.malformed, false), p.id, p.fiscal_year_id, coalesce(l.lines, 0),
      coalesce(l.debit, 0), coalesce(l.credit, 0),
      (p.status = 'open' and y.status = 'open' and s.is_active and s.voucher_type <> 'closing' and e.reverse_on is null
        and e.reverses_id is null and l.debit = l.credit and l.lines between 2 and 10000 and not l.malformed) is not true,
      case when e.by is null then v_limit else r.post_limit end)::posting_entry
    from jsonb_to_recordset(p_entries) as e (ix integer, id uuid, entry_date date, memo text, reference text, source text,
        source_key text, reverses_id uuid, reverse_on date, series text, by integer, malformed boolean)
      left join unnest(p_sums) l on l.entry_ix = e.ix
      left join number_series s on s.code = coalesce(e.series, 'JV')
      left join acting_requests() r on r.nth = e.by
      left join periods p on e.entry_date between p.starts_on and p.ends_on
      left join fiscal_years y on y.id = p.fiscal_year_id
    order by e.ix);
end $$;

drop function read_entries(jsonb, posting_line[]);
create or replace function entry_faults(p_entries jsonb, p_lines jsonb)
returns table (entry_ix integer, pointer text, code text, detail text)
language plpgsql stable security definer set search_path from current as $$
declare
  v_lines posting_line[] := round_off(read_lines(p_entries, p_lines));
begin
  return query select * from faults_of(read_entries(p_entries, sums_of(v_lines)), v_lines, false);
end $$;

-- The lines of sound entries, straight from the columns.
create function insert_plain(p_entries posting_entry[], p_plain plain_lines, p_accounts accounts[]) returns void
language plpgsql set search_path from current set plan_cache_mode = force_generic_plan set enable_nestloop = off as $$
declare
  v_currency char(3) := (select c.currency from company c);
begin
  insert into journal_lines (entry_id, line_no, account_id, period_id, entry_date, currency, debit, credit, dimensions, closing, memo)
    select e.id, l.line_ix + 1, a.id, e.period_id, e.entry_date, v_currency, coalesce(l.debit, 0), coalesce(l.credit, 0), 0, false, l.memo
    from unnest(p_plain.entry_ix, p_plain.line_ix, p_plain.account, p_plain.debit, p_plain.credit, p_plain.memo)
        as l (entry_ix, line_ix, account, debit, credit, memo)
      left join (select u.id, u.code from unnest(p_accounts) u) a on a.code = l.account
      left join (select u.ix, u.id, u.period_id, u.entry_date from unnest(p_entries) u) e on e.ix = l.entry_ix;
end $$;

-- Posts every entry without fault, as one set: the number of statements does not grow with entries or lines. The company's
-- role cannot call it, as p_closing opens what is closed. Lock order: reversed entries, periods (shared; closing takes them
-- exclusively), balances by account, counters, and the head of the audit log, which a trigger takes at last. The lines are those of
-- p_plain where it is not null, else those of p_lines.
drop function post_documents(jsonb, jsonb, boolean, boolean, boolean);
create function post_documents(p_entries jsonb, p_lines jsonb, p_atomic boolean, p_dry_run boolean, p_closing boolean,
  p_plain plain_lines default null)
returns table (entry_ix integer, id uuid, number text, sequence bigint, faults jsonb)
language plpgsql security definer set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_faults jsonb;
  v_lines posting_line[];
  v_entries posting_entry[];
  v_good posting_entry[];
  v_accounts accounts[];
  v_sums entry_sum[];
  v_sound boolean := false;
begin
  if p_entries @? '$[*] ? (@.malformed == true)' then
    raise exception using errcode = 'HX002', message = 'accounting/documents-unreadable', detail = 'an entry is given whole';
  end if;
  if p_entries @? '$[*].reverses_id ? (@ != null)' then
    perform 1 from journal_entries j
      where j.id in (select r.reverses_id from jsonb_to_recordset(p_entries) as r (reverses_id uuid))
      order by j.id for no key update;
  end if;
  perform 1 from periods p
    where p.id in (
      select q.id from (select distinct r.entry_date from jsonb_to_recordset(p_entries) as r (entry_date date)) d
        join periods q on d.entry_date between q.starts_on and q.ends_on)
    order by p.id for share;

  -- Not `is not null`, which asks for each column.
  if not p_plain is null then
    v_accounts := plain_accounts(p_plain);
    v_sums := sound_sums(p_plain, v_accounts);
  end if;
  if v_sums is not null then
    v_entries := read_entries(p_entries, v_sums);
    v_sound := (
      select count(*) = least(count(distinct e.ix), count(e.id), count(e.entry_date), cardinality(v_sums)) from unnest(v_entries) e
    ) and not exists (select from faults_of(v_entries, '{}', p_closing));
  end if;
  if v_sound then
    v_faults := '{}';
  else
    v_lines := case when p_plain is null then round_off(read_lines(p_entries, p_lines)) else read_plain(p_plain) end;
    v_entries := read_entries(p_entries, sums_of(v_lines));
    perform check_documents(v_entries, v_lines);
    select coalesce(jsonb_object_agg(f.entry_ix, f.list), '{}') into v_faults from (
      select f.entry_ix, jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
      from faults_of(v_entries, v_lines, p_closing) f group by f.entry_ix
    ) f;
  end if;

  if p_dry_run or (p_atomic and v_faults <> '{}') then
    return query select e.ix, e.id, null::text, null::bigint, v_faults -> e.ix::text from unnest(v_entries) e;
    return;
  end if;
  if v_faults <> '{}' then
    v_good := array(select e from unnest(v_entries) e where not v_faults ? e.ix::text order by e.ix);
  else
    v_good := v_entries;
  end if;

  if v_sound then
    perform insert_plain(v_good, p_plain, v_accounts);
  else
    perform insert_lines(v_good, v_lines, p_closing);
  end if;
  if exists (select from unnest(v_good) e where e.reverse_on is not null) then
    insert into scheduled_reversals (entry_id, reverse_on)
      select e.id, e.reverse_on from unnest(v_good) e where e.reverse_on is not null;
  end if;
  perform set_config('app.posting_origins', (
    select coalesce(jsonb_object_agg(e.id, e.by) filter (where e.by is not null), '{}')::text from unnest(v_good) e), true);

  return query
    with good as (
      select e.*, s.code, s.prefix, s.suffix, s.padding, y.name as year, p.number as period, b.since,
        row_number() over (partition by e.series_id, b.since order by e.ix) as nth,
        count(*) over (partition by e.series_id, b.since) as of
      from unnest(v_good) e
        join number_series s on s.id = e.series_id
        join fiscal_years y on y.id = e.fiscal_year_id
        join periods p on p.id = e.period_id
        cross join lateral (select case s.reset
          when 'never' then date '0001-01-01' when 'period' then p.starts_on else y.starts_on end as since) b
    ), drafted as (
      delete from journal_drafts d using unnest(v_good) g where d.id = g.id returning d.id, d.created_by
    ), counted as (
      insert into number_counters as c (series_id, since, last_number)
        select g.series_id, g.since, count(*) from good g group by g.series_id, g.since order by g.series_id, g.since
        on conflict (series_id, since) do update set last_number = c.last_number + excluded.last_number
        returning c.series_id, c.since, c.last_number
    ), numbered as (
      select g.*, c.last_number - g.of + g.nth as sequence,
        numbering_text(g.prefix, g.code, g.year, g.period, g.entry_date)
          || lpad((c.last_number - g.of + g.nth)::text, greatest(g.padding, length((c.last_number - g.of + g.nth)::text)), '0')
          || numbering_text(g.suffix, g.code, g.year, g.period, g.entry_date) as number
      from good g join counted c on c.series_id = g.series_id and c.since = g.since
    ), posted as (
      insert into journal_entries (id, series_id, fiscal_year_id, period_id, numbered_since, sequence, number, entry_date, memo,
          reference, total, source, source_key, reverses_id, created_by, posted_by)
        select n.id, n.series_id, n.fiscal_year_id, n.period_id, n.since, n.sequence, n.number, n.entry_date, n.memo, n.reference,
          n.debit, n.source, n.source_key, n.reverses_id, coalesce(d.created_by, n.actor_id), n.actor_id
        from numbered n left join drafted d on d.id = n.id
        order by n.ix
    )
    select n.ix, n.id, n.number, n.sequence, null::jsonb from numbered n
    union all
    select e.ix, e.id, null, null, v_faults -> e.ix::text from unnest(v_entries) e where v_faults ? e.ix::text
    order by 1;
end $$;

-- The verb of the company's role for lines in columns; else as post_entries().
create function post_plain_entries(p_entries jsonb, p_plain plain_lines, p_atomic boolean default false, p_dry_run boolean default false)
returns table (entry_ix integer, id uuid, number text, sequence bigint, faults jsonb)
language plpgsql security definer set search_path from current as $$
begin
  if p_entries @? '$[*].source ? (@ == "closing")' then
    raise exception using errcode = 'HX002', message = 'accounting/closing-entry', detail = 'only the closing of a year posts closing entries';
  end if;
  return query select * from post_documents(p_entries, null, p_atomic, p_dry_run, false, p_plain);
end $$;

-- The same text as before, put together once: the lines were made JSON of, read as JSON and written again.
create or replace view entry_documents with (security_invoker = true) as
  select e.id, left(row_to_json(d)::text, -1) || ',"lines":' || coalesce(l.lines, 'null') || '}' as document
  from journal_entries e
    join number_series s on s.id = e.series_id
    join fiscal_years y on y.id = e.fiscal_year_id
    cross join (select k.currency_scale, round(0, k.currency_scale)::text as zero from company k offset 0) c
    cross join lateral (
      select e.id, e.number, e.sequence, s.code as series, y.name as fiscal_year, e.entry_date, e.memo, e.reference,
        round(e.total, greatest(c.currency_scale, min_scale(e.total)))::text as total, e.source, e.source_key,
        (select row_to_json(r) from (select o.id, o.number from journal_entries o where o.id = e.reverses_id) r) as reverses,
        e.created_by, e.posted_by, to_char(e.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as posted_at
    ) d
    cross join lateral (
      select '[' || string_agg(concat('{"line":', l.line_no, ',"account":', to_json(a.code), ',"currency":', to_json(l.currency),
          ',"debit":"', case when l.debit > 0 then round(l.debit, greatest(c.currency_scale, min_scale(l.debit)))::text else c.zero end,
          '","credit":"', case when l.credit > 0 then round(l.credit, greatest(c.currency_scale, min_scale(l.credit)))::text else c.zero end,
          '","memo":', coalesce(to_json(l.memo)::text, 'null'),
          case when l.amount is null and l.dimensions = 0 then '}' else ',' || substr(json_strip_nulls(json_build_object(
            'amount', trim_scale(l.amount)::text, 'rate', trim_scale(l.rate)::text,
            'dimensions', case when l.dimensions > 0 then dimensions_of(l.entry_id, l.line_no) end))::text, 2) end),
        ',' order by l.line_no) || ']' as lines
      from journal_lines l join accounts a on a.id = l.account_id
      where l.entry_id = e.id
    ) l;

-- As before, with one look at the lines for their entries and one for both sums, which are those of days put together.
create or replace function lines_into_balances() returns trigger
language plpgsql security definer set search_path from current set plan_cache_mode = force_generic_plan
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  v_ids uuid[];
  v_posted boolean;
begin
  select array_agg(i.entry_id), bool_or(exists (select from journal_entries e where e.id = i.entry_id offset 0)) into v_ids, v_posted
    from (select distinct entry_id from inserted) i;
  if v_posted then
    raise exception using errcode = 'HX002', message = 'accounting/posted-is-immutable',
      detail = 'lines cannot be added to a posted entry';
  end if;
  if exists (
    select from (select distinct i.account_id from inserted i) i left join accounts a on a.id = i.account_id where a.is_group is not false
  ) then
    raise exception using errcode = 'HX002', message = 'accounting/account-is-group', detail = 'a group account takes no lines';
  end if;
  if v_ids is null then
    return null;
  end if;
  insert into entries_due (entry_ids) values (v_ids);
  with days as materialized (
    select account_id, period_id, entry_date, currency, closing, sum(debit) as debit, sum(credit) as credit,
      sum(amount) filter (where debit > 0) as amount_debit, sum(amount) filter (where credit > 0) as amount_credit, count(*) as lines
    from inserted group by account_id, period_id, entry_date, currency, closing
  ), by_day as (
    insert into account_days as d (account_id, entry_date, debit, credit, lines)
      select account_id, entry_date, sum(debit), sum(credit), sum(lines)
      from days
      group by account_id, entry_date
      order by account_id, entry_date
      on conflict (account_id, entry_date)
        do update set debit = d.debit + excluded.debit, credit = d.credit + excluded.credit, lines = d.lines + excluded.lines
  )
  -- It is done before what stands in WITH and is not read (PostgreSQL manual, 7.8.4): balances are locked first.
  insert into account_balances as b (account_id, period_id, currency, closing, debit, credit, amount_debit, amount_credit)
    select account_id, period_id, currency, closing, sum(debit), sum(credit), coalesce(sum(amount_debit), 0), coalesce(sum(amount_credit), 0)
    from days
    group by account_id, period_id, currency, closing
    order by account_id, period_id, currency, closing
    on conflict (account_id, period_id, currency, closing)
      do update set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit,
        amount_debit = b.amount_debit + excluded.amount_debit, amount_credit = b.amount_credit + excluded.amount_credit;
  return null;
end $$;

-- The last part of a block, for which the head is locked and the rows' hashes are made.
create function close_block(p_seq bigint, p_previous bytea, p_hashes bytea[]) returns void
language plpgsql set search_path from current set plan_cache_mode = force_generic_plan as $$
declare
  v_at timestamptz := clock_timestamp();
  v_hash bytea := sha256(convert_to(
    audit_field(encode(p_previous, 'hex')) || audit_field(p_seq::text) ||
    audit_field(to_char(v_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) ||
    audit_field(cardinality(p_hashes)::text) || (
      select string_agg('64:' || encode(h.hash, 'hex') || ',', '' order by h.nth) from unnest(p_hashes) with ordinality h (hash, nth)), 'UTF8'));
begin
  insert into audit_blocks (seq, previous_hash, hash, at, row_count) values (p_seq, p_previous, v_hash, v_at, cardinality(p_hashes));
  update audit_head set seq = p_seq, hash = v_hash;
end $$;

-- The block is written as its documents are made, where they were first gathered in arrays and read from those twice.
create or replace function record_postings() returns trigger
language plpgsql security definer set search_path from current
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_end text := ',"reason":' || coalesce(to_json(nullif(current_setting('app.reason', true), ''))::text, 'null') || '}';
  v_request text := nullif(current_setting('app.request_id', true), '');
  v_ip inet := nullif(current_setting('app.ip', true), '')::inet;
  v_head audit_head;
  v_hashes bytea[];
begin
  if not exists (select from inserted) then
    return null;
  end if;
  if exists (select from audit_pending) then
    perform seal_pending();
  end if;
  insert into public.outbox (id, schema_name, topic)
    select i.id, current_schema(), 'journal_entry.posted' from inserted i;
  select * into v_head from audit_head for update;
  with written as (
    insert into audit_rows (block_seq, nth, actor_id, request_id, ip, subject, subject_id, action, content, hash)
      select v_head.seq + 1, r.nth, r.posted_by, r.request_id, r.ip, 'journal_entry', r.id, 'post', r.content,
        sha256(convert_to(
          audit_field(r.nth::text) || audit_field(r.posted_by::text) || audit_field(r.request_id) || audit_field(abbrev(r.ip)) ||
          audit_field('journal_entry') || audit_field(r.id) || audit_field('post') || audit_field(r.content), 'UTF8'))
      from (
        select row_number() over (order by i.series_id, i.numbered_since, i.sequence) as nth, i.id::text as id, i.posted_by,
          case when o.nth is null then v_request else r.request_id end as request_id,
          case when o.nth is null then v_ip else r.ip end as ip,
          '{"before":null,"after":' || d.document || v_end as content
        from inserted i
          cross join lateral (select d.document from entry_documents d where d.id = i.id offset 0) d
          left join (
            select key::uuid as id, value::integer as nth
            from jsonb_each_text(coalesce(nullif(current_setting('app.posting_origins', true), ''), '{}')::jsonb)
          ) o on o.id = i.id
          left join acting_requests() r on r.nth = o.nth
        offset 0
      ) r
      returning nth, hash
  )
  select array_agg(w.hash order by w.nth) into v_hashes from written w;
  perform close_block(v_head.seq + 1, v_head.hash, v_hashes);
  return null;
end $$;

revoke all on function read_plain(plain_lines), sums_of(posting_line[]), plain_accounts(plain_lines), sound_sums(plain_lines, accounts[]),
  read_entries(jsonb, entry_sum[]), insert_plain(posting_entry[], plain_lines, accounts[]), close_block(bigint, bytea, bytea[]),
  post_documents(jsonb, jsonb, boolean, boolean, boolean, plain_lines),
  post_plain_entries(jsonb, plain_lines, boolean, boolean) from public;
grant execute on function post_plain_entries(jsonb, plain_lines, boolean, boolean) to {{role}}, {{limited}};
