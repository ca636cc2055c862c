-- Posting once more, with currencies, dimensions and series: documents are read once into arrays, and everything after works
-- on those; the books are proved once a statement, not once a row.

create type posting_line as (
  entry_ix integer, line_ix integer, account text, account_id bigint, currency char(3), amount numeric, rate numeric,
  debit numeric, credit numeric, memo text, dimensions jsonb, malformed boolean, fault text, rounded boolean, account_fault text);

create type posting_entry as (
  ix integer, id uuid, entry_date date, memo text, reference text, source text, source_key text, reverses_id uuid,
  reverse_on date, series text, series_id bigint, by integer, actor_id uuid, malformed boolean, period_id bigint,
  fiscal_year_id bigint, lines integer, debit numeric, credit numeric, suspect boolean);

-- Lines are checked and summed by the statement that inserts them, and their entry must have come by the commit: once for each
-- statement, where foreign keys would ask once for each row.
alter table journal_lines
  drop constraint journal_lines_account_id_fkey,
  drop constraint journal_lines_period_id_fkey,
  drop constraint journal_lines_entry_id_fkey;

-- Entries whose lines are there; a row never outlives its transaction.
create table entries_due (
  id bigint generated always as identity primary key,
  entry_ids uuid[] not null
);

create function only_from_triggers() returns trigger
language plpgsql set search_path from current as $$
begin
  raise exception using errcode = 'HX002', message = 'accounting/posted-is-immutable', detail = format('%s on %s', tg_op, tg_table_name);
end $$;

create trigger only_from_triggers before insert or update or delete or truncate on entries_due
  for each statement when (pg_trigger_depth() = 0) execute function only_from_triggers();

create function require_entries() returns trigger
language plpgsql security definer set search_path from current set plan_cache_mode = force_generic_plan as $$
begin
  if exists (select from unnest(new.entry_ids) u (id) where not exists (select from journal_entries e where e.id = u.id)) then
    raise exception using errcode = 'HX002', message = 'accounting/line-without-entry', detail = 'a line belongs to an entry';
  end if;
  delete from entries_due where id = new.id;
  return null;
end $$;

create constraint trigger require_entries after insert on entries_due
  deferrable initially deferred for each row execute function require_entries();

-- Reading ----------------------------------------------------------------------------------------------------------

-- The lines of the documents with their accounts, and amounts of other currencies turned into the company's: at the line's rate,
-- at what its base_debit or base_credit makes of it, or at the latest rate known on the entry's date. `fault` names what was
-- wrong with that, `rounded` marks the amounts that were turned here, and `account_fault` says why the account takes no line.
create function account_fault(p_account accounts) returns text
language sql immutable as $$
  select case when (p_account).id is null then 'account-unknown' when (p_account).is_group then 'account-is-group'
    when not (p_account).is_active then 'account-inactive' end
$$;

create function read_lines(p_entries jsonb, p_lines jsonb) returns posting_line[]
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
declare
  v_company company := (select c from company c);
begin
  if not p_lines @? '$[*] ? (exists (@.currency) || exists (@.base_debit) || exists (@.base_credit) || exists (@.rate))' then
    return array(
      select row(l.entry_ix, l.line_ix, l.account, a.id, v_company.currency, null, null, l.debit, l.credit, l.memo,
        nullif(l.dimensions, '{}'), l.malformed, null, null, account_fault(a))::posting_line
      from jsonb_to_recordset(p_lines) as l (entry_ix integer, line_ix integer, account text, debit numeric, credit numeric,
          memo text, dimensions jsonb, malformed boolean)
        left join accounts a on a.code = l.account);
  end if;
  return array(
    select row(l.entry_ix, l.line_ix, l.account, a.id, c.code, c.amount, case when c.amount > 0 then c.rate end,
      case when c.code = v_company.currency then l.debit when l.debit is null and l.base_debit is null then null else c.debit end,
      case when c.code = v_company.currency then l.credit when l.credit is null and l.base_credit is null then null else c.credit end,
      l.memo, nullif(l.dimensions, '{}'), l.malformed, c.fault, c.amount > 0 and own.base = 0, account_fault(a))::posting_line
    from jsonb_to_recordset(p_lines) as l (entry_ix integer, line_ix integer, account text, debit numeric, credit numeric,
        currency text, rate numeric, base_debit numeric, base_credit numeric, memo text, dimensions jsonb, malformed boolean)
      left join jsonb_to_recordset(p_entries) as e (ix integer, entry_date date) on e.ix = l.entry_ix
      left join accounts a on a.code = l.account
      cross join lateral (select coalesce(l.currency, v_company.currency) as code, coalesce(l.debit, 0) + coalesce(l.credit, 0) as amount,
        coalesce(l.base_debit, 0) + coalesce(l.base_credit, 0) as base) amounts
      -- What cannot be turned is worth its amount in the company's currency, and elsewhere a token that only shows its side.
      cross join lateral (select amounts.*,
        case when amounts.code = v_company.currency then amounts.amount else sign(amounts.amount) end as worth) own
      left join lateral (
        select coalesce(l.rate, case when own.base > 0 and own.amount > 0 then round(own.base / own.amount, 10) end, (
          select x.rate from exchange_rates x where x.currency = own.code and x.rate_date <= e.entry_date
          order by x.rate_date desc limit 1)) as rate
      ) r on own.code <> v_company.currency
      cross join lateral (select case when own.base > 0 and own.amount >= 0 then own.base
        when r.rate > 0 then round(own.amount * r.rate, v_company.currency_scale) end as value) v
      cross join lateral (
        select own.code,
          case when own.code <> v_company.currency then own.amount end as amount, r.rate,
          case when coalesce(l.debit, 0) <> 0 or coalesce(l.base_debit, 0) <> 0 then coalesce(v.value, own.worth) end as debit,
          case when coalesce(l.credit, 0) <> 0 or coalesce(l.base_credit, 0) <> 0 then coalesce(v.value, own.worth) end as credit,
          case
            when own.code = v_company.currency then
              case when coalesce(l.rate, 1) <> 1 or l.base_debit is not null or l.base_credit is not null then 'rate-of-base-currency' end
            when l.malformed then null
            when own.code !~ '^[A-Z]{3}$' then 'currency-unknown'
            when coalesce(l.debit, 0) * coalesce(l.credit, 0) <> 0 then null
            when (coalesce(l.debit, 0) <> 0 and coalesce(l.base_credit, 0) <> 0)
              or (coalesce(l.credit, 0) <> 0 and coalesce(l.base_debit, 0) <> 0) or coalesce(l.base_debit, 0) * coalesce(l.base_credit, 0) <> 0
              then 'base-on-other-side'
            when coalesce(l.base_debit, 0) < 0 or coalesce(l.base_credit, 0) < 0 then 'base-negative'
            when l.rate <= 0 or l.rate >= 1e12 then 'rate-not-positive'
            when own.amount <= 0 then null
            when r.rate is null then 'no-exchange-rate'
            when r.rate <= 0 or r.rate >= 1e12 then 'base-beyond-rates'
            when own.base > 0 and l.rate is not null
              and abs(own.base - own.amount * l.rate) > greatest(own.amount * 1e-10, 10::numeric ^ -v_company.currency_scale)
              then 'base-differs-from-rate'
            when v.value = 0 then 'amount-too-small'
          end as fault
      ) c);
