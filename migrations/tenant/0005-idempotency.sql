-- The answers that were given under an Idempotency-Key, so that a retry gets the same one and does nothing twice.
-- A key belongs to whoever sent it. The row is written in the transaction of the work that it answers for.

create table idempotency_keys (
  actor_id uuid not null,
  key text not null check (length(key) between 1 and 255),
  fingerprint bytea not null check (length(fingerprint) = 32),
  status smallint not null check (status between 200 and 299),
  body jsonb not null,
  created_at timestamptz not null default now(),
  primary key (actor_id, key)
);

create index idempotency_keys_by_age on idempotency_keys (created_at);

grant select, insert, delete on idempotency_keys to {{role}};
