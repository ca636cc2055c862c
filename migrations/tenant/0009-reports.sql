-- What statements are made of: sums by account for ranges of days, from kept balances; as they were known at a moment; and the
-- chart as it was known then. Plans are made once a connection without looking at the days asked for; what is guessed of them is
-- far too much, so that workers and compilation would be started for a few rows.

-- Whoever asks what was known at a moment looks for the changes of accounts after it.
create index audit_rows_of_accounts on audit_rows (block_seq, nth) where subject = 'account';

-- The days outside of ranges, of periods that they touch: after their last day, and before their first.
create function days_outside(p_from date[], p_to date[])
returns table (nth integer, period_id bigint, first_day date, last_day date)
language plpgsql stable rows 2 set search_path from current set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select r.nth::integer, p.id, r.t + 1, p.ends_on
    from unnest(p_from, p_to) with ordinality r (f, t, nth)
      join periods p on r.t >= p.starts_on and r.t < p.ends_on and p.ends_on >= coalesce(r.f, '-infinity')
    union all
    select r.nth::integer, p.id, p.starts_on, r.f - 1
    from unnest(p_from, p_to) with ordinality r (f, t, nth)
      join periods p on r.f > p.starts_on and r.f <= p.ends_on and p.starts_on <= r.t
    where r.f <= r.t;
end $$;

-- Sums of all lines for ranges of days (p_from null: since ever). Balances of all periods that a range touches are added up, and
-- what they have outside of it is taken off by days. `closing`: what the closing of a year posted, which is always on its last
-- day, so that a range that ends before it has nothing of it: it goes off with that day.
create function account_sums(p_from date[], p_to date[])
returns table (nth integer, account_id bigint, closing boolean, debit numeric, credit numeric)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan
set max_parallel_workers_per_gather = 0 set jit = off as $$
#variable_conflict use_column
begin
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
end $$;

-- The same for one value of a dimension that keeps balances (p_value), or for each of its values (p_dimension).
create function dimension_sums(p_from date[], p_to date[], p_dimension smallint, p_value bigint)
returns table (nth integer, value_id bigint, account_id bigint, closing boolean, debit numeric, credit numeric)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan
set max_parallel_workers_per_gather = 0 set jit = off as $$
#variable_conflict use_column
declare
  v_dimension smallint := coalesce(p_dimension, (select v.dimension_id from dimension_values v where v.id = p_value));
begin
  return query
    select s.nth, s.value_id, s.account_id, s.closing, sum(s.debit), sum(s.credit)
    from (
      select r.nth::integer, b.value_id, b.account_id, b.closing and p.ends_on <= r.t as closing, b.debit, b.credit
      from unnest(p_from, p_to) with ordinality r (f, t, nth)
        join periods p on p.starts_on <= r.t and p.ends_on >= coalesce(r.f, '-infinity')
        cross join dimension_values v
        join dimension_balances b on b.value_id = v.id and b.period_id = p.id
      where v.dimension_id = v_dimension and (p_value is null or v.id = p_value)
      union all
      select o.nth, d.value_id, d.account_id, false, -d.debit, -d.credit
      from days_outside(p_from, p_to) o cross join lateral (
        select d.value_id, d.account_id, d.debit, d.credit
        from journal_line_dimensions d
        where d.dimension_id = v_dimension and d.period_id = o.period_id and d.entry_date between o.first_day and o.last_day
          and (p_value is null or d.value_id = p_value) offset 0) d
    ) s
    group by s.nth, s.value_id, s.account_id, s.closing
    having sum(s.debit) <> 0 or sum(s.credit) <> 0;
end $$;

-- The same from lines, for what no balances are kept of. p_values: lines that have all of these values. p_by: told apart by the
-- values of this dimension, null for lines without one. p_known: posted until then, or after then with p_later. p_cash: of the
-- entries that touch one of these accounts, the lines on other accounts. It is planned each time, as how many lines that are can
-- be anything.
create function line_sums(
  p_from date[], p_to date[], p_values bigint[], p_by smallint, p_known timestamptz, p_later boolean, p_cash bigint[] default null
) returns table (nth integer, value_id bigint, account_id bigint, closing boolean, debit numeric, credit numeric)
language plpgsql stable set search_path from current as $$
declare
  v_from date := (select case when bool_or(f is null) then '-infinity' else min(f) end from unnest(p_from) f);
  v_to date := (select max(t) from unnest(p_to) t);