end $$;

-- Where amounts of other currencies were rounded into the company's, the cents that an entry is short of go to the account of
-- the category `rounding`, as a line of its own: half a unit for each line that was rounded here, and no more.
create function round_off(p_lines posting_line[]) returns posting_line[]
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
      null, null, case when s.short > 0 then s.short end, case when s.short < 0 then -s.short end, null, null, false,
      case when v_code is null then 'no-rounding-account' end, false, null)::posting_line
    from (
      select l.entry_ix, max(l.line_ix) as last_ix, sum(coalesce(l.credit, 0) - coalesce(l.debit, 0)) as short,
        count(*) filter (where l.rounded) as rounded, bool_or(l.malformed or l.fault is not null) as faulty
      from unnest(p_lines) l group by l.entry_ix
    ) s
    where s.faulty is not true and s.short <> 0 and abs(s.short) <= s.rounded * 0.5 * 10::numeric ^ -v_company.currency_scale);
end $$;

-- The entries of the documents with period, series, actor and the sums of their lines. `suspect` says that something about an
-- entry by itself is not as it mostly is, so that its faults have to be looked for.
create function read_entries(p_entries jsonb, p_lines posting_line[]) returns posting_entry[]
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan set enable_nestloop = off as $$
begin
  return array(
    select row(e.ix, e.id, e.entry_date, e.memo, e.reference, e.source, e.source_key, e.reverses_id, e.reverse_on,
      coalesce(e.series, 'JV'), s.id, e.by, case when e.by is null then acting_user() else r.actor_id end,
      coalesce(e.malformed, false) or coalesce(l.malformed, false), p.id, p.fiscal_year_id, coalesce(l.lines, 0),
      coalesce(l.debit, 0), coalesce(l.credit, 0),
      (p.status = 'open' and y.status = 'open' and s.is_active and s.voucher_type <> 'closing' and e.reverse_on is null
        and e.reverses_id is null and l.debit = l.credit and l.lines between 2 and 10000 and not l.malformed) is not true)::posting_entry
    from jsonb_to_recordset(p_entries) as e (ix integer, id uuid, entry_date date, memo text, reference text, source text,
        source_key text, reverses_id uuid, reverse_on date, series text, by integer, malformed boolean)
      left join (
        select entry_ix, count(*)::integer as lines, sum(l.debit) as debit, sum(l.credit) as credit,
          coalesce(bool_or(l.malformed or l.fault is not null), false) as malformed
        from unnest(p_lines) l group by entry_ix
      ) l on l.entry_ix = e.ix
      left join number_series s on s.code = coalesce(e.series, 'JV')
      left join acting_requests() r on r.nth = e.by
      left join periods p on e.entry_date between p.starts_on and p.ends_on
      left join fiscal_years y on y.id = p.fiscal_year_id
    order by e.ix);
end $$;

-- Refuses documents that are no list of whole entries with their lines, whoever has made them: each entry has its own ix and
-- each line its own place in one of the entries.
drop function check_documents(jsonb, jsonb);
create function check_documents(p_entries posting_entry[], p_lines posting_line[]) returns void
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
begin
  if exists (
    select from unnest(p_entries) e
    having count(*) > least(count(distinct e.ix), count(e.id), count(e.entry_date))
      or coalesce(sum(e.lines), 0) <> cardinality(p_lines)
  ) or exists (
    select from unnest(p_lines) l
    having count(*) > least(count(distinct (l.entry_ix::bigint << 32) + l.line_ix), count(l.account), count(*) filter (where l.line_ix >= 0 and l.malformed is not true))
  ) then
    raise exception using errcode = 'HX002', message = 'accounting/documents-unreadable',
      detail = 'entries and lines are given whole, each under its own number';
  end if;
end $$;

-- Whether a person may post into a period that is closed or locked, as somebody has allowed it until a moment to come.
create function is_excepted(p_period_id bigint, p_user_id uuid, p_at timestamptz) returns boolean
language sql stable set search_path from current as $$
  select exists (select from period_exceptions x where x.user_id = p_user_id and x.period_id = p_period_id
    and x.granted_at <= p_at and x.expires_at >= p_at and coalesce(x.revoked_at > p_at, true))
$$;

-- Rules ------------------------------------------------------------------------------------------------------------

create function fault_text(p_fault text) returns text
language sql immutable as $$
  select case p_fault
    when 'rate-of-base-currency' then 'a line in the company’s own currency has no rate and no base amount'
    when 'currency-unknown' then 'a currency is named by its three letters (ISO 4217)'
    when 'base-on-other-side' then 'the base amount stands on the side of the amount'
    when 'base-negative' then 'an amount is never negative; use the other side'
    when 'rate-not-positive' then 'a rate is above zero: how much of the company’s currency one unit is'
    when 'no-exchange-rate' then 'the line has no rate, and none is known for its currency on that date'
    when 'base-beyond-rates' then 'the base amount makes a rate that is no rate: it has ten decimals and is below 10^12'
    when 'base-differs-from-rate' then 'the base amount is not the amount at that rate'
    when 'amount-too-small' then 'the amount comes to nothing in the company’s currency'
    when 'no-rounding-account' then 'amounts in other currencies leave a rounding difference, and no account has the category rounding'
  end
$$;

-- All that is wrong with entries. p_closing: they are what the closing of a year posts.
create function faults_of(p_entries posting_entry[], p_lines posting_line[], p_closing boolean)
returns table (entry_ix integer, pointer text, code text, detail text)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_company company := (select c from company c);
  v_dimensions boolean := exists (select from unnest(p_lines) l where l.dimensions is not null);
  v_required boolean := exists (select from required_dimensions);
