-- The one verb that posts, and the rules it reports by.
-- p_entries: [{ix, id, entry_date, memo, reference, source, source_key, reverses_id, by, malformed}]; `by` says which of
--            the requests that share the transaction the entry is from (see acting_requests())
-- p_lines:   [{entry_ix, line_ix, account, debit, credit, memo, malformed}], amounts as decimal strings
-- `malformed` marks what the caller has found unreadable already, so that entry_faults() tells no second fault for it.
-- What is posted is read whole: post_entries() refuses the mark.

create function entry_faults(p_entries jsonb, p_lines jsonb)
returns table (entry_ix integer, pointer text, code text, detail text)
language sql stable set search_path from current as $$
  with e as (
    select * from jsonb_to_recordset(p_entries)
      as e (ix integer, id uuid, entry_date date, source_key text, reverses_id uuid, malformed boolean)
  ), l as (
    select * from jsonb_to_recordset(p_lines)
      as l (entry_ix integer, line_ix integer, account text, debit numeric, credit numeric, malformed boolean)
  ), sums as (
    select e.ix, e.malformed or coalesce(bool_or(l.malformed), false) as malformed, count(l.line_ix) as lines,
      coalesce(sum(l.debit), 0) as debit, coalesce(sum(l.credit), 0) as credit
    from e left join l on l.entry_ix = e.ix group by e.ix, e.malformed
  ), nth as (
    select ix, source_key, reverses_id, row_number() over (partition by id order by ix) as of_id,
      row_number() over (partition by source_key order by ix) as of_key,
      row_number() over (partition by reverses_id order by ix) as of_reversed
    from e
  ), amounts as (
    select l.entry_ix, '/lines/' || l.line_ix || '/' || side as pointer, amount
    from l cross join lateral (values ('debit', l.debit), ('credit', l.credit)) as v (side, amount)
    where amount is not null
  )
  select e.ix, '/entry_date', 'accounting/no-period',
    format('%s lies in no fiscal period of the company', e.entry_date)
    from e where e.entry_date is not null
      and not exists (select from periods p where e.entry_date between p.starts_on and p.ends_on)
  union all
  select e.ix, '/entry_date', 'accounting/period-closed', format('%s lies in %s, which is %s', e.entry_date, p.name, p.status)
    from e join periods p on e.entry_date between p.starts_on and p.ends_on where p.status <> 'open'
  union all
  select e.ix, '/id', 'accounting/id-taken', format('an entry with the id %s exists', e.id)
    from e join journal_entries j on j.id = e.id
  union all
  select ix, '/id', 'accounting/id-taken', 'an entry with the same id stands before this one' from nth where of_id > 1
  union all
  select ix, '/source_key', 'accounting/already-posted', 'the same entry stands before this one'
    from nth where source_key is not null and of_key > 1
  union all
  select ix, '', 'accounting/already-reversed', 'the entry is reversed by one that stands before this one'
    from nth where reverses_id is not null and of_reversed > 1
  union all
  select e.ix, '', 'accounting/reversed-unknown', format('there is no entry %s to reverse', e.reverses_id)
    from e where e.reverses_id is not null and not exists (select from journal_entries j where j.id = e.reverses_id)
  union all
  select e.ix, '/source_key', 'accounting/already-posted', format('the same entry was posted before as %s', j.number)
    from e join journal_entries j on j.source_key = e.source_key
  union all
  select e.ix, '', 'accounting/already-reversed', format('the entry was reversed by %s', j.number)
    from e join journal_entries j on j.reverses_id = e.reverses_id
  union all
  select l.entry_ix, '/lines/' || l.line_ix || '/account',
    case when a.id is null then 'accounting/account-unknown' when a.is_group then 'accounting/account-is-group'
      else 'accounting/account-inactive' end,
    case when a.id is null then format('there is no account %s', l.account)
      when a.is_group then format('account %s is a group; post to one of its accounts', l.account)
      else format('account %s is inactive', l.account) end
    from l left join accounts a on a.code = l.account
    where l.account is not null and (a.id is null or a.is_group or not a.is_active)
  union all
  select entry_ix, pointer, 'accounting/amount-negative', 'an amount is never negative; use the other side'
    from amounts where amount < 0
  union all
  select entry_ix, pointer, 'accounting/amount-too-large', 'an amount has at most 15 digits before the decimal point'
    from amounts where abs(amount) >= 1e15
  union all
  select a.entry_ix, a.pointer, 'accounting/amount-too-precise',
    format('%s has at most %s decimals', c.currency, c.currency_scale)
    from amounts a, company c where abs(amount) < 1e15 and scale(trim_scale(amount)) > c.currency_scale
  union all
  select l.entry_ix, '/lines/' || l.line_ix,
    case when l.debit <> 0 and l.credit <> 0 then 'accounting/line-both-sides' else 'accounting/line-without-amount' end,
    case when l.debit <> 0 and l.credit <> 0 then 'a line has a debit or a credit, not both'
      else 'a line needs a debit or a credit above zero' end
    from l where l.malformed is not true and (coalesce(l.debit, 0) <> 0) = (coalesce(l.credit, 0) <> 0)
  union all
  select s.ix, '/lines', 'accounting/too-few-lines', 'an entry has at least two lines'
    from sums s join e using (ix) where s.lines < 2 and e.malformed is not true
  union all
  select s.ix, '/lines', 'accounting/too-many-lines', 'an entry has at most 10000 lines' from sums s where s.lines > 10000
  union all
  select s.ix, '/lines', 'accounting/entry-unbalanced',
    format('debits %s and credits %s differ by %s', round(s.debit, c.currency_scale), round(s.credit, c.currency_scale),
      round(abs(s.debit - s.credit), c.currency_scale))
    from sums s, company c
    where s.malformed is not true and s.debit <> s.credit
  order by 1, 2
