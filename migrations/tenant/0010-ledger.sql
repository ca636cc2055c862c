-- How a ledger of any length is read a page at a time: where the page begins comes from the sums of days, not from the lines before.

-- An account with all that is below it, by code.
create function ledger_accounts(p_code text) returns table (id bigint, name text, type text, ids bigint[])
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    with recursive tree (id) as (
      select a.id from accounts a where a.code = p_code
      union
      select a.id from accounts a join tree t on a.parent_id = t.id
    )
    select a.id, a.name, a.type, (select array_agg(t.id) from tree t) from accounts a where a.code = p_code;
end $$;

-- What some accounts stood at before p_from, what moved between the days, how many lines that were; and for the page of p_limit
-- lines that begins after p_offset of them (the last page for an offset beyond): the days that it touches, how many lines of the
-- first day come before it, and the balance before that day.
create function ledger_frame(p_accounts bigint[], p_from date, p_to date, p_offset bigint, p_limit bigint)
returns table (opening numeric, debit numeric, credit numeric, count bigint, "offset" bigint, first_day date, last_day date, skip bigint,
  carried numeric)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    with days as (
      select d.entry_date, sum(d.lines) as lines, sum(d.debit) as debit, sum(d.credit) as credit
      from account_days d where d.account_id = any(p_accounts) and d.entry_date between p_from and p_to
      group by d.entry_date
    ), running as (
      select d.entry_date, d.lines, d.debit - d.credit as net, sum(d.lines) over upto as lines_upto, sum(d.debit - d.credit) over upto as net_upto
      from days d window upto as (order by d.entry_date)
    ), total as (
      select coalesce(sum(d.debit), 0) as debit, coalesce(sum(d.credit), 0) as credit, coalesce(sum(d.lines), 0)::bigint as lines from days d
    ), place as (
      select case when p_offset < t.lines then p_offset else greatest(0, (t.lines - 1) / p_limit * p_limit) end as first from total t
    ), before as (
      select coalesce((
          select sum(b.debit - b.credit) from account_balances b join periods p on p.id = b.period_id
          where b.account_id = any(p_accounts) and p.ends_on < p_from), 0)
        + coalesce((
          select sum(d.debit - d.credit) from periods p
            join account_days d on d.entry_date >= p.starts_on and d.entry_date < p_from and d.account_id = any(p_accounts)
          where p_from between p.starts_on and p.ends_on), 0) as net
    )
    select b.net, t.debit, t.credit, t.lines, c.first, f.entry_date, coalesce(l.entry_date, p_to),
      coalesce(c.first - (f.lines_upto - f.lines), 0)::bigint, b.net + coalesce(f.net_upto - f.net, 0)
    from total t cross join before b cross join place c
      left join lateral (
        select r.* from running r where r.lines_upto > c.first order by r.entry_date limit 1
      ) f on true
      left join lateral (
        select r.entry_date from running r where r.lines_upto >= c.first + p_limit order by r.entry_date limit 1
      ) l on true;
end $$;

-- The lines of a page that ledger_frame() has found, each with the balance after it.
create function ledger_page(p_accounts bigint[], p_first date, p_last date, p_skip bigint, p_limit bigint, p_carried numeric)
returns table (entry_id uuid, number text, entry_date date, account text, memo text, reference text, debit numeric, credit numeric,
  balance numeric, currency text, amount numeric, rate numeric)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    select e.id, e.number, r.entry_date, a.code, coalesce(r.memo, e.memo), e.reference, r.debit, r.credit, r.balance,
      r.currency::text, r.amount, r.rate
    from (
      select l.*, p_carried + sum(l.debit - l.credit) over (order by l.entry_date, l.entry_id, l.line_no) as balance
      from (
        select * from journal_lines j
        where j.account_id = any(p_accounts) and j.entry_date between p_first and p_last
        order by j.entry_date, j.entry_id, j.line_no
        limit p_skip + p_limit
      ) l
      order by l.entry_date, l.entry_id, l.line_no
      offset p_skip
    ) r
      join journal_entries e on e.id = r.entry_id
      join accounts a on a.id = r.account_id
    order by r.entry_date, r.entry_id, r.line_no;
end $$;

revoke all on function ledger_accounts(text), ledger_frame(bigint[], date, date, bigint, bigint),
  ledger_page(bigint[], date, date, bigint, bigint, numeric) from public;
grant execute on function ledger_accounts(text), ledger_frame(bigint[], date, date, bigint, bigint),
  ledger_page(bigint[], date, date, bigint, bigint, numeric) to {{role}};
