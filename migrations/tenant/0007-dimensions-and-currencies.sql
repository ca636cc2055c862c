-- What a line can say besides account and amount: its dimensions and its own currency; patterns of numbers; sums a day.

-- Dimensions -------------------------------------------------------------------------------------------------------

-- `keeps_balances` asks for balances by this dimension; keep_dimension_balances() is the way to change it.
create table dimensions (
  id smallint generated always as identity primary key,
  code text not null unique check (code ~ '^[a-z][a-z0-9_]{0,39}$'),
  name text not null check (length(btrim(name)) between 1 and 100),
  keeps_balances boolean not null default false,
  is_active boolean not null default true
);

insert into dimensions (code, name, keeps_balances) values
  ('cost_centre', 'Cost centre', true), ('department', 'Department', true), ('project', 'Project', true), ('branch', 'Branch', true);

create table dimension_values (
  id bigint generated always as identity primary key,
  dimension_id smallint not null references dimensions,
  code text not null check (code = btrim(code) and length(code) between 1 and 60),
  name text not null check (length(btrim(name)) between 1 and 200),
  is_active boolean not null default true,
  unique (dimension_id, code),
  unique (id, dimension_id)
);

-- Accounts whose lines must name a value of the dimension; postings by the closing of a year and reversals need not.
create table required_dimensions (
  account_id bigint not null references accounts on delete cascade,
  dimension_id smallint not null references dimensions,
  primary key (account_id, dimension_id)
);

-- A line's values, one row each, with what reports by dimension need of the line.
create table journal_line_dimensions (
  entry_id uuid not null,
  line_no smallint not null,
  dimension_id smallint not null,
  value_id bigint not null,
  account_id bigint not null,
  period_id bigint not null,
  entry_date date not null,
  closing boolean not null,
  debit numeric(19, 4) not null,
  credit numeric(19, 4) not null,
  primary key (entry_id, line_no, dimension_id),
  foreign key (value_id, dimension_id) references dimension_values (id, dimension_id)
);

-- A posting reads the dimensions more than once. What it may name is taken away, and what it must name is asked for, while none
-- is under way; or a line would lose a dimension between the look for faults and its storing.
create function wait_for_postings() returns trigger
language plpgsql set search_path from current as $$
begin
  perform hold_postings();
  return null;
end $$;

create trigger wait_for_postings before delete on dimensions for each statement execute function wait_for_postings();
create trigger wait_for_postings before delete on dimension_values for each statement execute function wait_for_postings();
create trigger wait_for_postings before insert on required_dimensions for each statement execute function wait_for_postings();

create index journal_line_dimensions_by_value on journal_line_dimensions (value_id, account_id, entry_date);
create index journal_line_dimensions_by_period on journal_line_dimensions (dimension_id, period_id);

create table dimension_balances (
  value_id bigint not null references dimension_values,
  account_id bigint not null references accounts,
  period_id bigint not null references periods,
  closing boolean not null default false,
  debit numeric not null,
  credit numeric not null,
  primary key (value_id, account_id, period_id, closing)
) with (fillfactor = 50);

-- Currencies -------------------------------------------------------------------------------------------------------

-- The decimals of a currency (ISO 4217, table A.1).
create function currency_decimals(p_currency text) returns integer
language sql immutable as $$
  select case
    when p_currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 0
    when p_currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
    when p_currency in ('CLF', 'UYW') then 4
    else 2
  end
$$;

-- How much of the company's currency one unit of another cost on a day, and who says so; it holds until the next one.
create table exchange_rates (
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  rate_date date not null,
  rate numeric(24, 10) not null check (rate > 0 and rate < 1e12),
  source text not null default 'manual' check (length(btrim(source)) between 1 and 100),
  primary key (currency, rate_date)
);

