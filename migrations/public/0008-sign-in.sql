-- How people sign in: each company's policy, back-off after failures, what is known again, history, links by mail, and changing
-- between companies. A company's own role has no right on any of it.

-- What a company asks of its members' passwords and sessions; without a row, what the columns' defaults say.
create table sign_in_policies (
  tenant_id uuid primary key references tenants,
  password_min_length smallint not null default 12 check (password_min_length between 8 and 64),
  -- How many of the four kinds (small and large letters, digits, others) a password mixes; NIST SP 800-63B advises against asking.
  password_kinds smallint not null default 1 check (password_kinds between 1 and 4),
  password_refuse_common boolean not null default true,
  session_idle_minutes integer not null default 60 check (session_idle_minutes between 5 and 1440),
  session_hours integer not null default 24 check (session_hours between 1 and 168)
);

-- Failures by what they are counted for: a hash of an account, a source, or both. An attempt is counted before it is checked and
-- taken back when it was right, so that many at once get no more guesses than one after the other.
create table sign_in_throttles (
  key bytea primary key,
  failures integer not null default 0 check (failures >= 0),
  failed_at timestamptz not null default clock_timestamp(),
  blocked_until timestamptz not null default '-infinity'
);

create index sign_in_throttles_by_age on sign_in_throttles (failed_at);

-- Counts an attempt for each of its keys, unless one of them still has to wait: then nothing is counted, and the seconds to wait are
-- returned, else 0. After `p_free` failures the wait is one second, and twice as long with each further one up to `p_most` seconds;
-- what is older than `p_memory` seconds is forgotten. Every caller names its keys in the same order of kinds, as they are locked in
-- that order; what comes after a key that has to wait leaves no row, so that a source that is blocked cannot fill the table.
create function charge_attempt(p_keys bytea[], p_free integer[], p_most integer[], p_memory integer[])
returns integer language plpgsql set search_path from current as $$
declare
  throttle sign_in_throttles;
  moment timestamptz;
  so_far integer;
begin
  for nth in 1 .. cardinality(p_keys) loop
    insert into sign_in_throttles (key) values (p_keys[nth]) on conflict do nothing;
    select * into throttle from sign_in_throttles where key = p_keys[nth] for update;
    if throttle.blocked_until > clock_timestamp() then
      -- Rows of the keys before this one may be new; they carry no failure and go with the next purge.
      return greatest(1, ceil(extract(epoch from throttle.blocked_until - clock_timestamp())));
    end if;
  end loop;
  moment := clock_timestamp();
  for nth in 1 .. cardinality(p_keys) loop
    update sign_in_throttles t
    set failures = case when t.failed_at < moment - make_interval(secs => p_memory[nth]) then 1 else t.failures + 1 end,
      failed_at = moment
    where key = p_keys[nth] returning failures into so_far;
    update sign_in_throttles
    set blocked_until = case when so_far <= p_free[nth] then '-infinity'
      else moment + make_interval(secs => least(p_most[nth], power(2, least(so_far - p_free[nth] - 1, 20)))) end
    where key = p_keys[nth];
  end loop;
  return 0;
end $$;

revoke all on function charge_attempt(bytea[], integer[], integer[], integer[]) from public;

-- A browser (by its cookie) or an address from which somebody has signed in; other people's failures do not keep them out there.
create table known_origins (
  user_id uuid not null references users,
  origin_hash bytea not null,
  used_at timestamptz not null default now(),
  primary key (user_id, origin_hash)
);

create index known_origins_by_age on known_origins (used_at);

-- Who signed in or tried to. user_id is empty for an address that nobody has; the address itself is not kept, as people key their
-- passwords there by mistake.
create table sign_in_events (
  id uuid primary key,
  at timestamptz not null default clock_timestamp(),
  user_id uuid references users,
  tenant_id uuid references tenants,
  succeeded boolean not null,
  methods text[] not null,
  door text not null check (door in ('page', 'api')),
  ip inet,
  user_agent text
);

create index sign_in_events_by_user on sign_in_events (user_id, at desc);
create index sign_in_events_by_age on sign_in_events (at);

-- Links for a new password: used once, and only the SHA-256 of the token is kept.
create table password_resets (
  id uuid primary key,
  token_hash bytea not null unique,
  user_id uuid not null references users,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);

create index password_resets_by_user on password_resets (user_id);
create index password_resets_by_expiry on password_resets (expires_at);

-- Invitations to a company; open until accepted, revoked, or out of time.
create table invitations (
  id uuid primary key,
  token_hash bytea not null unique,
  tenant_id uuid not null references tenants,
  email text not null check (email = lower(email)),
  role text not null,
  invited_by uuid references users,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz
);

create index invitations_by_tenant on invitations (tenant_id, created_at desc);
create unique index invitations_open on invitations (tenant_id, email) where accepted_at is null and revoked_at is null;

-- A person on the way from one company's address to another's. The browser proves itself at the other address by a secret of which
-- `challenge` is the hash, and shows the ticket of which ticket_hash is.
create table company_switches (
  id uuid primary key,
  session_id uuid not null references sessions on delete cascade,
  tenant_id uuid not null references tenants,
  origin text not null,
  challenge bytea,
  ticket_hash bytea unique,
  expires_at timestamptz not null
);

create index company_switches_by_session on company_switches (session_id);
create index company_switches_by_expiry on company_switches (expires_at);

alter table sessions add column last_seen_at timestamptz not null default now();
create index sessions_by_user on sessions (user_id);

-- Where a sign-in of a program came from; each row of a family says it.
alter table refresh_tokens add column ip inet, add column user_agent text;
create index refresh_tokens_by_user on refresh_tokens (user_id);

-- A mail belongs to no company: schema_name is empty then. `attempts`, `due_at` and `last_error` are the sender's; a row that was given
-- up has failed_at. A mail is sealed until it is sent, and erased then.
alter table outbox alter column schema_name drop not null,
  add column sealed text,
  add column attempts smallint not null default 0,
  add column due_at timestamptz,
  add column failed_at timestamptz,
  add column last_error text,
  add check (schema_name is not null or topic = 'mail.send'),
  add check (sealed is null or topic = 'mail.send');
create index outbox_mails_due on outbox (due_at nulls first) where topic = 'mail.send' and relayed_at is null and failed_at is null;

-- What somebody sees who acts for one company: nothing by which anybody proves themselves.
select keep_apart('sign_in_policies', 'tenant_id = acting_company()');
select keep_apart('invitations', 'tenant_id = acting_company()',
  'select (id, tenant_id, email, role, invited_by, created_at, expires_at, accepted_at, revoked_at)');
select keep_apart('sign_in_events', 'tenant_id = acting_company()',
  'select (id, at, user_id, tenant_id, succeeded, methods, door)');
select keep_apart('company_switches', 'tenant_id = acting_company()', 'select (id, session_id, tenant_id, expires_at)');
-- A person's own, in whichever company; and the house's.
select keep_apart('known_origins');
select keep_apart('password_resets');
select keep_apart('sign_in_throttles');