begin
  return query execute
    'select r.nth::integer, d.value_id, d.account_id, d.closing, sum(d.debit), sum(d.credit) from (
       select ' || case when p_by is null then 'null::bigint' else 'w.value_id' end || ' as value_id,
         l.account_id, l.entry_date, l.closing, sum(l.debit) as debit, sum(l.credit) as credit
       from ' || case when cardinality(p_values) > 0 then 'journal_line_dimensions' else 'journal_lines' end || ' l'
    || case when p_known is null then '' else
      format(' join journal_entries e on e.id = l.entry_id and e.posted_at %s %L::timestamptz',
        case when p_later then '>' else '<=' end, p_known) end
    || coalesce((
      select string_agg(format(' join journal_line_dimensions v%1$s on v%1$s.entry_id = l.entry_id and v%1$s.line_no = l.line_no
        and v%1$s.value_id = %2$s', u.n, u.v), '' order by u.n)
      from unnest(p_values) with ordinality u (v, n) where u.n > 1), '')
    || case when p_by is null then '' else format(' left join journal_line_dimensions w on w.entry_id = l.entry_id
      and w.line_no = l.line_no and w.dimension_id = %s', p_by) end
    || format(' where l.entry_date between %L and %L', v_from, v_to)
    || case when cardinality(p_values) > 0 then format(' and l.value_id = %s', p_values[1]) else '' end
    || case when p_cash is null then '' else format(' and l.entry_id in (select c.entry_id from journal_lines c
      where c.account_id = any (%1$L::bigint[]) and c.entry_date between %2$L and %3$L)
      and l.account_id <> all (%1$L::bigint[])', p_cash, v_from, v_to) end
    || ' group by 1, 2, 3, 4
     ) d join unnest($1, $2) with ordinality r (f, t, nth) on d.entry_date <= r.t and d.entry_date >= coalesce(r.f, ''-infinity'')
     group by 1, 2, 3, 4'
    using p_from, p_to;
end $$;

-- The one source of all statements: parts that add up to the sums asked for, from balances wherever any are kept. p_values and p_by
-- as above. p_known: only what was posted until then; null for all.
create function report_sums(p_from date[], p_to date[], p_values bigint[], p_by smallint, p_known timestamptz)
returns table (nth integer, value_id bigint, account_id bigint, closing boolean, debit numeric, credit numeric)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan
set max_parallel_workers_per_gather = 0 set jit = off as $$
#variable_conflict use_column
begin
  if cardinality(p_values) = 0 and (p_by is null or (select d.keeps_balances from dimensions d where d.id = p_by)) then
    return query select s.nth, null::bigint, s.account_id, s.closing, s.debit, s.credit from account_sums(p_from, p_to) s;
    if p_by is not null then
      return query
        select s.nth, case when own.is_own then s.value_id end, s.account_id, s.closing,
          case when own.is_own then s.debit else -s.debit end, case when own.is_own then s.credit else -s.credit end
        from dimension_sums(p_from, p_to, p_by, null) s cross join (values (true), (false)) own (is_own);
    end if;
  elsif cardinality(p_values) = 1 and p_by is null and (
    select d.keeps_balances from dimension_values v join dimensions d on d.id = v.dimension_id where v.id = p_values[1]) then
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

-- The chart, by code; at a moment, it is each account as the first change after then found it, and without those created later.
create function chart_known(p_known timestamptz)
returns table (id bigint, code text, name text, type text, category text, parent_id bigint, is_group boolean, cash_flow text)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan
set max_parallel_workers_per_gather = 0 set jit = off as $$
#variable_conflict use_column
begin
  if p_known is null then
    return query select a.id, a.code, a.name, a.type, a.category, a.parent_id, a.is_group, a.cash_flow from accounts a order by a.code;
    return;
  end if;
  return query
    with changes as (
      select distinct on (c.id) c.id, c.before
      from (
        select coalesce(k.content -> 'before' ->> 'id', k.content -> 'after' ->> 'id')::bigint as id,
          nullif(k.content -> 'before', 'null') as before, k.block_seq, k.nth
        from (
          select r.content::jsonb, r.block_seq, r.nth
          from audit_rows r join audit_blocks b on b.seq = r.block_seq where r.subject = 'account' and b.at > p_known
        ) k
      ) c
      order by c.id, c.block_seq, c.nth
    )
    select a.* from (
      select a.id, a.code, a.name, a.type, a.category, a.parent_id, a.is_group, a.cash_flow
      from accounts a where not exists (select from changes c where c.id = a.id)
      union all
      select c.id, f.code, f.name, f.type, f.category, f.parent_id, f.is_group, f.cash_flow
      from changes c cross join lateral jsonb_to_record(c.before)
        as f (code text, name text, type text, category text, parent_id bigint, is_group boolean, cash_flow text)
      where c.before is not null
    ) a
    order by a.code;
end $$;

-- The trial balance on a day in one statement, which is the report asked for most. p_settled: with accounts that have come to zero.
create function trial_balance(p_day date, p_settled boolean) returns table (account text, name text, type text, net numeric)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan
set max_parallel_workers_per_gather = 0 set jit = off as $$
#variable_conflict use_column
begin
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

revoke all on function days_outside(date[], date[]), account_sums(date[], date[]), dimension_sums(date[], date[], smallint, bigint),
  line_sums(date[], date[], bigint[], smallint, timestamptz, boolean, bigint[]),
  report_sums(date[], date[], bigint[], smallint, timestamptz), chart_known(timestamptz), trial_balance(date, boolean) from public;
grant execute on function days_outside(date[], date[]), account_sums(date[], date[]), dimension_sums(date[], date[], smallint, bigint),
  line_sums(date[], date[], bigint[], smallint, timestamptz, boolean, bigint[]),
  report_sums(date[], date[], bigint[], smallint, timestamptz), chart_known(timestamptz), trial_balance(date, boolean) to {{role}};