-- Debit and credit are in the company's currency, in which an entry balances. A line in another currency has that in
-- `currency`, its amount there in `amount` and how many of the company's one unit was in `rate`; `amount` is 0 and `rate`
-- null where only the value in the company's currency is adjusted. `dimensions` counts the line's rows in
-- journal_line_dimensions. `closing` marks what the closing of a year posted.
alter table journal_lines
  add column amount numeric(19, 4) check (amount >= 0 and amount < 1e15),
  add column rate numeric(24, 10) check (rate > 0),
  add column dimensions smallint not null default 0 check (dimensions >= 0),
  add column closing boolean not null default false,
  add constraint rate_of_an_amount check (amount > 0 and rate is not null or coalesce(amount, 0) = 0 and rate is null);

-- `amount_debit` and `amount_credit` are in `currency` where that is not the company's; in the company's they stay 0.
alter table account_balances
  add column amount_debit numeric not null default 0,
  add column amount_credit numeric not null default 0,
  add column closing boolean not null default false,
  drop constraint account_balances_pkey,
  add primary key (account_id, period_id, currency, closing);

-- Sums of a day, in the company's currency, and how many lines they are of: what a report needs of a period that has begun,
-- and where a page of a long ledger begins.
create table account_days (
  account_id bigint not null references accounts,
  entry_date date not null,
  debit numeric not null,
  credit numeric not null,
  lines bigint not null,
  primary key (account_id, entry_date)
) with (fillfactor = 50);

insert into account_days (account_id, entry_date, debit, credit, lines)
  select account_id, entry_date, sum(debit), sum(credit), count(*) from journal_lines group by account_id, entry_date;

create index account_days_by_day on account_days (entry_date);
create index journal_entries_by_posting on journal_entries using brin (posted_at) with (pages_per_range = 16);

alter table accounts
  drop constraint accounts_category_check,
  add constraint accounts_category_check check (category in (
    'cash', 'bank', 'receivable', 'payable', 'inventory', 'tax', 'retained_earnings', 'fixed_asset', 'loan', 'depreciation',
    'cost_of_sales',
    'exchange_difference', 'rounding')),
  -- Where the indirect cash flow puts the account; null: by its type and category.
  add column cash_flow text check (cash_flow in ('operating', 'investing', 'financing')),
  -- Whether the period-end revaluation counts it; null: by its category.
  add column is_monetary boolean;

-- The account of a category that the house itself posts to: the first by code that takes lines.
create function account_of_category(p_category text) returns text
language sql stable set search_path from current as $$
  select code from accounts where category = p_category and is_active and not is_group order by code limit 1
$$;

-- Numbers ----------------------------------------------------------------------------------------------------------

-- A number is prefix, digits and suffix; prefix and suffix may hold {series}, {fiscal_year}, {period} (of the year, two
-- digits), and {yyyy}, {yy}, {mm} of the entry's Gregorian date. `reset` says where the digits begin at 1 again.
alter table number_series
  add column voucher_type text not null default 'journal' check (voucher_type ~ '^[a-z][a-z0-9_]{0,39}$'),
  add column prefix text not null default '{series}-{fiscal_year}-' check (length(prefix) <= 60),
  add column suffix text not null default '' check (length(suffix) <= 30),
  add column reset text not null default 'fiscal_year' check (reset in ('never', 'fiscal_year', 'period')),
  add column is_active boolean not null default true,
  add constraint name_is_given check (length(btrim(name)) between 1 and 100);

-- Like the first series, it comes with the house and is no change that somebody made.
alter table number_series disable trigger record_change;
insert into number_series (code, name, voucher_type) values ('CL', 'Closing of the year', 'closing');
alter table number_series enable trigger record_change;

-- `since` is the first day of the year or period in which the digits run; for a series that never begins again, a day before all.
alter table number_counters add column since date;
update number_counters c set since = y.starts_on from fiscal_years y where y.id = c.fiscal_year_id;
alter table number_counters
  drop constraint number_counters_pkey,
  drop column fiscal_year_id,
  add primary key (series_id, since);

alter table journal_entries disable trigger immutable;
alter table journal_entries add column numbered_since date;
update journal_entries e set numbered_since = y.starts_on from fiscal_years y where y.id = e.fiscal_year_id;
alter table journal_entries enable trigger immutable;
alter table journal_entries
  alter column numbered_since set not null,
  drop constraint journal_entries_series_id_fiscal_year_id_sequence_key,
  add unique (series_id, numbered_since, sequence);

