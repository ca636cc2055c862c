-- What a company's transaction wants done once it has committed; written in that transaction, so that nothing is told of an
-- entry that was rolled back, and nothing forgotten of one that was not. Whoever relays a row notes when.

create table outbox (
  id uuid primary key,
  schema_name text not null,
  topic text not null check (topic ~ '^[a-z_]+\.[a-z_]+$'),
  payload jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  relayed_at timestamptz
);