$$;

-- Refuses documents that are no list of whole entries with their lines, whoever has made them: each entry has its own ix
-- and each line its own place in one of the entries.
create function check_documents(p_entries jsonb, p_lines jsonb) returns void
language plpgsql stable set search_path from current as $$
begin
  if exists (
    select from jsonb_to_recordset(p_entries) as e (ix integer, id uuid, entry_date date, malformed boolean)
    having count(*) > least(count(distinct ix), count(id), count(entry_date), count(*) filter (where malformed is not true))
  ) or exists (
    select from jsonb_to_recordset(p_lines) as l (entry_ix integer, line_ix integer, account text, malformed boolean)
      left join (select ix from jsonb_to_recordset(p_entries) as e (ix integer)) e on e.ix = l.entry_ix
    having count(*) > least(count(distinct (e.ix, l.line_ix)), count(e.ix), count(account),
      count(*) filter (where line_ix >= 0 and malformed is not true))
  ) then
    raise exception using errcode = 'HX002', message = 'accounting/documents-unreadable',
      detail = 'entries and lines are given whole, each under its own number';
  end if;
end $$;

-- Posts every entry without fault, as one set: the number of statements does not grow with entries or lines.
-- p_atomic: one faulty entry leaves all unposted. p_dry_run: only the faults are told.
-- A draft with the id of an entry becomes that entry, and its author the entry's.
-- Its plans are the same whatever the documents hold, so they are made once for a connection; by itself PostgreSQL would
-- make them anew for each of the first five calls, at twice the cost of the call.
-- Lock order: reversed entries, periods (shared; closing takes them exclusively), balances by account, counters, and the
-- head of the audit log, which a trigger takes at last (see record_postings()).
create function post_entries(p_entries jsonb, p_lines jsonb, p_atomic boolean default false, p_dry_run boolean default false)
returns table (entry_ix integer, id uuid, number text, sequence bigint, faults jsonb)
language plpgsql security definer set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_faults jsonb;
  v_currency char(3) := (select currency from company);
  v_series number_series := (select s from number_series s where s.code = 'JV');