begin
  -- Nearly always there is nothing to find, and this finds that out for a fraction of what the whole list costs.
  if not p_closing and not v_dimensions and not v_required
    and not exists (select from unnest(p_entries) e where e.suspect)
    and not exists (
      select from unnest(p_lines) l
      where l.account_fault is not null or l.fault is not null or l.malformed or l.amount is not null
        or (coalesce(l.debit, 0) > 0) = (coalesce(l.credit, 0) > 0) or l.debit < 0 or l.credit < 0 or l.debit >= 1e15 or l.credit >= 1e15
        or scale(l.debit) > v_company.currency_scale or scale(l.credit) > v_company.currency_scale)
    and not exists (select from unnest(p_entries) e join journal_entries j on j.id = e.id)
    and not exists (select from unnest(p_entries) e join journal_entries j on j.source_key = e.source_key)
    and (select count(*) = count(distinct e.id) and count(e.source_key) = count(distinct e.source_key) from unnest(p_entries) e)
  then
    return;
  end if;
  return query
    select e.ix, '/entry_date'::text, 'accounting/no-period'::text,
      format('%s lies in no fiscal period of the company', e.entry_date)
      from unnest(p_entries) e where e.entry_date is not null and e.period_id is null
    union all
    select e.ix, '/entry_date', 'accounting/period-closed', format('%s lies in %s, which is %s', e.entry_date, p.name, p.status)
      from unnest(p_entries) e join periods p on p.id = e.period_id
      where p.status <> 'open' and not p_closing and not is_excepted(p.id, e.actor_id, clock_timestamp())
    union all
    select e.ix, '/entry_date', 'accounting/fiscal-year-closed', format('%s lies in fiscal year %s, which is closed', e.entry_date, y.name)
      from unnest(p_entries) e join fiscal_years y on y.id = e.fiscal_year_id where y.status <> 'open' and not p_closing
        and not exists (select from periods p where p.id = e.period_id and p.status <> 'open'
          and not is_excepted(p.id, e.actor_id, clock_timestamp()))
    union all
    select e.ix, '/series', 'accounting/series-unknown', format('there is no number series %s that can be posted in', e.series)
      from unnest(p_entries) e left join number_series s on s.id = e.series_id
      where s.id is null or not p_closing and (not s.is_active or s.voucher_type = 'closing')
    union all
    select e.ix, '/reverse_on', 'accounting/reverse-on-not-after', 'an entry is reversed by itself on a day after its own'
      from unnest(p_entries) e where e.reverse_on <= e.entry_date
    union all
    select e.ix, '/id', 'accounting/id-taken', format('an entry with the id %s exists', e.id)
      from unnest(p_entries) e join journal_entries j on j.id = e.id
    union all
    select e.ix, '/source_key', 'accounting/already-posted', format('the same entry was posted before as %s', j.number)
      from unnest(p_entries) e join journal_entries j on j.source_key = e.source_key
    union all
    select e.ix, '', 'accounting/already-reversed', format('the entry was reversed by %s', j.number)
      from unnest(p_entries) e join journal_entries j on j.reverses_id = e.reverses_id
    union all
    select e.ix, '', 'accounting/reversed-unknown', format('there is no entry %s to reverse', e.reverses_id)
      from unnest(p_entries) e where e.reverses_id is not null and not exists (select from journal_entries j where j.id = e.reverses_id)
    union all
    select e.ix, '', 'accounting/closing-entry', format('%s closed a fiscal year; reopen the year instead', j.number)
      from unnest(p_entries) e join journal_entries j on j.id = e.reverses_id where j.source = 'closing' and not p_closing
    union all
    select n.ix, n.pointer, n.code, n.detail from (
      select e.ix, f.pointer, f.code, f.detail, row_number() over (partition by f.code, f.same order by e.ix) as nth
      from unnest(p_entries) e cross join lateral (values
        ('/id', 'accounting/id-taken', 'an entry with the same id stands before this one', e.id::text),
        ('/source_key', 'accounting/already-posted', 'the same entry stands before this one', e.source_key),
        ('', 'accounting/already-reversed', 'the entry is reversed by one that stands before this one', e.reverses_id::text)
      ) f (pointer, code, detail, same)
      where f.same is not null
    ) n where n.nth > 1
    union all
    select l.entry_ix, '/lines/' || l.line_ix || '/account',
      'accounting/' || l.account_fault,
      case l.account_fault when 'account-unknown' then format('there is no account %s', l.account)
        when 'account-is-group' then format('account %s is a group; post to one of its accounts', l.account)
        else format('account %s is inactive', l.account) end
      from unnest(p_lines) l
      where l.account is not null and l.account_fault is not null and not (p_closing and l.account_fault = 'account-inactive')
    union all
    select l.entry_ix, case when l.fault = 'no-rounding-account' then '/lines' else '/lines/' || l.line_ix || f.pointer end,
        f.code, f.detail
      from unnest(p_lines) l cross join lateral (
        select '/' || side.name as pointer, rule.code, rule.detail
          from (values ('debit', l.debit), ('credit', l.credit)) side (name, amount)
            cross join lateral (values
              ('accounting/amount-negative', 'an amount is never negative; use the other side', side.amount < 0),
              ('accounting/amount-too-large', 'an amount has at most 15 digits before the decimal point', abs(side.amount) >= 1e15),
              ('accounting/amount-too-precise', format('%s has at most %s decimals', v_company.currency, v_company.currency_scale),
                abs(side.amount) < 1e15 and scale(trim_scale(side.amount)) > v_company.currency_scale)
            ) rule (code, detail, broken)
          where rule.broken
        union all
        select case when l.debit is not null then '/debit' else '/credit' end,
          case when l.amount >= 1e15 then 'accounting/amount-too-large' else 'accounting/amount-too-precise' end,
          case when l.amount >= 1e15 then 'an amount has at most 15 digits before the decimal point'
            else format('%s has at most %s decimals', l.currency, currency_decimals(l.currency)) end
          where l.amount >= 1e15 or scale(trim_scale(l.amount)) > currency_decimals(l.currency)
        union all
        select case when l.fault ~ '^base' then case when l.debit is null then '/base_credit' else '/base_debit' end
            when l.fault ~ 'rate' then '/rate' when l.fault ~ 'currency' then '/currency' else '' end,
          'accounting/' || l.fault, fault_text(l.fault) where l.fault is not null
        union all
        select '', case when l.debit <> 0 and l.credit <> 0 then 'accounting/line-both-sides' else 'accounting/line-without-amount' end,
          case when l.debit <> 0 and l.credit <> 0 then 'a line has a debit or a credit, not both'
            else 'a line needs a debit or a credit above zero' end
          where l.malformed is not true and l.fault is null and (coalesce(l.debit, 0) <> 0) = (coalesce(l.credit, 0) <> 0)
      ) f
    union all
    select e.ix, '/lines', 'accounting/too-few-lines', 'an entry has at least two lines'
      from unnest(p_entries) e where e.lines < 2 and not e.malformed
    union all
    select e.ix, '/lines', 'accounting/too-many-lines', 'an entry has at most 10000 lines' from unnest(p_entries) e where e.lines > 10001
    union all
    select e.ix, '/lines', 'accounting/entry-unbalanced',
      format('debits %s and credits %s differ by %s', round(e.debit, v_company.currency_scale),
        round(e.credit, v_company.currency_scale), round(abs(e.debit - e.credit), v_company.currency_scale))
      from unnest(p_entries) e where not e.malformed and e.debit <> e.credit
    union all
    select l.entry_ix, '/lines/' || l.line_ix || '/dimensions/' || replace(replace(d.key, '~', '~0'), '/', '~1'),
      case when m.id is null or not m.is_active then 'accounting/dimension-unknown' else 'accounting/dimension-value-unknown' end,
      case when m.id is null or not m.is_active then format('there is no dimension %s', left(d.key, 60))
        else format('dimension %s has no active value %s', d.key, left(d.value, 60)) end
      from unnest(p_lines) l cross join lateral jsonb_each_text(l.dimensions) d
        left join dimensions m on m.code = d.key
        left join dimension_values v on v.dimension_id = m.id and v.code = d.value
      where v_dimensions and (v.id is null or not (m.is_active and v.is_active)
        and not exists (select from unnest(p_entries) e where e.ix = l.entry_ix and e.reverses_id is not null))
    union all
    select l.entry_ix, '/lines/' || l.line_ix || '/dimensions/' || m.code, 'accounting/dimension-required',
      format('account %s asks for a value of %s', l.account, m.code)
      from unnest(p_lines) l join required_dimensions r on r.account_id = l.account_id join dimensions m on m.id = r.dimension_id
      where v_required and not p_closing and coalesce(l.dimensions ->> m.code, '') = ''
        and not exists (select from unnest(p_entries) e where e.ix = l.entry_ix and e.reverses_id is not null)
    order by 1, 2;
