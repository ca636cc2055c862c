-- How people prove who they are beside the password, who must, and how long ago a sign-in was proved.

-- One authenticator app for each person (TOTP, RFC 6238). The secret is sealed by the program's key ring, so that a copy of the
-- database makes no codes. A code counts once: last_step is the time step of the newest that was taken.
create table totp_secrets (
  user_id uuid primary key references users,
  sealed text not null,
  last_step bigint not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

-- A secret that was shown but not yet proved to have arrived in the app. `holder` is the session, or the sign-in under way, that it was
-- shown to: whoever else knows the password is shown another one.
create table totp_enrolments (
  holder uuid primary key,
  user_id uuid not null references users,
  sealed text not null,
  expires_at timestamptz not null
);

create index totp_enrolments_by_user on totp_enrolments (user_id);

-- Passkeys (WebAuthn). A key works at the domain for which it was made (rp_id), and nowhere else.
create table passkeys (
  id uuid primary key,
  user_id uuid not null references users,
  rp_id text not null,
  credential_id text not null unique,
  public_key bytea not null,
  -- 0 for ever with keys that do not count; else it only rises, and a lower one tells of a copy.
  counter bigint not null check (counter >= 0),
  transports text[] not null,
  -- Whether the key is, or may be, on several devices of its owner.
  is_synced boolean not null,
  name text not null check (length(btrim(name)) between 1 and 100),
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

create index passkeys_by_user on passkeys (user_id);

-- What a passkey was asked to sign; taken away by the answer, so that none counts twice. user_id is null where a passkey has yet
-- to tell whose it is.
create table passkey_challenges (
  challenge text primary key,
  purpose text not null check (purpose in ('enrol', 'sign-in', 'second-factor', 'confirm')),
  user_id uuid references users,
  tenant_id uuid not null references tenants,
  expires_at timestamptz not null
);

create index passkey_challenges_by_expiry on passkey_challenges (expires_at);

-- Codes for the day on which the app and the passkeys are lost: 120 random bits each, of which only the SHA-256 is kept.
create table recovery_codes (
  user_id uuid not null references users,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);

-- A sign-in whose first factor is proved and whose second is not yet; the browser or program holds the token.
create table pending_sign_ins (
  id uuid primary key,
  token_hash bytea not null unique,
  user_id uuid not null references users,
  tenant_id uuid not null references tenants,
  -- The provider whose word the first factor is; the sign-in ends with it.
  provider_id uuid,
  door text not null check (door in ('page', 'api')),
  methods text[] not null,
  attempts smallint not null default 0,
  expires_at timestamptz not null,
  ip inet,
  user_agent text,
  device text,
  foreign key (provider_id, tenant_id) references identity_providers (id, tenant_id) on delete cascade
);

create index pending_sign_ins_by_expiry on pending_sign_ins (expires_at);

-- Which members of a company must have a second factor: everybody, or those with one of the roles. No row: nobody.
create table second_factor_demands (
  tenant_id uuid primary key references tenants,
  everybody boolean not null,
  roles text[] not null
);

-- When and by what the person behind a sign-in has proved themselves last; dangerous acts ask for a fresh proof. A refresh token that
-- only follows another proves nothing, so that it has neither: the newest proof of its family counts.
alter table sessions
  add column proved_at timestamptz not null default now(),
  add column methods text[] not null default '{pwd}';
update sessions set proved_at = created_at;

alter table refresh_tokens
  add column proved_at timestamptz,
  add column methods text[];

-- What somebody sees who acts for one company: who must have a second factor, and nothing by which anybody proves themselves.
select keep_apart('second_factor_demands', 'tenant_id = acting_company()', 'select, insert, update');
select keep_apart('pending_sign_ins', 'tenant_id = acting_company()', 
  'delete, select (id, user_id, tenant_id, provider_id, door, expires_at)');
select keep_apart('passkey_challenges', 'tenant_id = acting_company()', 'select (purpose, user_id, tenant_id, expires_at)');
-- A person's own, in whichever company.
select keep_apart('totp_secrets');
select keep_apart('totp_enrolments');
select keep_apart('passkeys');
select keep_apart('recovery_codes');
