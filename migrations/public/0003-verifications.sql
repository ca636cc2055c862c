-- What the nightly proof of each company's books has found. The row is made before the proof begins, so that of two processes
-- only one proves a company in a night; one that died in the middle leaves finished_at empty.

create table verifications (
  tenant_id uuid not null references tenants,
  -- The company's own day, in its time zone.
  night date not null,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  claims integer check (claims >= 0),
  broken integer check (broken between 0 and claims),
  -- The claims that do not hold: [{invariant, claim, of, checked, breaches, ids}].
  breaches jsonb not null default '[]' check (jsonb_typeof(breaches) = 'array'),
  -- Why the proof could not be carried through.
  error text,
  primary key (tenant_id, night),
  check (finished_at is null or (claims is null) = (error is not null))
);