begin
  perform check_documents(p_entries, p_lines);
  perform 1 from journal_entries j
    where j.id in (select r.reverses_id from jsonb_to_recordset(p_entries) as r (reverses_id uuid))
    order by j.id for no key update;
  perform 1 from periods p
    where exists (
      select from jsonb_to_recordset(p_entries) as r (entry_date date) where r.entry_date between p.starts_on and p.ends_on)
    order by p.id for share;

  select coalesce(jsonb_object_agg(f.entry_ix, f.list), '{}') into v_faults from (
    select f.entry_ix, jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from entry_faults(p_entries, p_lines) f group by f.entry_ix
  ) f;

  if p_dry_run or (p_atomic and v_faults <> '{}') then
    return query
      select e.ix, e.id, null::text, null::bigint, v_faults -> e.ix::text
      from jsonb_to_recordset(p_entries) as e (ix integer, id uuid) order by e.ix;
    return;
  end if;

  insert into journal_lines (entry_id, line_no, account_id, period_id, entry_date, currency, debit, credit, memo)
    select e.id, l.line_ix + 1, a.id, p.id, e.entry_date, v_currency, coalesce(l.debit, 0), coalesce(l.credit, 0), l.memo
    from jsonb_to_recordset(p_entries) as e (ix integer, id uuid, entry_date date)
    join jsonb_to_recordset(p_lines)
      as l (entry_ix integer, line_ix integer, account text, debit numeric, credit numeric, memo text) on l.entry_ix = e.ix
    join accounts a on a.code = l.account
    join periods p on e.entry_date between p.starts_on and p.ends_on
    where not v_faults ? e.ix::text;

  perform set_config('app.posting_origins', (
    select coalesce(jsonb_object_agg(o.id, o.by) filter (where o.by is not null), '{}')::text
    from jsonb_to_recordset(p_entries) as o (id uuid, by integer)), true);

  return query
    with good as (
      select e.*, p.id as period_id, p.fiscal_year_id,
        row_number() over (partition by p.fiscal_year_id order by e.ix) as nth,
        count(*) over (partition by p.fiscal_year_id) as of
      from jsonb_to_recordset(p_entries)
        as e (ix integer, id uuid, entry_date date, memo text, reference text, source text, source_key text,
          reverses_id uuid, by integer)
      join periods p on e.entry_date between p.starts_on and p.ends_on
      where not v_faults ? e.ix::text
    ), drafted as (
      delete from journal_drafts d using good g where d.id = g.id returning d.id, d.created_by
    ), totals as (
      select l.entry_ix, sum(l.debit) as total
      from jsonb_to_recordset(p_lines) as l (entry_ix integer, debit numeric) group by l.entry_ix
    ), counted as (
      insert into number_counters as c (series_id, fiscal_year_id, last_number)
        select v_series.id, g.fiscal_year_id, count(*) from good g group by g.fiscal_year_id order by g.fiscal_year_id
        on conflict (series_id, fiscal_year_id) do update set last_number = c.last_number + excluded.last_number
        returning c.fiscal_year_id, c.last_number
    ), numbered as (
      select g.*, c.last_number - g.of + g.nth as sequence
      from good g join counted c using (fiscal_year_id)
    ), posted as (
      insert into journal_entries (id, series_id, fiscal_year_id, period_id, sequence, number, entry_date, memo, reference,
          total, source, source_key, reverses_id, created_by, posted_by)
        select n.id, v_series.id, n.fiscal_year_id, n.period_id, n.sequence,
          v_series.code || '-' || y.name || '-' || lpad(n.sequence::text, greatest(v_series.padding, length(n.sequence::text)), '0'),
          n.entry_date, n.memo, n.reference, t.total, n.source, n.source_key, n.reverses_id,
          coalesce(d.created_by, a.actor_id), a.actor_id
        from numbered n join fiscal_years y on y.id = n.fiscal_year_id join totals t on t.entry_ix = n.ix
          left join acting_requests() r on r.nth = n.by
          cross join lateral (select case when n.by is null then acting_user() else r.actor_id end as actor_id) a
          left join drafted d on d.id = n.id
        order by n.ix
        returning id, number, sequence
    )
    select e.ix, e.id, posted.number, posted.sequence, v_faults -> e.ix::text
    from jsonb_to_recordset(p_entries) as e (ix integer, id uuid)
    left join posted on posted.id = e.id and not v_faults ? e.ix::text
    order by e.ix;
end $$;

-- Keeps all other postings, and closings, waiting until the transaction ends. Who posts by several calls in one transaction
-- asks for this first: its second call would want balances of a posting that waits for the numbers of its first.
create function hold_postings() returns void
language plpgsql security definer set search_path from current as $$
begin
  lock table periods in exclusive mode;
end $$;