create function numbering_text(p_pattern text, p_series text, p_year text, p_period integer, p_day date) returns text
language sql stable as $$
  select case when position('{' in p_pattern) = 0 then p_pattern else
    replace(replace(replace(replace(replace(replace(p_pattern, '{series}', p_series), '{fiscal_year}', p_year),
      '{period}', lpad(p_period::text, 2, '0')), '{yyyy}', to_char(p_day, 'YYYY')), '{yy}', to_char(p_day, 'YY')),
      '{mm}', to_char(p_day, 'MM'))
  end
$$;

-- A pattern tells years and periods apart where the digits begin again, and no longer changes where it has begun. The two series
-- that the house itself posts in are always there. Between prefix and suffix stand digits, so no name is made of both.
create function guard_series() returns trigger
language plpgsql set search_path from current as $$
declare
  v_known text := '\{(series|fiscal_year|period|yyyy|yy|mm)\}';
  v_pattern text := new.prefix || '0' || new.suffix;
begin
  if regexp_replace(v_pattern, v_known, '', 'g') ~ '[{}[:cntrl:]]' then
    raise exception using errcode = 'HX001', message = 'accounting/series-pattern',
      hint = case when regexp_replace(new.prefix, v_known, '', 'g') ~ '[{}[:cntrl:]]' then '/prefix' else '/suffix' end,
      detail = 'prefix and suffix hold {series}, {fiscal_year}, {period}, {yyyy}, {yy}, {mm} and plain characters';
  end if;
  if new.reset <> 'never' and position('{fiscal_year}' in v_pattern) = 0
    or new.reset = 'period' and position('{period}' in v_pattern) = 0 then
    raise exception using errcode = 'HX001', message = 'accounting/series-pattern', hint = '/reset',
      detail = format('digits that begin again with each %s need {fiscal_year}%s in prefix or suffix',
        replace(new.reset, '_', ' '), case when new.reset = 'period' then ' and {period}' else '' end);
  end if;
  if (new.voucher_type = 'closing') <> (new.code = 'CL') then
    raise exception using errcode = 'HX001', message = 'accounting/series-of-closings', hint = '/voucher_type',
      detail = 'closings of years are numbered in CL, and nothing else is';
  end if;
  if new.code in ('JV', 'CL') and not new.is_active then
    raise exception using errcode = 'HX001', message = 'accounting/series-needed', hint = '/active',
      detail = format('the house itself posts in %s; it stays active', new.code);
  end if;
  if tg_op = 'UPDATE' and new.reset <> old.reset then
    perform hold_postings();
    if exists (select from number_counters c where c.series_id = new.id) then
      raise exception using errcode = 'HX001', message = 'accounting/series-in-use', hint = '/reset',
        detail = format('series %s has given numbers; where they begin again no longer changes', new.code);
    end if;
  end if;
  if position('{series}' in v_pattern) = 0
    and exists (select from number_series s where s.id <> new.id and s.prefix = new.prefix and s.suffix = new.suffix) then
    raise exception using errcode = 'HX001', message = 'accounting/series-pattern', hint = '/prefix',
      detail = 'another series has the same prefix and suffix; add {series}';
  end if;
  return new;
end $$;

create trigger guard_series before insert or update on number_series for each row execute function guard_series();

-- Years and periods ------------------------------------------------------------------------------------------------

alter table fiscal_years
  add column status text not null default 'open' check (status in ('open', 'closed')),
  add column status_changed_at timestamptz,
  add column status_changed_by uuid,
  add column closing_entry_id uuid references journal_entries;

-- A person who may post into a closed or locked period until a moment, and why.
create table period_exceptions (
  id bigint generated always as identity primary key,
  period_id bigint not null references periods,
  user_id uuid not null,
  expires_at timestamptz not null,
  reason text not null check (length(btrim(reason)) between 1 and 1000),
  granted_by uuid default acting_user(),
  granted_at timestamptz not null default clock_timestamp(),
  revoked_at timestamptz,
  check (expires_at > granted_at and expires_at <= granted_at + interval '31 days')
);

