-- Journal entries, their lines, the balances kept from them, and the triggers by which the database proves the books.
-- Nothing here can be written by the company's role, except drafts; post_entries() is the one way in.

create table number_series (
  id bigint generated always as identity primary key,
  code text not null unique check (code ~ '^[A-Z0-9]{1,10}$'),
  name text not null,
  padding smallint not null default 6 check (padding between 1 and 12)
);

insert into number_series (code, name) values ('JV', 'Journal voucher');

create table number_counters (
  series_id bigint not null references number_series,
  fiscal_year_id bigint not null references fiscal_years,
  last_number bigint not null,
  primary key (series_id, fiscal_year_id)
) with (fillfactor = 10);

create table journal_entries (
  id uuid primary key,
  series_id bigint not null references number_series,
  fiscal_year_id bigint not null references fiscal_years,
  period_id bigint not null references periods,
  sequence bigint not null check (sequence > 0),
  number text not null unique,
  entry_date date not null,
  memo text not null,
  reference text,
  total numeric not null check (total > 0 and total < 'Infinity'),
  source text not null,
  -- What makes a repeat of the same source recognisable, for example an imported row's fingerprint.
  source_key text unique,
  reverses_id uuid unique references journal_entries check (reverses_id <> id),
  created_by uuid,
  posted_by uuid,
  posted_at timestamptz not null default clock_timestamp(),
  unique (series_id, fiscal_year_id, sequence)
);

create index journal_entries_by_date on journal_entries (entry_date, id);
create index journal_entries_by_period on journal_entries (period_id, entry_date);

create table journal_lines (
  entry_id uuid not null references journal_entries deferrable initially deferred,
  line_no smallint not null check (line_no > 0),
  account_id bigint not null references accounts,
  period_id bigint not null references periods,
  entry_date date not null,
  currency char(3) not null,
  debit numeric(19, 4) not null check (debit >= 0 and debit < 1e15),
  credit numeric(19, 4) not null check (credit >= 0 and credit < 1e15),
  memo text,
  primary key (entry_id, line_no),
  constraint one_positive_side check ((debit > 0) <> (credit > 0))
);

create index journal_lines_by_account on journal_lines (account_id, entry_date, entry_id, line_no);

create table account_balances (
  account_id bigint not null references accounts,
  period_id bigint not null references periods,
  currency char(3) not null,
  debit numeric not null,
  credit numeric not null,
  primary key (account_id, period_id, currency)
) with (fillfactor = 50);

