-- Limits, approval and duties that are kept apart: an entry above its poster's limit, one that needs an approval and has none, and
-- one whose poster did what another should have done are refused where all posting passes.

-- `approve_above`: authored entries of a greater total need an approval before they are posted; null: none does. `acts_apart`:
-- pairs of acts on one entry that are two people's, such as 'create+post'.
alter table company
  add column approve_above numeric(19, 4) check (approve_above >= 0),
  add column acts_apart text[] not null default '{}'
    check (acts_apart <@ array['create+approve', 'create+post', 'approve+post', 'post+reverse']);

grant update (approve_above, acts_apart) on company to {{role}};

-- Who has changed a draft besides its author: its contents are theirs, too.
alter table journal_drafts add column editors uuid[] not null default '{}';

create function note_editor() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  new.editors := old.editors;
  if acting_user() is not null and acting_user() is distinct from new.created_by and not acting_user() = any(new.editors) then
    new.editors := new.editors || acting_user();
  end if;
  return new;
end $$;

create trigger note_editor before update on journal_drafts for each row execute function note_editor();

-- An approval is of a version of a draft, up to the total that was approved; whoever edits the draft makes another version, which has none.
create table entry_approvals (
  id bigint generated always as identity primary key,
  entry_id uuid not null,
  version integer not null,
  total numeric(19, 4) not null,
  approved_by uuid not null,
  approved_at timestamptz not null default clock_timestamp(),
  withdrawn_at timestamptz
);

create unique index entry_approvals_standing on entry_approvals (entry_id, version) where withdrawn_at is null;

grant select on entry_approvals to {{role}};

-- A draft that is made anew under the id of one that was deleted inherits nothing.
create function forget_approval() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  update entry_approvals set withdrawn_at = clock_timestamp() where entry_id = new.id and withdrawn_at is null;
  return null;
end $$;

create trigger forget_approval after insert on journal_drafts for each row execute function forget_approval();

create trigger record_change after insert or update or delete on entry_approvals
  for each row execute function record_change('entry_approval', 'entry_id');

-- The limits of whoever acts, as the application says; null is none.
create function acting_limit(p_act text) returns numeric
language sql stable set search_path from current as $$
  select nullif(current_setting('app.' || p_act || '_limit', true), '')::numeric
$$;

drop function acting_requests();
create function acting_requests() returns table (nth integer, actor_id uuid, request_id text, ip inet, post_limit numeric)
language sql stable set search_path from current as $$
  select (position - 1)::integer, (r ->> 'actor')::uuid, r ->> 'request', (r ->> 'ip')::inet, (r ->> 'post_limit')::numeric
  from jsonb_array_elements(coalesce(nullif(current_setting('app.requests', true), ''), '[]')::jsonb)
    with ordinality as t (r, position)
$$;

alter type posting_entry add attribute post_limit numeric;

