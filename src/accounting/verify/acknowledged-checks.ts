// I4: whatever the house has told somebody is posted is there, and is what was told.
import { type Check, checkBy } from './check.ts';

// The answer to one posting is the entry itself; that to many lists what became of each.
const single = `select key, body from idempotency_keys where body ->> 'number' is not null and body ? 'id'`;
const bulk = `select k.key, r.value as result from idempotency_keys k
  cross join lateral jsonb_array_elements(k.body -> 'results') r
  where jsonb_typeof(k.body -> 'results') = 'array' and r.value ->> 'status' in ('posted', 'duplicate') and r.value ? 'number'`;
const run = `select k.key, r.value -> 'entry' as result from idempotency_keys k
  cross join lateral jsonb_array_elements(k.body -> 'results') r
  where jsonb_typeof(k.body -> 'results') = 'array' and jsonb_typeof(r.value -> 'entry') = 'object'`;

export const acknowledgedChecks: readonly Check[] = [
  checkBy({
    invariant: 'I4',
    claim: 'an entry is as its answer told it',
    of: 'answers',
    all: single,
    wrong: `select k.key as id from (${single}) k left join journal_entries e on e.id::text = k.body ->> 'id'
      where e.id is null or e.number <> k.body ->> 'number' or e.entry_date::text <> k.body ->> 'entry_date'
        or e.memo <> k.body ->> 'memo' or e.total <> (k.body ->> 'total')::numeric
        or (select count(*) from journal_lines l where l.entry_id = e.id) <> jsonb_array_length(k.body -> 'lines')`,
  }),
  checkBy({
    invariant: 'I4',
    claim: 'an entry that was answered among many is there',
    of: 'results',
    all: `${bulk} union all ${run}`,
    wrong: `select k.key as id from (${bulk} union all ${run}) k where not exists (
      select from journal_entries e where e.id::text = k.result ->> 'id' and e.number = k.result ->> 'number')`,
  }),
  checkBy({
    invariant: 'I4',
    claim: 'an entry of which others were told is there',
    of: 'relayed rows of the outbox',
    all: `select from outbox_of_company() where topic = 'journal_entry.posted' and relayed_at is not null`,
    wrong: `select o.id from outbox_of_company() o where o.topic = 'journal_entry.posted' and o.relayed_at is not null
      and not exists (select from journal_entries e where e.id = o.id)`,
  }),
];
