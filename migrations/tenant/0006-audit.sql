-- The audit log: who did what, when and from where, in blocks that each carry the hash of the one before.
-- docs/audit-export.md describes the hashes; a change to them is a change to that format.

create table audit_blocks (
  seq bigint primary key check (seq > 0),
  previous_hash bytea not null check (octet_length(previous_hash) = 32),
  hash bytea not null unique check (octet_length(hash) = 32),
  at timestamptz not null,
  row_count integer not null check (row_count > 0)
);

-- `content` is the very text that was hashed: JSON with "before", "after" and "reason". Each row names its own actor, as
-- requests of several people can share a block.
create table audit_rows (
  block_seq bigint not null,
  nth integer not null check (nth > 0),
  actor_id uuid,
  request_id text,
  ip inet,
  subject text not null,
  subject_id text not null,
  action text not null,
  content text not null,
  hash bytea not null check (octet_length(hash) = 32),
  primary key (block_seq, nth)
);

create table audit_head (
  only_row boolean primary key default true check (only_row),
  seq bigint not null,
  hash bytea not null
) with (fillfactor = 10);

-- The block before the first is number 0, and its hash 32 zero bytes.
insert into audit_head (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

-- What this transaction has changed besides posting, until it commits; a row never outlives its transaction.
create table audit_pending (
  id bigint generated always as identity primary key,
  actor_id uuid default acting_user(),
  request_id text default nullif(current_setting('app.request_id', true), ''),
  ip inet default nullif(current_setting('app.ip', true), '')::inet,
  subject text not null,
  subject_id text not null,
  action text not null,
  content text not null
);

-- Nobody writes the log by hand, the owner of the schema neither: it grows only from within the triggers below.
create function refuse_audit_change() returns trigger
language plpgsql set search_path from current as $$
begin
  raise exception using errcode = 'HX002', message = 'audit/append-only', detail = format('%s on %s', tg_op, tg_table_name);
end $$;

create trigger immutable before update or delete or truncate on audit_blocks
  for each statement execute function refuse_audit_change();
create trigger immutable before update or delete or truncate on audit_rows
  for each statement execute function refuse_audit_change();
create trigger immutable before insert or delete or truncate on audit_head
  for each statement execute function refuse_audit_change();
create trigger only_from_triggers before insert on audit_blocks
  for each statement when (pg_trigger_depth() = 0) execute function refuse_audit_change();
create trigger only_from_triggers before insert on audit_rows
  for each statement when (pg_trigger_depth() = 0) execute function refuse_audit_change();
create trigger only_from_triggers before update on audit_head
  for each statement when (pg_trigger_depth() = 0) execute function refuse_audit_change();

-- A field as it is hashed: its length in bytes, so that nothing can be shifted into its neighbour; null is a dash. It has no
-- search_path of its own, with which it could not be inlined; all that it calls is built in, and so are its callers' paths.
create function audit_field(p_text text) returns text
language sql immutable as $$
  select case when p_text is null then '-,' else octet_length(p_text)::text || ':' || p_text || ',' end
$$;

create function audit_content(p_before jsonb, p_after jsonb) returns text
language sql stable set search_path from current as $$
  select jsonb_build_object('before', p_before, 'after', p_after, 'reason', nullif(current_setting('app.reason', true), ''))::text
$$;

-- Appends one block of the given rows. The lock on the head is the last lock that a posting takes, and is held until commit.
create function append_block(
  p_actors uuid[], p_requests text[], p_ips inet[], p_subjects text[], p_ids text[], p_actions text[], p_contents text[]
) returns void
language plpgsql set search_path from current as $$
declare
  v_hashes text[];
  v_previous text;
  v_seq bigint;
  v_at timestamptz;
  v_hash bytea;
begin
  select array_agg(encode(sha256(convert_to(
      audit_field(r.nth::text) || audit_field(r.actor::text) || audit_field(r.request) || audit_field(r.ip) ||
      audit_field(r.subject) || audit_field(r.id) || audit_field(r.action) || audit_field(r.content), 'UTF8')), 'hex') order by r.nth)
    into v_hashes
    from (
      select u.nth, u.actor, u.request, abbrev(u.ip) as ip, u.subject, u.id, u.action, u.content
      from unnest(p_actors, p_requests, p_ips, p_subjects, p_ids, p_actions, p_contents)
        with ordinality as u (actor, request, ip, subject, id, action, content, nth)
      offset 0
    ) r;
  select h.seq + 1, encode(h.hash, 'hex') into v_seq, v_previous from audit_head h for update;
  v_at := clock_timestamp();
  v_hash := sha256(convert_to(
    audit_field(v_previous) || audit_field(v_seq::text) ||
    audit_field(to_char(v_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) ||
    audit_field(cardinality(v_hashes)::text) || '64:' || array_to_string(v_hashes, ',64:') || ',', 'UTF8'));
  insert into audit_blocks (seq, previous_hash, hash, at, row_count)
    values (v_seq, decode(v_previous, 'hex'), v_hash, v_at, cardinality(v_hashes));
  insert into audit_rows (block_seq, nth, actor_id, request_id, ip, subject, subject_id, action, content, hash)
    select v_seq, u.nth, u.actor, u.request, u.ip, u.subject, u.id, u.action, u.content, decode(u.hash, 'hex')
    from unnest(p_actors, p_requests, p_ips, p_subjects, p_ids, p_actions, p_contents, v_hashes)
      with ordinality as u (actor, request, ip, subject, id, action, content, hash, nth);
  update audit_head set seq = v_seq, hash = v_hash;
end $$;

-- Makes one block of what is pending; only this transaction's rows can be seen.
create function seal_pending() returns void
language plpgsql set search_path from current as $$
declare
  v_rows audit_pending[];
begin
  with taken as (delete from audit_pending p returning p)
    select array_agg(taken.p order by (taken.p).id) into v_rows from taken;
  if v_rows is not null then
    perform append_block(array_agg(r.actor_id), array_agg(r.request_id), array_agg(r.ip), array_agg(r.subject),
        array_agg(r.subject_id), array_agg(r.action), array_agg(r.content))
      from (select * from unnest(v_rows) order by id) r;
  end if;
end $$;

-- Runs at commit for each pending row; the first takes them all. So the head is locked at the very end, and briefly.
create function seal_audit() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if exists (select from audit_pending where id = new.id) then
    perform seal_pending();
  end if;
  return null;
end $$;

create constraint trigger seal_audit after insert on audit_pending
  deferrable initially deferred for each row execute function seal_audit();

-- A posted entry, whole. It reads only what never changes, so that the journal can be compared with the log at any time.
create view entry_documents with (security_invoker = true) as
  select e.id, jsonb_build_object(
      'id', e.id, 'number', e.number, 'sequence', e.sequence, 'series', s.code, 'fiscal_year', y.name, 'entry_date', e.entry_date,
      'memo', e.memo, 'reference', e.reference, 'total', round(e.total, greatest(c.currency_scale, min_scale(e.total)))::text,
      'source', e.source, 'source_key', e.source_key,
      'reverses', (select jsonb_build_object('id', r.id, 'number', r.number) from journal_entries r where r.id = e.reverses_id),
      'created_by', e.created_by, 'posted_by', e.posted_by,
      'posted_at', to_char(e.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'lines', (
        select jsonb_agg(jsonb_build_object('account', a.code, 'currency', l.currency,
            'debit', round(l.debit, greatest(c.currency_scale, min_scale(l.debit)))::text,
            'credit', round(l.credit, greatest(c.currency_scale, min_scale(l.credit)))::text, 'memo', l.memo) order by l.line_no)
        from journal_lines l join accounts a on a.id = l.account_id where l.entry_id = e.id
      )) as document
  from journal_entries e
    join number_series s on s.id = e.series_id
    join fiscal_years y on y.id = e.fiscal_year_id
    cross join company c;

-- Runs once for each INSERT of entries, whoever inserts them: one block, one row an entry. app.posting_origins says which
-- of the requests that share the transaction each entry is from. What was pending comes first, as it happened first.
create function record_postings() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  v_reason text := coalesce(to_jsonb(nullif(current_setting('app.reason', true), ''))::text, 'null');
  v_request text := nullif(current_setting('app.request_id', true), '');
  v_ip inet := nullif(current_setting('app.ip', true), '')::inet;
begin
  if not exists (select from inserted) then
    return null;
  end if;
  if exists (select from audit_pending) then
    perform seal_pending();
  end if;
  perform append_block(array_agg(p.posted_by), array_agg(p.request_id), array_agg(p.ip), array_agg('journal_entry'::text),
      array_agg(p.id::text), array_agg('post'::text),
      array_agg('{"after": ' || p.document::text || ', "before": null, "reason": ' || v_reason || '}'))
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
      order by i.fiscal_year_id, i.series_id, i.sequence
    ) p;
  return null;
end $$;

-- Named so that it runs after prove_numbers.
create trigger record_postings after insert on journal_entries
  referencing new table as inserted
  for each statement execute function record_postings();

-- Notes one changed row of a table; the arguments are what the log calls it and the column that identifies it.
create function record_change() returns trigger
language plpgsql security definer set search_path from current set timezone = 'UTC' as $$
declare
  v_before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  v_after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
begin
  if v_before is distinct from v_after then
    insert into audit_pending (subject, subject_id, action, content)
      values (tg_argv[0], coalesce(v_after, v_before) ->> tg_argv[1],
        case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'change' else 'delete' end, audit_content(v_before, v_after));
  end if;
  return null;
end $$;

create trigger record_change after insert or update or delete on company
  for each row execute function record_change('company', 'currency');
create trigger record_change after insert or update or delete on accounts
  for each row execute function record_change('account', 'code');
create trigger record_change after insert or update or delete on fiscal_years
  for each row execute function record_change('fiscal_year', 'name');
create trigger record_change after insert or update or delete on periods
  for each row execute function record_change('period', 'id');
create trigger record_change after insert or update or delete on number_series
  for each row execute function record_change('number_series', 'code');

-- Notes what concerns the company but lies outside of its schema, such as a membership; for the login role only.
create function audit_note(p_subject text, p_subject_id text, p_action text, p_before jsonb, p_after jsonb) returns void
language sql security definer set search_path from current as $$
  insert into audit_pending (subject, subject_id, action, content)
    values (p_subject, p_subject_id, p_action, audit_content(p_before, p_after))
$$;

revoke all on function refuse_audit_change(), audit_field(text), audit_content(jsonb, jsonb),
  append_block(uuid[], text[], inet[], text[], text[], text[], text[]), seal_pending(), seal_audit(), record_postings(),
  record_change(), audit_note(text, text, text, jsonb, jsonb) from public;
grant select on audit_blocks, audit_rows, audit_head, entry_documents to {{role}};