-- What the poster of an entry may not do alone, or not at all: above their limit; without the approval that its total asks for; or
-- after an act that the company keeps apart. The author of an entry is who keyed or changed its draft, or else its poster. A
-- reversal mirrors what was posted and a revaluation follows from rates, so that nobody is the author of those. The system is
-- nobody, but what recurs is posted by it on behalf of whoever keyed the template, and needs its approval all the same.
create function duty_faults(p_entries posting_entry[], p_company company)
returns table (entry_ix integer, pointer text, code text, detail text)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_scale integer := p_company.currency_scale;
begin
  return query
    select e.ix, ''::text, 'accounting/beyond-post-limit'::text,
      format('the entry comes to %s %s, and your limit for posting is %s', p_company.currency, round(e.debit, v_scale), round(e.post_limit, v_scale))
      from unnest(p_entries) e where e.debit > e.post_limit
    union all
    select e.ix, '', 'accounting/approval-needed',
      case when a.total is null
        then format('entries above %s %s are approved as drafts before they are posted', p_company.currency, round(p_company.approve_above, v_scale))
        else format('the draft was approved at %s %s and comes to %s %s by now; have it approved again', p_company.currency, round(a.total, v_scale),
          p_company.currency, round(e.debit, v_scale)) end
      from unnest(p_entries) e
        left join journal_drafts d on d.id = e.id
        left join entry_approvals a on a.entry_id = d.id and a.version = d.version and a.withdrawn_at is null
      where e.debit > p_company.approve_above and (a.total >= e.debit) is not true
        and e.reverses_id is null and coalesce(e.source, '') <> 'revaluation' and (e.actor_id is not null or e.source = 'recurring')
    union all
    select e.ix, '', 'accounting/duties-apart', f.detail
      from unnest(p_entries) e
        left join journal_drafts d on d.id = e.id
        left join entry_approvals a on a.entry_id = d.id and a.version = d.version and a.withdrawn_at is null
        left join journal_entries o on o.id = e.reverses_id
        cross join lateral (values
          ('create+post', e.reverses_id is null and coalesce(e.source, '') <> 'revaluation'
            and (d.id is null or e.actor_id = d.created_by or e.actor_id = any(d.editors)),
            'whoever keys or changes an entry does not post it here; keep it as a draft for somebody else'),
          ('approve+post', e.actor_id = a.approved_by, 'whoever approves an entry does not post it here'),
          ('post+reverse', e.actor_id = o.posted_by and o.source <> 'revaluation', 'whoever posts an entry does not reverse it here')
        ) f (pair, broken, detail)
      where e.actor_id is not null and f.broken and f.pair = any(p_company.acts_apart);
end $$;


-- The entries of the documents with period, series, actor and the sums of their lines. `suspect` says that something about an
-- entry by itself is not as it mostly is, so that its faults have to be looked for.
create or replace function read_entries(p_entries jsonb, p_lines posting_line[]) returns posting_entry[]
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan set enable_nestloop = off as $$
declare
  v_limit numeric := acting_limit('post');