create index period_exceptions_by_user on period_exceptions (user_id, period_id);

-- Templates --------------------------------------------------------------------------------------------------------

-- Entries that come again. `lines` are as in a draft; `every` counts days, weeks or months of the company's calendar, and
-- `day` is the day of the month, the last one where it is shorter. `next_on` is null when no more come. `reverses` says
-- whether each is reversed by itself: on the day after, or on the first day of the next period.
create table recurring_entries (
  id uuid primary key,
  name text not null check (length(btrim(name)) between 1 and 200),
  memo text not null,
  reference text,
  lines jsonb not null check (jsonb_typeof(lines) = 'array'),
  unit text not null check (unit in ('day', 'week', 'month', 'quarter', 'year')),
  every smallint not null default 1 check (every between 1 and 366),
  day smallint check (day between 1 and 32),
  starts_on date not null,
  ends_on date check (ends_on >= starts_on),
  next_on date,
  reverses text check (reverses in ('next_day', 'next_period')),
  is_active boolean not null default true,
  version integer not null default 1,
  created_by uuid default acting_user(),
  created_at timestamptz not null default now()
);

create index recurring_entries_by_next on recurring_entries (next_on) where is_active and next_on is not null;

-- Posted entries that will be reversed by themselves, and when; what has happened shows in the reversal.
create table scheduled_reversals (
  entry_id uuid primary key references journal_entries deferrable initially deferred,
  reverse_on date not null
);

create index scheduled_reversals_by_day on scheduled_reversals (reverse_on);

-- Rights and the audit log -----------------------------------------------------------------------------------------

create trigger record_change after insert or update or delete on dimensions
  for each row execute function record_change('dimension', 'code');
create trigger record_change after insert or update or delete on dimension_values
  for each row execute function record_change('dimension_value', 'id');
create trigger record_change after insert or update or delete on required_dimensions
  for each row execute function record_change('required_dimension', 'account_id');
create trigger record_change after insert or update or delete on exchange_rates
  for each row execute function record_change('exchange_rate', 'currency');
create trigger record_change after insert or update or delete on period_exceptions
  for each row execute function record_change('period_exception', 'id');
create trigger record_change after insert or update or delete on recurring_entries
  for each row execute function record_change('recurring_entry', 'id');

create trigger immutable before update or delete or truncate on journal_line_dimensions
  for each statement execute function refuse_change();
create trigger immutable before update or delete or truncate on scheduled_reversals
  for each statement execute function refuse_change();

grant select on dimensions, dimension_values, required_dimensions, journal_line_dimensions, dimension_balances, exchange_rates,
  account_days, period_exceptions, recurring_entries, scheduled_reversals to {{role}};
grant insert (code, name), update (name, is_active), delete on dimensions to {{role}};
grant insert (dimension_id, code, name), update (name, is_active), delete on dimension_values to {{role}};
grant insert, delete on required_dimensions to {{role}};
grant insert, update (rate, source), delete on exchange_rates to {{role}};
grant insert (code, name, padding, voucher_type, prefix, suffix, reset),
  update (name, padding, voucher_type, prefix, suffix, reset, is_active) on number_series to {{role}};
grant insert (cash_flow, is_monetary), update (cash_flow, is_monetary) on accounts to {{role}};
grant insert (period_id, user_id, expires_at, reason), update (revoked_at) on period_exceptions to {{role}};
grant insert (id, name, memo, reference, lines, unit, every, day, starts_on, ends_on, next_on, reverses),
  update (name, memo, reference, lines, unit, every, day, starts_on, ends_on, next_on, reverses, is_active, version), delete
  on recurring_entries to {{role}};
revoke all on function currency_decimals(text), account_of_category(text), numbering_text(text, text, text, integer, date),
  guard_series(), wait_for_postings() from public;
grant execute on function currency_decimals(text), account_of_category(text), numbering_text(text, text, text, integer, date)
  to {{role}};

-- A draft says of itself what the entry will need to know.
alter table journal_drafts add column series text, add column reverse_on date;
grant insert (series, reverse_on), update (series, reverse_on) on journal_drafts to {{role}};
