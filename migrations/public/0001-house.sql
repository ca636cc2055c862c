-- The shared tables: which companies exist, who may enter them, and the proofs of sign-in.
-- A company's own role has no right on anything in this schema.

create table tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null check (length(btrim(name)) between 1 and 200),
  schema_name text not null unique,
  role_name text not null unique,
  status text not null default 'active' check (status in ('active', 'suspended')),
  -- Currency and calendar never change; the company's schema keeps its own copy for the posting function.
  currency char(3) not null,
  currency_scale smallint not null check (currency_scale between 0 and 4),
  calendar text not null check (calendar in ('gregorian', 'bikram_sambat')),
  time_zone text not null,
  schema_version integer not null default 0,
  created_at timestamptz not null default now()
);

create table tenant_domains (
  domain text primary key check (domain = lower(domain)),
  tenant_id uuid not null references tenants
);

create table users (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text not null,
  is_active boolean not null default true,
  created_at timestamptz not null default now()
);

create table memberships (
  user_id uuid not null references users,
  tenant_id uuid not null references tenants,
  role text not null check (role in ('owner', 'accountant', 'clerk', 'auditor', 'storekeeper')),
  created_at timestamptz not null default now(),
  primary key (user_id, tenant_id)
);

create index memberships_by_tenant on memberships (tenant_id);

-- A page session: the cookie carries a random token, the table only its SHA-256.
create table sessions (
  id uuid primary key,
  token_hash bytea not null unique,
  csrf_token text not null,
  user_id uuid not null references users,
  tenant_id uuid not null references tenants,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ip inet,
  user_agent text
);

create index sessions_by_expiry on sessions (expires_at);

-- A refresh token is used once; its successor has the same family, and a family is revoked as one.
create table refresh_tokens (
  id uuid primary key,
  family_id uuid not null,
  token_hash bytea not null unique,
  user_id uuid not null references users,
  tenant_id uuid not null references tenants,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz
);

create index refresh_tokens_by_family on refresh_tokens (family_id);

-- The Ed25519 keys that sign access tokens; the newest signs, all that are not retired verify.
create table signing_keys (
  kid text primary key,
  private_jwk jsonb not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);