begin
  return array(
    select row(e.ix, e.id, e.entry_date, e.memo, e.reference, e.source, e.source_key, e.reverses_id, e.reverse_on,
      coalesce(e.series, 'JV'), s.id, e.by, case when e.by is null then acting_user() else r.actor_id end,
      coalesce(e.malformed, false) or coalesce(l.malformed, false), p.id, p.fiscal_year_id, coalesce(l.lines, 0),
      coalesce(l.debit, 0), coalesce(l.credit, 0),
      (p.status = 'open' and y.status = 'open' and s.is_active and s.voucher_type <> 'closing' and e.reverse_on is null
        and e.reverses_id is null and l.debit = l.credit and l.lines between 2 and 10000 and not l.malformed) is not true,
      case when e.by is null then v_limit else r.post_limit end)::posting_entry
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

-- All that is wrong with entries. p_closing: they are what the closing of a year posts.
create or replace function faults_of(p_entries posting_entry[], p_lines posting_line[], p_closing boolean)
returns table (entry_ix integer, pointer text, code text, detail text)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_company company := (select c from company c);
  v_dimensions boolean := exists (select from unnest(p_lines) l where l.dimensions is not null);
  v_required boolean := exists (select from required_dimensions);
begin
  if not p_closing and (v_company.acts_apart <> '{}'
    or exists (select from unnest(p_entries) e where e.debit > least(e.post_limit, v_company.approve_above)))
  then
    return query select d.* from duty_faults(p_entries, v_company) d;
  end if;
  -- Nearly always there is nothing to find, and this finds that out for a fraction of what the whole list costs.
  if not p_closing and not v_dimensions and not v_required
    and not exists (select from unnest(p_entries) e where e.suspect)
    and not exists (
      select from unnest(p_lines) l
      where l.account_fault is not null or l.fault is not null or l.malformed or l.amount is not null
        or (coalesce(l.debit, 0) > 0) = (coalesce(l.credit, 0) > 0) or l.debit < 0 or l.credit < 0 or l.debit >= 1e15 or l.credit >= 1e15
        or scale(l.debit) > v_company.currency_scale or scale(l.credit) > v_company.currency_scale)
    -- With an offset these stay lookups by key; a join was planned over an empty journal, and read all of it.
    and not exists (select from unnest(p_entries) e
      where exists (select from journal_entries j where j.id = e.id offset 0)
        or exists (select from journal_entries j where j.source_key = e.source_key offset 0))
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

-- Approves a draft as it stands. Its total is told in the company's currency, by the rates of now. Refused as forbidden (HX004)
-- is what the approver may not do: above their limit, or their own draft where that is kept apart, which it always is where an
-- approval is asked for.
create function approve_draft(p_id uuid) returns entry_approvals
language plpgsql security definer set search_path from current as $$
declare
  v_draft journal_drafts;
  v_company company := (select c from company c);
  v_entries jsonb;
  v_lines jsonb;
  v_total numeric;
  v_fault record;
  v_approval entry_approvals;
begin
  select * into v_draft from journal_drafts where id = p_id for update;
  if not found then
    return null;
  end if;
  if acting_user() is null then
    raise exception using errcode = 'HX004', message = 'accounting/approval-by-nobody', detail = 'an approval is a person’s';
  end if;
  v_entries := jsonb_build_array(jsonb_build_object('ix', 0, 'id', p_id, 'entry_date', v_draft.entry_date, 'memo', v_draft.memo,
    'series', coalesce(v_draft.series, 'JV'), 'reverse_on', v_draft.reverse_on));
  v_lines := (select coalesce(jsonb_agg(l.line || jsonb_build_object('entry_ix', 0, 'line_ix', l.n - 1)), '[]')
    from jsonb_array_elements(v_draft.lines) with ordinality l (line, n));
  select f.code, f.pointer, f.detail into v_fault from entry_faults(v_entries, v_lines) f
    where f.code not in ('accounting/beyond-post-limit', 'accounting/approval-needed', 'accounting/duties-apart',
      'accounting/period-closed') limit 1;
  if found then
    raise exception using errcode = 'HX001', message = v_fault.code, hint = v_fault.pointer, detail = v_fault.detail;
  end if;
  v_total := (select sum(l.debit) from unnest(round_off(read_lines(v_entries, v_lines))) l);
  if v_total > acting_limit('approve') then
    raise exception using errcode = 'HX004', message = 'accounting/beyond-approve-limit',
      detail = format('the entry comes to %s %s, and your limit for approving is %s', v_company.currency,
        round(v_total, v_company.currency_scale), round(acting_limit('approve'), v_company.currency_scale));
  end if;
  if (v_total > v_company.approve_above or 'create+approve' = any(v_company.acts_apart))
    and (acting_user() = v_draft.created_by or acting_user() = any(v_draft.editors))
  then
    raise exception using errcode = 'HX004', message = 'accounting/duties-apart', detail = 'whoever keys or changes an entry does not approve it here';
  end if;
  select * into v_approval from entry_approvals
    where entry_id = p_id and version = v_draft.version and withdrawn_at is null for update;
  if found and v_approval.total >= v_total then
    return v_approval;
  end if;
  update entry_approvals set withdrawn_at = clock_timestamp() where id = v_approval.id;
  insert into entry_approvals (entry_id, version, total, approved_by)
    values (p_id, v_draft.version, v_total, acting_user()) returning * into v_approval;
  return v_approval;
end $$;

-- Takes back the approval of a draft, whoever gave it; without one, or once it is posted, nothing changes.
create function withdraw_approval(p_id uuid) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform 1 from journal_drafts where id = p_id for update;
  if found then
    update entry_approvals set withdrawn_at = clock_timestamp() where entry_id = p_id and withdrawn_at is null;
  end if;
end $$;

revoke all on function note_editor(), forget_approval(), acting_limit(text), acting_requests(), duty_faults(posting_entry[], company), approve_draft(uuid),
  withdraw_approval(uuid) from public;
grant execute on function acting_limit(text), acting_requests(), duty_faults(posting_entry[], company), approve_draft(uuid),
  withdraw_approval(uuid) to {{role}};
