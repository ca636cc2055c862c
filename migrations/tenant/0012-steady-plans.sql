-- Plans that stay right while the books grow. A plan is kept by its connection, and one that was made over an empty journal read the
-- whole of it in every posting until statistics came; whatever looks for a few entries now goes by their keys from the start.

alter function lines_into_balances() set enable_hashjoin = off;
alter function lines_into_balances() set enable_mergejoin = off;
alter function lines_into_balances() set enable_seqscan = off;
alter function require_entries() set enable_hashjoin = off;
alter function require_entries() set enable_mergejoin = off;
alter function require_entries() set enable_seqscan = off;
alter function prove_entries() set enable_hashjoin = off;
alter function prove_entries() set enable_mergejoin = off;
alter function answer_postings(jsonb, jsonb, jsonb) set enable_hashjoin = off;
alter function answer_postings(jsonb, jsonb, jsonb) set enable_mergejoin = off;
alter function answer_postings(jsonb, jsonb, jsonb) set enable_seqscan = off;

-- Period and year of an entry are looked up by prove_entries() once a statement, its series has the counter that prove_numbers() asks
-- for; periods and years are kept from removal by balances and periods, a series by its counter. Foreign keys asked for all three
-- once more for each row.
alter table journal_entries
  drop constraint journal_entries_series_id_fkey,
  drop constraint journal_entries_fiscal_year_id_fkey,
  drop constraint journal_entries_period_id_fkey;

-- Each document is read by its entry's id, where the view as a whole was joined.
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
        cross join lateral (select d.document from entry_documents d where d.id = i.id offset 0) d
        left join (
          select key::uuid as id, value::integer as nth
          from jsonb_each_text(coalesce(nullif(current_setting('app.posting_origins', true), ''), '{}')::jsonb)
        ) o on o.id = i.id
        left join acting_requests() r on r.nth = o.nth
      order by i.series_id, i.numbered_since, i.sequence
    ) p;
  return null;
end $$;

-- The entry before the first is looked up; without the offset all entries were read to look it up among them.
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
        where e.series_id = i.series_id and e.numbered_since = i.numbered_since and e.sequence = i.first - 1 offset 0))
  ) or exists (
    select from (select distinct series_id, numbered_since, fiscal_year_id, period_id from inserted) i
      join number_series s on s.id = i.series_id join fiscal_years y on y.id = i.fiscal_year_id join periods p on p.id = i.period_id
    where i.numbered_since <> case s.reset when 'never' then date '0001-01-01' when 'period' then p.starts_on else y.starts_on end
  ) then
    raise exception using errcode = 'HX002', message = 'accounting/number-gap', detail = 'entry numbers continue their series without a gap';
  end if;
  return null;
end $$;