end $$;

create or replace function entry_faults(p_entries jsonb, p_lines jsonb)
returns table (entry_ix integer, pointer text, code text, detail text)
language plpgsql stable set search_path from current as $$
declare
  v_lines posting_line[] := round_off(read_lines(p_entries, p_lines));
begin
  return query select * from faults_of(read_entries(p_entries, v_lines), v_lines, false);
end $$;

-- Proofs -----------------------------------------------------------------------------------------------------------

-- Runs once for each INSERT of lines: nothing is added to an entry that exists, accounts and periods are there, groups take no
-- lines, and the balances move by exactly what was inserted. Balances are locked in account order.
create or replace function lines_into_balances() returns trigger
language plpgsql security definer set search_path from current set plan_cache_mode = force_generic_plan as $$
begin
  if exists (select from (select distinct i.entry_id from inserted i) i join journal_entries e on e.id = i.entry_id) then
    raise exception using errcode = 'HX002', message = 'accounting/posted-is-immutable',
      detail = 'lines cannot be added to a posted entry';
  end if;
  if exists (
    select from (select distinct i.account_id from inserted i) i left join accounts a on a.id = i.account_id where a.is_group is not false
  ) then
    raise exception using errcode = 'HX002', message = 'accounting/account-is-group', detail = 'a group account takes no lines';
  end if;
  insert into entries_due (entry_ids)
    select ids from (select array_agg(distinct i.entry_id) as ids from inserted i) d where ids is not null;
  insert into account_balances as b (account_id, period_id, currency, closing, debit, credit, amount_debit, amount_credit)
    select account_id, period_id, currency, closing, sum(debit), sum(credit),
      coalesce(sum(amount) filter (where debit > 0), 0), coalesce(sum(amount) filter (where credit > 0), 0)
    from inserted
    group by account_id, period_id, currency, closing
    order by account_id, period_id, currency, closing
    on conflict (account_id, period_id, currency, closing)
      do update set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit,
        amount_debit = b.amount_debit + excluded.amount_debit, amount_credit = b.amount_credit + excluded.amount_credit;
  insert into account_days as d (account_id, entry_date, debit, credit, lines)
    select account_id, entry_date, sum(debit), sum(credit), count(*)
    from inserted
    group by account_id, entry_date
    order by account_id, entry_date
    on conflict (account_id, entry_date)
      do update set debit = d.debit + excluded.debit, credit = d.credit + excluded.credit, lines = d.lines + excluded.lines;
  return null;
end $$;

-- Runs once for each INSERT of lines' dimensions, which comes between lines and entries: they are those of the lines, and the
-- balances of the dimensions that keep any move with them.
create function dimensions_into_balances() returns trigger
language plpgsql security definer set search_path from current set plan_cache_mode = force_generic_plan as $$
begin
  if exists (
    select from inserted i left join journal_lines l on l.entry_id = i.entry_id and l.line_no = i.line_no
    where (l.account_id, l.period_id, l.entry_date, l.closing, l.debit, l.credit)
        is distinct from (i.account_id, i.period_id, i.entry_date, i.closing, i.debit, i.credit)
      or exists (select from journal_entries e where e.id = i.entry_id)
  ) then
    raise exception using errcode = 'HX002', message = 'accounting/posted-is-immutable',
      detail = 'dimensions are those of a line that is being posted';
  end if;
  insert into dimension_balances as b (value_id, account_id, period_id, closing, debit, credit)
    select i.value_id, i.account_id, i.period_id, i.closing, sum(i.debit), sum(i.credit)
    from inserted i join dimensions d on d.id = i.dimension_id and d.keeps_balances
    group by i.value_id, i.account_id, i.period_id, i.closing
    order by i.value_id, i.account_id, i.period_id, i.closing
    on conflict (value_id, account_id, period_id, closing)
      do update set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit;
  return null;
end $$;

create trigger dimensions_into_balances after insert on journal_line_dimensions
  referencing new table as inserted
  for each statement execute function dimensions_into_balances();

drop trigger prove_entry on journal_entries;
drop function prove_entry();

-- Runs once for each INSERT of entries: each has its lines already, none can be added, and none changes; so what holds now holds
-- for ever. Each balances, mirrors the entry that it reverses, and lies in an open period, or in one that its poster may post into.
create function prove_entries() returns trigger
language plpgsql security definer set search_path from current
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_base char(3) := (select currency from company);
  v_fault text;
begin
  select format('entry %s %s', i.number, f.fault) into v_fault
    from inserted i
      cross join lateral (
        select count(*) as n, sum(l.debit) as debit, sum(l.credit) as credit, bool_and(l.closing) as closing,
          bool_or(l.entry_date <> i.entry_date or l.period_id <> i.period_id) as elsewhere,
          bool_or(l.closing) <> bool_and(l.closing) as half_closing,
          bool_or((l.currency = v_base) <> (l.amount is null)) as odd, sum(l.dimensions) as dimensions
        from journal_lines l where l.entry_id = i.id
      ) s
      left join periods p on p.id = i.period_id and i.entry_date between p.starts_on and p.ends_on
      left join fiscal_years y on y.id = p.fiscal_year_id and y.id = i.fiscal_year_id
      cross join lateral (select case
        when s.n < 2 then 'has fewer than two lines'
        when s.elsewhere then 'has lines of another date'
        when s.debit <> i.total then 'has another total than its lines'
        when s.debit <> s.credit then 'does not balance'
        when s.odd then 'has a line with an amount in no currency of its own'
        when s.dimensions > 0 and exists (
          select from journal_lines l where l.entry_id = i.id and l.dimensions <> (
            select count(*) from journal_line_dimensions d where d.entry_id = l.entry_id and d.line_no = l.line_no))
          then 'has not the dimensions that its lines say'
        when y.id is null then 'lies in no open period'
        when s.closing and not s.half_closing then
          case when y.status <> 'open' or i.entry_date <> y.ends_on or i.source <> 'closing' then 'closes no open fiscal year' end
        when s.half_closing then 'closes a fiscal year in part'
        when y.status <> 'open' then 'lies in a closed fiscal year'
        when p.status <> 'open' and not is_excepted(p.id, i.posted_by, i.posted_at) then 'lies in no open period'
      end as fault) f
    where f.fault is not null
    limit 1;
  if v_fault is null and exists (select from inserted where reverses_id is not null) then
    select format('entry %s is not the mirror of the entry that it reverses', i.number) into v_fault
      from inserted i
      where i.reverses_id is not null and exists (
        select from (
          select l.account_id, l.currency, l.debit > 0 as side, l.debit + l.credit as value, l.amount, d.dimensions, 1 as n
          from journal_lines l left join lateral (select string_agg(x.value_id::text, ',' order by x.value_id) as dimensions
            from journal_line_dimensions x where x.entry_id = l.entry_id and x.line_no = l.line_no) d on true
          where l.entry_id = i.id
          union all
          select l.account_id, l.currency, l.credit > 0, l.debit + l.credit, l.amount, d.dimensions, -1
          from journal_lines l left join lateral (select string_agg(x.value_id::text, ',' order by x.value_id) as dimensions
            from journal_line_dimensions x where x.entry_id = l.entry_id and x.line_no = l.line_no) d on true
          where l.entry_id = i.reverses_id
        ) both_entries
        group by account_id, currency, side, value, amount, dimensions having sum(n) <> 0
      )
      limit 1;
  end if;
  if v_fault is null and exists (select from required_dimensions) then
    select format('entry %s has a line without a dimension that its account asks for', i.number) into v_fault
      from inserted i join journal_lines l on l.entry_id = i.id join required_dimensions r on r.account_id = l.account_id
      where i.reverses_id is null and not l.closing and not exists (select from journal_line_dimensions d
        where d.entry_id = l.entry_id and d.line_no = l.line_no and d.dimension_id = r.dimension_id)
      limit 1;
  end if;
  if v_fault is not null then
    raise exception using errcode = 'HX002', message = 'accounting/entry-not-proved', detail = v_fault;
  end if;
  return null;
