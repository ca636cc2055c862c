-- Exceptions to a closed period are granted and revoked by verbs of their own, and end with whatever closed the period; years keep
-- their order while some of them are closed.

-- They wrote when and what they liked with those.
revoke insert (period_id, user_id, expires_at, reason), update (revoked_at) on period_exceptions from {{role}};

create index period_exceptions_by_period on period_exceptions (period_id, id);

-- All that is wrong with an exception to be granted. An absent fact is told elsewhere.
create function exception_faults(p_period periods, p_expires_at timestamptz, p_reason text)
returns table (pointer text, code text, detail text)
language sql volatile set search_path from current as $$
  select '', 'accounting/period-open', format('period %s is open; nobody needs an exception', p_period.name)
    where p_period.status = 'open'
  union all
  select '', 'accounting/fiscal-year-closed', format('period %s lies in a closed fiscal year, to which there is no exception', p_period.name)
    from fiscal_years y where y.id = p_period.fiscal_year_id and y.status = 'closed'
  union all
  select '/expires_at', 'accounting/exception-too-long', 'an exception ends in the future, and 31 days from now at the latest'
    where p_expires_at <= clock_timestamp() or p_expires_at > clock_timestamp() + interval '31 days'
  union all
  select '/reason', 'accounting/reason-required', 'say why somebody may post into the period; the audit log keeps it'
    where btrim(p_reason) = ''
$$;

-- Lets a person post into a closed or locked period until a moment. The period's row is held, so that its status is what was seen.
create function grant_exception(p_period_id bigint, p_user_id uuid, p_expires_at timestamptz, p_reason text)
returns period_exceptions
language plpgsql security definer set search_path from current as $$
declare
  v_period periods;
  v_exception period_exceptions;
  v_fault record;
  v_reason text := coalesce(current_setting('app.reason', true), '');
begin
  select * into v_period from periods where id = p_period_id for share;
  if not found then
    return null;
  end if;
  select * into v_fault from exception_faults(v_period, p_expires_at, coalesce(p_reason, '')) limit 1;
  if found then
    raise exception using errcode = 'HX001', message = v_fault.code, hint = v_fault.pointer, detail = v_fault.detail;
  end if;
  perform set_config('app.reason', p_reason, true);
  insert into period_exceptions (period_id, user_id, expires_at, reason)
    values (p_period_id, p_user_id, p_expires_at, p_reason) returning * into v_exception;
  perform set_config('app.reason', v_reason, true);
  return v_exception;
end $$;

-- Ends an exception. It waits for the postings under way, as closing a period does: after it is acknowledged, nothing lands by it.
create function revoke_exception(p_id bigint) returns period_exceptions
language plpgsql security definer set search_path from current as $$
declare
  v_exception period_exceptions;
begin
  lock table periods in exclusive mode;
  update period_exceptions set revoked_at = clock_timestamp()
    where id = p_id and revoked_at is null and expires_at > clock_timestamp();
  select * into v_exception from period_exceptions where id = p_id;
  return v_exception;
end $$;

-- Whoever changes the status of a period or of its year decides anew who may post there.
create function end_exceptions() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update period_exceptions x set revoked_at = clock_timestamp()
    where x.revoked_at is null and x.expires_at > clock_timestamp() and x.period_id in (
      select p.id from periods p where case tg_table_name when 'periods' then p.id else p.fiscal_year_id end = new.id);
  return null;
end $$;

create trigger end_exceptions after update of status on periods for each row
  when (old.status <> new.status) execute function end_exceptions();
create trigger end_exceptions after update of status on fiscal_years for each row
  when (old.status <> new.status) execute function end_exceptions();

-- A year before one that is closed would bring income and expenses that no closing counts. The lock waits for a closing under way,
-- and a closing for whoever opens a year.
create function guard_year_order() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  v_closed text;
begin
  lock table periods in row exclusive mode;
  select name into v_closed from fiscal_years where status = 'closed' and starts_on > new.starts_on order by starts_on limit 1;
  if found then
    raise exception using errcode = 'HX001', message = 'accounting/later-year-closed', hint = '/starts_on',
      detail = format('%s comes before fiscal year %s, which is closed; reopen it first', new.name, v_closed);
  end if;
  return new;
end $$;

create trigger guard_year_order before insert or update of starts_on, ends_on on fiscal_years
  for each row execute function guard_year_order();

revoke all on function exception_faults(periods, timestamptz, text), grant_exception(bigint, uuid, timestamptz, text),
  revoke_exception(bigint), end_exceptions(), guard_year_order() from public;
grant execute on function exception_faults(periods, timestamptz, text), grant_exception(bigint, uuid, timestamptz, text),
  revoke_exception(bigint) to {{role}};