-- A draft is unfinished work: it has no number, touches no balance, and its lines may not balance yet.
create table journal_drafts (
  id uuid primary key,
  entry_date date not null,
  memo text not null,
  reference text,
  lines jsonb not null check (jsonb_typeof(lines) = 'array'),
  total numeric not null check (total >= 0 and total < 'Infinity'),
  version integer not null default 1,
  created_by uuid default acting_user(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index journal_drafts_by_date on journal_drafts (entry_date, id);

-- Posted and reversed entries together with the drafts, for lists.
create view journal with (security_invoker = true) as
  select e.id, e.number, e.sequence,
    case when exists (select from journal_entries r where r.reverses_id = e.id) then 'reversed' else 'posted' end as status,
    e.entry_date, e.memo, e.reference, e.total
  from journal_entries e
  union all
  select d.id, null, null, 'draft', d.entry_date, d.memo, d.reference, d.total
  from journal_drafts d;

create function refuse_change() returns trigger
language plpgsql set search_path from current as $$
begin
  raise exception using errcode = 'HX002', message = 'accounting/posted-is-immutable',
    detail = format('%s on %s: posted entries are corrected by reversal only', tg_op, tg_table_name);
end $$;

create trigger immutable before update or delete or truncate on journal_entries
  for each statement execute function refuse_change();
create trigger immutable before update or delete or truncate on journal_lines
  for each statement execute function refuse_change();

-- Runs once for each INSERT of lines: nothing is added to an entry that exists, groups take no lines,
-- and the balances move by exactly what was inserted. Balances are locked in account order.
create function lines_into_balances() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if exists (select from inserted i join journal_entries e on e.id = i.entry_id) then
    raise exception using errcode = 'HX002', message = 'accounting/posted-is-immutable',
      detail = 'lines cannot be added to a posted entry';
  end if;
  if exists (select from inserted i join accounts a on a.id = i.account_id where a.is_group) then
    raise exception using errcode = 'HX002', message = 'accounting/account-is-group', detail = 'a group account takes no lines';
  end if;
  insert into account_balances as b (account_id, period_id, currency, debit, credit)
    select account_id, period_id, currency, sum(debit), sum(credit)
    from inserted
    group by account_id, period_id, currency
    order by account_id, period_id, currency
    on conflict (account_id, period_id, currency)
      do update set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit;
  return null;
end $$;

create trigger lines_into_balances after insert on journal_lines
  referencing new table as inserted
  for each statement execute function lines_into_balances();

-- Runs at commit for each entry: it balances in every currency, has its lines, lies in an open period, and mirrors the
-- entry that it reverses.
create function prove_entry() returns trigger
language plpgsql security definer set search_path from current set plan_cache_mode = force_generic_plan as $$
declare
  v_fault text;
begin
  select case
      when count(*) < 2 then 'has fewer than two lines'
      when bool_or(l.entry_date <> new.entry_date or l.period_id <> new.period_id) then 'has lines of another date'
      when sum(l.debit) <> new.total then 'has another total than its lines'
    end
    into v_fault from journal_lines l where l.entry_id = new.id;
  if v_fault is null and exists (
    select from journal_lines l where l.entry_id = new.id group by l.currency having sum(l.debit) <> sum(l.credit)
  ) then
    v_fault := 'does not balance';
  end if;
  if v_fault is null and not exists (
    select from periods p
    where p.id = new.period_id and p.fiscal_year_id = new.fiscal_year_id and p.status = 'open'
      and new.entry_date between p.starts_on and p.ends_on
  ) then
    v_fault := 'lies in no open period';
  end if;
  if v_fault is null and new.reverses_id is not null and exists (
    select from (
      select account_id, currency, debit > 0 as side, debit + credit as amount, 1 as n from journal_lines where entry_id = new.id
      union all
      select account_id, currency, credit > 0, debit + credit, -1 from journal_lines where entry_id = new.reverses_id
    ) both_entries
    group by account_id, currency, side, amount having sum(n) <> 0
  ) then
    v_fault := 'is not the mirror of the entry that it reverses';
  end if;
  if v_fault is not null then
    raise exception using errcode = 'HX002', message = 'accounting/entry-not-proved', detail = format('entry %s %s', new.number, v_fault);
  end if;
  return null;
end $$;

create constraint trigger prove_entry after insert on journal_entries
  deferrable initially deferred for each row execute function prove_entry();

-- Runs once for each INSERT of entries: their numbers continue the series without a gap, up to the counter.
create function prove_numbers() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if exists (
    select from (
      select series_id, fiscal_year_id, min(sequence) as first, max(sequence) as last, count(*) as n
      from inserted group by series_id, fiscal_year_id
    ) i
    left join number_counters c using (series_id, fiscal_year_id)
    where i.last - i.first + 1 <> i.n
      or c.last_number is distinct from i.last
      or (i.first > 1 and not exists (
        select from journal_entries e
        where e.series_id = i.series_id and e.fiscal_year_id = i.fiscal_year_id and e.sequence = i.first - 1))
  ) then
    raise exception using errcode = 'HX002', message = 'accounting/number-gap', detail = 'entry numbers continue their series without a gap';
  end if;
  return null;
end $$;

create trigger prove_numbers after insert on journal_entries
  referencing new table as inserted
  for each statement execute function prove_numbers();

-- Posted entries whole, as they are answered and read. A function, as every posting reads its entries back and planning
-- this anew each time costs as much as the posting; here a connection plans it once.
create function posted_entries(p_ids uuid[])
returns table (id uuid, number text, sequence bigint, entry_date date, memo text, reference text, total numeric,
  fiscal_year text, period text, created_by uuid, posted_at text, reverses json, reversed_by json, raw_lines json)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    select e.id, e.number, e.sequence, e.entry_date, e.memo, e.reference, e.total, y.name, p.name, e.created_by,
      to_char(e.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      (select json_build_object('id', o.id, 'number', o.number) from journal_entries o where o.id = e.reverses_id),
      (select json_build_object('id', o.id, 'number', o.number) from journal_entries o where o.reverses_id = e.id),
      (select json_agg(json_build_object('line', l.line_no, 'account', a.code, 'account_name', a.name,
          'debit', nullif(l.debit, 0)::text, 'credit', nullif(l.credit, 0)::text, 'memo', l.memo) order by l.line_no)
        from journal_lines l join accounts a on a.id = l.account_id where l.entry_id = e.id)
    from journal_entries e
    join fiscal_years y on y.id = e.fiscal_year_id
    join periods p on p.id = e.period_id
    where e.id = any(p_ids);
end $$;

grant execute on function posted_entries(uuid[]) to {{role}};