end $$;

create trigger prove_entries after insert on journal_entries
  referencing new table as inserted
  for each statement execute function prove_entries();

create or replace function prove_numbers() returns trigger
language plpgsql security definer set search_path from current set plan_cache_mode = force_generic_plan as $$
begin
  if exists (
    select from (
      select series_id, numbered_since, min(sequence) as first, max(sequence) as last, count(*) as n
      from inserted group by series_id, numbered_since
    ) i
    left join number_counters c on c.series_id = i.series_id and c.since = i.numbered_since
    where i.last - i.first + 1 <> i.n
      or c.last_number is distinct from i.last
      or (i.first > 1 and not exists (
        select from journal_entries e
        where e.series_id = i.series_id and e.numbered_since = i.numbered_since and e.sequence = i.first - 1))
  ) or exists (
    select from (select distinct series_id, numbered_since, fiscal_year_id, period_id from inserted) i
      join number_series s on s.id = i.series_id join fiscal_years y on y.id = i.fiscal_year_id join periods p on p.id = i.period_id
    where i.numbered_since <> case s.reset when 'never' then date '0001-01-01' when 'period' then p.starts_on else y.starts_on end
  ) then
    raise exception using errcode = 'HX002', message = 'accounting/number-gap', detail = 'entry numbers continue their series without a gap';
  end if;
  return null;
end $$;

-- Posting ----------------------------------------------------------------------------------------------------------

-- Posts every entry without fault, as one set: the number of statements does not grow with entries or lines. The company's
-- role cannot call it, as p_closing opens what is closed. Lock order: reversed entries, periods (shared; closing takes them
-- exclusively), balances by account, counters, and the head of the audit log, which a trigger takes at last.
create function post_documents(p_entries jsonb, p_lines jsonb, p_atomic boolean, p_dry_run boolean, p_closing boolean)
returns table (entry_ix integer, id uuid, number text, sequence bigint, faults jsonb)
language plpgsql security definer set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_faults jsonb;
  v_lines posting_line[];
  v_entries posting_entry[];
  v_good posting_entry[];
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

  v_lines := round_off(read_lines(p_entries, p_lines));
  v_entries := read_entries(p_entries, v_lines);
  perform check_documents(v_entries, v_lines);
  select coalesce(jsonb_object_agg(f.entry_ix, f.list), '{}') into v_faults from (
    select f.entry_ix, jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from faults_of(v_entries, v_lines, p_closing) f group by f.entry_ix
  ) f;

  if p_dry_run or (p_atomic and v_faults <> '{}') then
    return query select e.ix, e.id, null::text, null::bigint, v_faults -> e.ix::text from unnest(v_entries) e;
    return;
  end if;
  if v_faults <> '{}' then
    v_good := array(select e from unnest(v_entries) e where not v_faults ? e.ix::text order by e.ix);
  else
    v_good := v_entries;
  end if;

  perform insert_lines(v_good, v_lines, p_closing);
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

-- The lines of entries, and their dimensions. Arrays are joined with arrays here, which PostgreSQL takes for short ones.
create function insert_lines(p_entries posting_entry[], p_lines posting_line[], p_closing boolean) returns void
language plpgsql set search_path from current set plan_cache_mode = force_generic_plan set enable_nestloop = off as $$
begin
  insert into journal_lines (entry_id, line_no, account_id, period_id, entry_date, currency, debit, credit, amount, rate, dimensions,
      closing, memo)
    select e.id, l.line_ix + 1, l.account_id, e.period_id, e.entry_date, l.currency, coalesce(l.debit, 0), coalesce(l.credit, 0),
      l.amount, l.rate, case when l.dimensions is null then 0 else (select count(*) from jsonb_object_keys(l.dimensions)) end, p_closing, l.memo
    from unnest(p_lines) l join unnest(p_entries) e on e.ix = l.entry_ix;
  if exists (select from unnest(p_lines) l where l.dimensions is not null) then
    insert into journal_line_dimensions (entry_id, line_no, dimension_id, value_id, account_id, period_id, entry_date, closing, debit, credit)
      select e.id, l.line_ix + 1, m.id, v.id, l.account_id, e.period_id, e.entry_date, p_closing, coalesce(l.debit, 0), coalesce(l.credit, 0)
      from unnest(p_lines) l join unnest(p_entries) e on e.ix = l.entry_ix
        cross join lateral jsonb_each_text(l.dimensions) d
        join dimensions m on m.code = d.key
        join dimension_values v on v.dimension_id = m.id and v.code = d.value;
  end if;
end $$;

-- The verb of the company's role. p_atomic: one faulty entry leaves all unposted. p_dry_run: only the faults are told. A draft with
-- the id of an entry becomes that entry, and its author the entry's.
create or replace function post_entries(p_entries jsonb, p_lines jsonb, p_atomic boolean default false, p_dry_run boolean default false)
returns table (entry_ix integer, id uuid, number text, sequence bigint, faults jsonb)
language plpgsql security definer set search_path from current as $$
begin
  if p_entries @? '$[*].source ? (@ == "closing")' then
    raise exception using errcode = 'HX002', message = 'accounting/closing-entry', detail = 'only the closing of a year posts closing entries';
  end if;
  return query select * from post_documents(p_entries, p_lines, p_atomic, p_dry_run, false);
end $$;

-- Reading back -----------------------------------------------------------------------------------------------------

