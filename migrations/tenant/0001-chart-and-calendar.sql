-- One company's chart of accounts and its fiscal calendar.
-- {{schema}} and {{role}} are replaced by the migrator; names are otherwise found through search_path.

create table company (
  only_row boolean primary key default true check (only_row),
  currency char(3) not null,
  currency_scale smallint not null check (currency_scale between 0 and 4),
  calendar text not null check (calendar in ('gregorian', 'bikram_sambat'))
);

create table accounts (
  id bigint generated always as identity primary key,
  code text not null unique check (code = btrim(code) and length(code) between 1 and 200),
  name text not null check (length(btrim(name)) between 1 and 200),
  type text not null check (type in ('asset', 'liability', 'equity', 'income', 'expense')),
  category text check (category in ('cash', 'bank', 'receivable', 'payable', 'inventory', 'tax', 'retained_earnings')),
  parent_id bigint references accounts,
  is_group boolean not null default false,
  is_active boolean not null default true,
  version integer not null default 1
);

create index accounts_by_parent on accounts (parent_id);

-- The tree stays a tree: a parent is a group of the same type and never one's own descendant. Moves of accounts take
-- turns by the lock on the company's row, as two at once could each be fine and close a circle together.
create function guard_account_tree() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  v_parent accounts;
begin
  if new.parent_id is null then
    return new;
  end if;
  if tg_op = 'UPDATE' then
    perform 1 from company for update;
  end if;
  select * into v_parent from accounts where id = new.parent_id for share;
  if not v_parent.is_group then
    raise exception using errcode = 'HX001', message = 'accounting/account-parent-is-posting', hint = '/parent',
      detail = format('account %s is a posting account and cannot have children', v_parent.code);
  end if;
  if v_parent.type <> new.type then
    raise exception using errcode = 'HX001', message = 'accounting/account-type-differs-from-parent', hint = '/parent',
      detail = format('account %s is of type %s, its parent %s of type %s', new.code, new.type, v_parent.code, v_parent.type);
  end if;
  if exists (
    with recursive up (id, parent_id) as (
      select v_parent.id, v_parent.parent_id
      union all
      select a.id, a.parent_id from accounts a join up on a.id = up.parent_id
    )
    select from up where up.id = new.id
  ) then
    raise exception using errcode = 'HX001', message = 'accounting/account-cycle', hint = '/parent',
      detail = format('account %s cannot be its own ancestor', new.code);
  end if;
  return new;
end $$;

create trigger guard_account_tree before insert or update of parent_id on accounts
  for each row execute function guard_account_tree();

create table fiscal_years (
  id bigint generated always as identity primary key,
  name text not null unique check (length(name) between 1 and 40),
  starts_on date not null,
  ends_on date not null,
  check (starts_on < ends_on),
  exclude using gist (daterange(starts_on, ends_on, '[]') with &&)
);

create table periods (
  id bigint generated always as identity primary key,
  fiscal_year_id bigint not null references fiscal_years,
  number smallint not null check (number > 0),
  name text not null,
  starts_on date not null,
  ends_on date not null,
  status text not null default 'open' check (status in ('open', 'closed', 'locked')),
  status_changed_at timestamptz,
  status_changed_by uuid,
  check (starts_on <= ends_on),
  unique (fiscal_year_id, number),
  exclude using gist (daterange(starts_on, ends_on, '[]') with &&)
);

create function guard_period_in_year() returns trigger
language plpgsql set search_path from current as $$
begin
  if not exists (
    select from fiscal_years y
    where y.id = new.fiscal_year_id and y.starts_on <= new.starts_on and new.ends_on <= y.ends_on
  ) then
    raise exception using errcode = 'HX001', message = 'accounting/period-outside-year',
      detail = format('period %s lies outside its fiscal year', new.name);
  end if;
  return new;
end $$;

create trigger guard_period_in_year before insert or update of fiscal_year_id, starts_on, ends_on on periods
  for each row execute function guard_period_in_year();

-- Who acts, as the application says in app.actor_id; null for the system itself.
create function acting_user() returns uuid
language sql stable set search_path from current as $$
  select nullif(current_setting('app.actor_id', true), '')::uuid
$$;

-- The requests that share a transaction, as the application says in app.requests: [{actor, request, ip}], counted from 0.
create function acting_requests() returns table (nth integer, actor_id uuid, request_id text, ip inet)
language sql stable set search_path from current as $$
  select (position - 1)::integer, (r ->> 'actor')::uuid, r ->> 'request', (r ->> 'ip')::inet
  from jsonb_array_elements(coalesce(nullif(current_setting('app.requests', true), ''), '[]')::jsonb)
    with ordinality as t (r, position)
$$;

-- The only way to change a period's status. Postings share a lock on their period's row until they commit; among many
-- of them there is never a moment without one, so that waiting for the row alone could take for ever. The lock on the
-- table stands in a queue: it waits for the postings under way, and those that come later wait for it.
-- p_reason: why, in the words of whoever does it, for the audit log.
create function set_period_status(p_period_id bigint, p_status text, p_reason text default null) returns periods
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
  if ((v_period.status, p_status) in (('open', 'closed'), ('closed', 'open'), ('closed', 'locked'))) is not true then
    raise exception using errcode = 'HX001', message = 'accounting/period-status-transition', hint = '/status',
      detail = format('period %s is %s and cannot become %s', v_period.name, v_period.status, p_status);
  end if;
  perform set_config('app.reason', coalesce(p_reason, v_reason), true);
  update periods set status = p_status, status_changed_at = clock_timestamp(), status_changed_by = acting_user()
    where id = p_period_id returning * into v_period;
  perform set_config('app.reason', v_reason, true);
  return v_period;
end $$;