-- The values of a line by the codes of their dimensions, in the order of the codes.
create function dimensions_of(p_entry_id uuid, p_line_no smallint) returns json
language sql stable set search_path from current as $$
  select json_object_agg(t.code, v.code order by t.code)
  from journal_line_dimensions d join dimension_values v on v.id = d.value_id join dimensions t on t.id = d.dimension_id
  where d.entry_id = p_entry_id and d.line_no = p_line_no
$$;

-- Posted entries whole, in the shape in which they are answered: amounts with their currency's decimals.
drop function posted_entries(uuid[]);
create function posted_entries(p_ids uuid[]) returns table (id uuid, document json)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_scale integer := (select currency_scale from company);
begin
  return query
    select e.id, row_to_json(d)
    from journal_entries e
      join fiscal_years y on y.id = e.fiscal_year_id
      join periods p on p.id = e.period_id
      join number_series s on s.id = e.series_id
      left join journal_entries o on o.id = e.reverses_id
      left join journal_entries r on r.reverses_id = e.id
      left join scheduled_reversals x on x.entry_id = e.id
      cross join lateral (
        select e.id, e.number, e.sequence, case when r.id is null then 'posted' else 'reversed' end as status, e.entry_date, e.memo,
          e.reference, round(e.total, v_scale)::text as total, s.code as series, y.name as fiscal_year, p.name as period,
          case when o.id is not null then json_build_object('id', o.id, 'number', o.number) end as reverses,
          case when r.id is not null then json_build_object('id', r.id, 'number', r.number) end as reversed_by,
          x.reverse_on, e.created_by, to_char(e.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as posted_at,
          1 as version,
          (
            select json_agg(row_to_json(w) order by w.line) from (
              select l.line_no as line, a.code as account, a.name as account_name,
                case when l.debit > 0 then round(coalesce(l.amount, l.debit), c.scale)::text end as debit,
                case when l.credit > 0 then round(coalesce(l.amount, l.credit), c.scale)::text end as credit,
                l.currency, trim_scale(l.rate)::text as rate,
                case when l.debit > 0 then round(l.debit, v_scale)::text end as base_debit,
                case when l.credit > 0 then round(l.credit, v_scale)::text end as base_credit,
                l.memo, case when l.dimensions = 0 then '{}' else dimensions_of(l.entry_id, l.line_no) end as dimensions
              from journal_lines l
                join accounts a on a.id = l.account_id
                cross join lateral (select case when l.amount is null then v_scale else currency_decimals(l.currency) end as scale) c
              where l.entry_id = e.id
            ) w
          ) as lines
      ) d
    where e.id = any(p_ids);
end $$;

-- A posted entry, whole, as JSON text, for the audit log: it reads only what never changes. Currency and dimensions are told where
-- a line has any, so that what was posted before there were any reads as it always did.
create or replace view entry_documents with (security_invoker = true) as
  select d.id, row_to_json(d)::text as document
  from (
    select e.id, e.number, e.sequence, s.code as series, y.name as fiscal_year, e.entry_date, e.memo, e.reference,
      round(e.total, greatest(c.currency_scale, min_scale(e.total)))::text as total, e.source, e.source_key,
      (select row_to_json(r) from (select o.id, o.number from journal_entries o where o.id = e.reverses_id) r) as reverses,
      e.created_by, e.posted_by, to_char(e.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as posted_at,
      (
        select ('[' || string_agg('{"line":' || l.line_no || ',"account":' || to_json(a.code) || ',"currency":' || to_json(l.currency)
            || ',"debit":"' || round(l.debit, greatest(c.currency_scale, min_scale(l.debit)))
            || '","credit":"' || round(l.credit, greatest(c.currency_scale, min_scale(l.credit)))
            || '","memo":' || coalesce(to_json(l.memo)::text, 'null')
            || case when l.amount is null and l.dimensions = 0 then '}' else ',' || substr(json_strip_nulls(json_build_object(
                'amount', trim_scale(l.amount)::text, 'rate', trim_scale(l.rate)::text,
                'dimensions', case when l.dimensions > 0 then dimensions_of(l.entry_id, l.line_no) end))::text, 2) end,
            ',' order by l.line_no) || ']')::json
        from journal_lines l join accounts a on a.id = l.account_id
        where l.entry_id = e.id
      ) as lines
    from journal_entries e
      join number_series s on s.id = e.series_id
      join fiscal_years y on y.id = e.fiscal_year_id
      cross join company c
  ) d;

-- Answers ----------------------------------------------------------------------------------------------------------

-- Posts single entries for requests that may be retries, in one statement. p_claims: [{ix, actor, key, fingerprint (hex)}] for the
-- entries whose requests carry an Idempotency-Key. A claim that was answered before gets that answer; the rest is posted, and
-- its answers are kept. outcome: 'posted', 'refused', 'replayed', or 'reused' for a key that came with another request.
create function answer_postings(p_entries jsonb, p_lines jsonb, p_claims jsonb)
returns table (entry_ix integer, outcome text, faults jsonb, status smallint, body json)
language plpgsql set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_before jsonb := '{}';
  v_posted jsonb;
  v_docs jsonb;
  v_kept integer;
begin
  if p_claims <> '[]' then
    select coalesce(jsonb_object_agg(c.ix, jsonb_build_object('same', k.fingerprint = decode(c.fingerprint, 'hex'), 'status', k.status,
        'body', k.body)), '{}') into v_before
      from jsonb_to_recordset(p_claims) as c (ix integer, actor uuid, key text, fingerprint text)
        join idempotency_keys k on k.actor_id = c.actor and k.key = c.key;
  end if;
  if v_before <> '{}' then
    return query
      select b.key::integer, case when (b.value -> 'same')::boolean then 'replayed' else 'reused' end, null::jsonb,
        (b.value ->> 'status')::smallint, (b.value -> 'body')::json
      from jsonb_each(v_before) b;
    p_entries := (select coalesce(jsonb_agg(e), '[]') from jsonb_array_elements(p_entries) e where not v_before ? (e ->> 'ix'));
    p_lines := (select coalesce(jsonb_agg(l), '[]') from jsonb_array_elements(p_lines) l where not v_before ? (l ->> 'entry_ix'));
    p_claims := (select coalesce(jsonb_agg(c), '[]') from jsonb_array_elements(p_claims) c where not v_before ? (c ->> 'ix'));
    if p_entries = '[]' then
      return;
    end if;
  end if;
  select jsonb_object_agg(r.entry_ix, case when r.number is null then jsonb_build_object('faults', r.faults)
      else jsonb_build_object('id', r.id) end) into v_posted
    from post_entries(p_entries, p_lines) r;
  select coalesce(jsonb_object_agg(d.id, d.document), '{}') into v_docs
    from posted_entries(array(select (p.value ->> 'id')::uuid from jsonb_each(v_posted) p where p.value ? 'id')) d;
  if p_claims <> '[]' then
    insert into idempotency_keys (actor_id, key, fingerprint, status, body)
      select c.actor, c.key, decode(c.fingerprint, 'hex'), 201, v_docs -> (v_posted -> c.ix::text ->> 'id')
      from jsonb_to_recordset(p_claims) as c (ix integer, actor uuid, key text, fingerprint text)
      where v_posted -> c.ix::text ? 'id'
      order by c.actor, c.key
      on conflict do nothing;
    get diagnostics v_kept = row_count;
    if v_kept < (select count(*) from jsonb_to_recordset(p_claims) as c (ix integer) where v_posted -> c.ix::text ? 'id') then
      raise exception using errcode = 'HX003', message = 'request/answer-taken',
        detail = 'an answer under this key was given in the meantime';
    end if;
  end if;
  return query
    select p.key::integer, case when p.value ? 'id' then 'posted' else 'refused' end, p.value -> 'faults', 201::smallint,
      (v_docs -> (p.value ->> 'id'))::json
    from jsonb_each(v_posted) p;
end $$;

-- Audit and outbox -------------------------------------------------------------------------------------------------

-- Runs once for each INSERT of entries: one block, one row an entry, and one row an entry in the outbox.
create or replace function record_postings() returns trigger
language plpgsql security definer set search_path from current
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_end text := ',"reason":' || coalesce(to_json(nullif(current_setting('app.reason', true), ''))::text, 'null') || '}';
  v_request text := nullif(current_setting('app.request_id', true), '');
  v_ip inet := nullif(current_setting('app.ip', true), '')::inet;
begin
  if not exists (select from inserted) then
    return null;
  end if;
  if exists (select from audit_pending) then
    perform seal_pending();
  end if;
  insert into public.outbox (id, schema_name, topic)
    select i.id, current_schema(), 'journal_entry.posted' from inserted i;
  perform append_block(array_agg(p.posted_by), array_agg(p.request_id), array_agg(p.ip), array_agg('journal_entry'::text),
      array_agg(p.id::text), array_agg('post'::text),
      array_agg('{"before":null,"after":' || p.document || v_end))
    from (
      select i.id, i.posted_by, d.document,
        case when o.nth is null then v_request else r.request_id end as request_id,
        case when o.nth is null then v_ip else r.ip end as ip
      from inserted i
        join entry_documents d on d.id = i.id
        left join (
          select key::uuid as id, value::integer as nth
          from jsonb_each_text(coalesce(nullif(current_setting('app.posting_origins', true), ''), '{}')::jsonb)
        ) o on o.id = i.id
        left join acting_requests() r on r.nth = o.nth
      order by i.series_id, i.numbered_since, i.sequence
    ) p;
  return null;
end $$;

-- What was posted before there was an outbox has nothing left to be told.
insert into public.outbox (id, schema_name, topic, created_at, relayed_at)
  select id, current_schema(), 'journal_entry.posted', posted_at, now() from journal_entries;

-- The company's rows of the outbox, for the proof of the books.
create function outbox_of_company() returns table (id uuid, topic text, relayed_at timestamptz)
language sql stable security definer set search_path from current as $$
  select o.id, o.topic, o.relayed_at from public.outbox o where o.schema_name = current_schema()
$$;

-- Years ------------------------------------------------------------------------------------------------------------

-- The lines that close a year: each income and expense account's balance on its other side, from the kept balances, and what they
-- come to together on the account of retained earnings, which is '' where the company has none that could take it.
create function closing_lines(p_ends_on date) returns table (line_ix integer, account text, debit numeric, credit numeric)
language sql stable set search_path from current as $$
  with nets as (
    select a.code, sum(b.debit - b.credit) as net
    from account_balances b join periods p on p.id = b.period_id join accounts a on a.id = b.account_id
    where a.type in ('income', 'expense') and p.starts_on <= p_ends_on
    group by a.code having sum(b.debit) <> sum(b.credit)
  ), sides as (
    select 0 as last, code, -net as net from nets
    union all
    select 1, coalesce((
        select a.code from accounts a
        where a.category = 'retained_earnings' and a.type = 'equity' and a.is_active and not a.is_group order by a.code limit 1), ''),
      sum(net) from nets having sum(net) <> 0
  )
  select (row_number() over (order by last, code))::integer - 1, code, case when net > 0 then net end, case when net < 0 then -net end
  from sides
$$;

-- All that stands in the way of closing an open year.
create function closing_faults(p_year fiscal_years) returns table (pointer text, code text, detail text)
language sql stable set search_path from current as $$
  select '', 'accounting/earlier-year-open', format('open before %s: fiscal year %s; years are closed in their order',
      p_year.name, string_agg(y.name, ', ' order by y.starts_on))
    from fiscal_years y where y.starts_on < p_year.starts_on and y.status = 'open' having count(*) > 0
  union all
  select '', 'accounting/no-retained-earnings',
      'no active equity account has the category retained_earnings, to which the year would be closed'
    where exists (select from closing_lines(p_year.ends_on) l where l.account = '')
$$;

-- Closes a fiscal year: what stands on its income and expense accounts goes to retained earnings on its last day, from the kept
-- balances; its periods that are open are closed. One transaction, so that it is done or not begun; on a closed year it does
-- nothing. p_entry_id is the id of the closing entry, should there be anything to close. Years are closed in their order.
create function close_year(p_name text, p_entry_id uuid, p_reason text) returns fiscal_years
language plpgsql security definer set search_path from current as $$
declare
  v_year fiscal_years;
  v_fault record;
  v_faults jsonb;
  v_lines jsonb;
  v_reason text := coalesce(current_setting('app.reason', true), '');
begin
  lock table periods in exclusive mode;
  select * into v_year from fiscal_years where name = p_name for update;
  if not found or v_year.status = 'closed' then
    return v_year;
  end if;
  select * into v_fault from closing_faults(v_year) limit 1;
  if found then
    raise exception using errcode = 'HX001', message = v_fault.code, hint = v_fault.pointer, detail = v_fault.detail;
  end if;
  perform set_config('app.reason', coalesce(p_reason, v_reason), true);
  select jsonb_agg(jsonb_build_object('entry_ix', 0, 'line_ix', l.line_ix, 'account', l.account, 'debit', l.debit::text,
      'credit', l.credit::text)) into v_lines from closing_lines(v_year.ends_on) l;
  if v_lines is not null then
    select r.faults into v_faults from post_documents(
      jsonb_build_array(jsonb_build_object('ix', 0, 'id', p_entry_id, 'entry_date', v_year.ends_on, 'memo',
        format('Closing of fiscal year %s', v_year.name), 'source', 'closing', 'series', 'CL')), v_lines, true, false, true) r;
    if v_faults is not null then
      raise exception using errcode = 'HX001', message = v_faults -> 0 ->> 'code', hint = '', detail = v_faults -> 0 ->> 'detail';
    end if;
  end if;
  update periods set status = 'closed', status_changed_at = clock_timestamp(), status_changed_by = acting_user()
    where fiscal_year_id = v_year.id and status = 'open';
  update fiscal_years set status = 'closed', status_changed_at = clock_timestamp(), status_changed_by = acting_user(),
      closing_entry_id = case when v_lines is not null then p_entry_id end
    where id = v_year.id returning * into v_year;
  perform set_config('app.reason', v_reason, true);
  return v_year;
end $$;

-- Opens a closed year again: its closing entry is reversed on the same day by one with the id p_entry_id. Its periods stay closed.
-- The year closed last is opened first. The closing entry is locked before the periods, as by whoever tries to reverse it.
create function reopen_year(p_name text, p_entry_id uuid, p_reason text) returns fiscal_years
language plpgsql security definer set search_path from current as $$
declare
  v_year fiscal_years;
  v_later text;
  v_faults jsonb;
  v_reason text := coalesce(current_setting('app.reason', true), '');
begin
  perform 1 from journal_entries j where j.id = (select y.closing_entry_id from fiscal_years y where y.name = p_name)
    for no key update;
  lock table periods in exclusive mode;
  select * into v_year from fiscal_years where name = p_name for update;
  if not found or v_year.status = 'open' then
    return v_year;
  end if;
  if coalesce(btrim(p_reason), '') = '' then
    raise exception using errcode = 'HX001', message = 'accounting/reason-required', hint = '/reason',
      detail = 'say why the year is opened again; the audit log keeps it';
  end if;
  select string_agg(name, ', ' order by starts_on) into v_later
    from fiscal_years where starts_on > v_year.starts_on and status = 'closed';
  if v_later is not null then
    raise exception using errcode = 'HX001', message = 'accounting/later-year-closed', hint = '',
      detail = format('closed after %s: fiscal year %s; the last one is reopened first', v_year.name, v_later);
  end if;
  perform set_config('app.reason', p_reason, true);
  update fiscal_years set status = 'open', status_changed_at = clock_timestamp(), status_changed_by = acting_user(), closing_entry_id = null
    where id = v_year.id;
  if v_year.closing_entry_id is not null then
    select r.faults into v_faults from post_documents(
      jsonb_build_array(jsonb_build_object('ix', 0, 'id', p_entry_id, 'entry_date', v_year.ends_on, 'memo',
        format('Reopening of fiscal year %s', v_year.name), 'source', 'closing', 'series', 'CL', 'reverses_id', v_year.closing_entry_id)),
      (select jsonb_agg(jsonb_build_object('entry_ix', 0, 'line_ix', l.line_no - 1, 'account', a.code,
          case when l.debit > 0 then 'credit' else 'debit' end, (l.debit + l.credit)::text))
        from journal_lines l join accounts a on a.id = l.account_id where l.entry_id = v_year.closing_entry_id),
      true, false, true) r;
    if v_faults is not null then
      raise exception using errcode = 'HX001', message = v_faults -> 0 ->> 'code', hint = '', detail = v_faults -> 0 ->> 'detail';
    end if;
  end if;
  perform set_config('app.reason', v_reason, true);
  return (select y from fiscal_years y where y.id = v_year.id);
end $$;

-- open -> closed -> locked, and back with a reason; periods of a closed year stay closed.
create or replace function set_period_status(p_period_id bigint, p_status text, p_reason text default null) returns periods
language plpgsql security definer set search_path from current as $$
declare
  v_period periods;
  v_reason text := coalesce(current_setting('app.reason', true), '');
begin
  lock table periods in exclusive mode;
  select * into v_period from periods where id = p_period_id for update;
  if not found then
    return null;
  end if;
  if v_period.status = p_status then
    return v_period;
  end if;
  if ((v_period.status, p_status) in (('open', 'closed'), ('closed', 'open'), ('closed', 'locked'), ('locked', 'closed'))) is not true then
    raise exception using errcode = 'HX001', message = 'accounting/period-status-transition', hint = '/status',
      detail = format('period %s is %s and cannot become %s', v_period.name, v_period.status, p_status);
  end if;
  if p_status = 'open' and exists (select from fiscal_years y where y.id = v_period.fiscal_year_id and y.status = 'closed') then
    raise exception using errcode = 'HX001', message = 'accounting/fiscal-year-closed', hint = '/status',
      detail = format('period %s lies in a closed fiscal year; reopen the year first', v_period.name);
  end if;
  if (v_period.status, p_status) in (('closed', 'open'), ('locked', 'closed')) and coalesce(btrim(p_reason), '') = '' then
    raise exception using errcode = 'HX001', message = 'accounting/reason-required', hint = '/reason',
      detail = 'say why the period is opened again; the audit log keeps it';
  end if;
  perform set_config('app.reason', coalesce(p_reason, v_reason), true);
  update periods set status = p_status, status_changed_at = clock_timestamp(), status_changed_by = acting_user()
    where id = p_period_id returning * into v_period;
  perform set_config('app.reason', v_reason, true);
  return v_period;
end $$;

-- Asks for balances by a dimension, or for none: made from its lines, while no posting is under way.
create function keep_dimension_balances(p_code text, p_keeps boolean) returns dimensions
language plpgsql security definer set search_path from current as $$
declare
  v_dimension dimensions;
begin
  lock table periods in exclusive mode;
  select * into v_dimension from dimensions where code = p_code for update;
  if not found or v_dimension.keeps_balances = p_keeps then
    return v_dimension;
  end if;
  update dimensions set keeps_balances = p_keeps where id = v_dimension.id returning * into v_dimension;
  delete from dimension_balances b using dimension_values v where v.id = b.value_id and v.dimension_id = v_dimension.id;
  if p_keeps then
    insert into dimension_balances (value_id, account_id, period_id, closing, debit, credit)
      select value_id, account_id, period_id, closing, sum(debit), sum(credit)
      from journal_line_dimensions where dimension_id = v_dimension.id group by value_id, account_id, period_id, closing;
  end if;
  return v_dimension;
end $$;

revoke all on function account_fault(accounts), dimensions_of(uuid, smallint), read_lines(jsonb, jsonb), round_off(posting_line[]), read_entries(jsonb, posting_line[]),
  is_excepted(bigint, uuid, timestamptz), fault_text(text), faults_of(posting_entry[], posting_line[], boolean),
  check_documents(posting_entry[], posting_line[]), only_from_triggers(), require_entries(), dimensions_into_balances(), prove_entries(), post_documents(jsonb, jsonb, boolean, boolean, boolean),
  insert_lines(posting_entry[], posting_line[], boolean), posted_entries(uuid[]), answer_postings(jsonb, jsonb, jsonb),
  outbox_of_company(), closing_lines(date), closing_faults(fiscal_years), close_year(text, uuid, text), reopen_year(text, uuid, text),
  keep_dimension_balances(text, boolean) from public;
grant execute on function account_fault(accounts), dimensions_of(uuid, smallint), read_lines(jsonb, jsonb), round_off(posting_line[]), read_entries(jsonb, posting_line[]),
  is_excepted(bigint, uuid, timestamptz), fault_text(text), faults_of(posting_entry[], posting_line[], boolean),
  posted_entries(uuid[]), answer_postings(jsonb, jsonb, jsonb), outbox_of_company(), closing_lines(date), closing_faults(fiscal_years),
  close_year(text, uuid, text), reopen_year(text, uuid, text), keep_dimension_balances(text, boolean) to {{role}};
