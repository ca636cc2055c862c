-- Signing in through somebody else: which providers a company trusts, which e-mail domains are its own, and whom each provider
-- has vouched for.

-- A person whom a provider has brought has no password until they set one.
alter table users alter column password_hash drop not null;

create table identity_providers (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  -- Its name in the address of the callback, which is registered at the provider and so never changes.
  slug text not null check (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  kind text not null check (kind in ('google', 'microsoft', 'github', 'oidc')),
  name text not null check (length(btrim(name)) between 1 and 100),
  -- Who speaks; what another issuer says is another provider's word, so this never changes either.
  issuer text not null,
  client_id text not null,
  -- Sealed by the key ring; null for a public client, which proves itself by PKCE alone.
  client_secret text,
  has_secret boolean not null generated always as (client_secret is not null) stored,
  scopes text[] not null,
  enabled boolean not null,
  -- [{domain, role}]: as what somebody new with an address of that domain is let in.
  rules jsonb not null default '[]' check (jsonb_typeof(rules) = 'array'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, slug),
  -- For the keys below, so that a row never names the provider of one company and another company.
  unique (id, tenant_id)
);

-- E-mail domains that a company says are its own, and has proved to be.
create table email_domains (
  tenant_id uuid not null references tenants,
  domain text not null check (domain = lower(domain) and domain ~ '^[a-z0-9.-]{3,253}$'),
  -- What the company puts into the DNS.
  token text not null,
  verified_at timestamptz,
  verified_by text check (verified_by in ('dns', 'operator')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, domain),
  check ((verified_at is null) = (verified_by is null))
);

-- Whom a provider's issuer and subject stand for, in the provider's company only. One person has one identity a provider: a
-- second subject with the same address is somebody else who was given that address.
create table identities (
  id uuid primary key,
  tenant_id uuid not null,
  provider_id uuid not null,
  issuer text not null,
  subject text not null check (length(subject) between 1 and 255),
  user_id uuid not null references users,
  email text,
  linked_at timestamptz not null default now(),
  last_used_at timestamptz,
  foreign key (provider_id, tenant_id) references identity_providers (id, tenant_id) on delete cascade,
  unique (provider_id, issuer, subject),
  unique (provider_id, user_id)
);

create index identities_by_user on identities (user_id);

-- Sign-ins that are under way at a provider. The browser holds the secret that state, nonce and proof key are made of; here is only
-- its SHA-256, so that this table gives nobody away.
create table provider_sign_ins (
  browser_hash bytea primary key,
  tenant_id uuid not null,
  provider_id uuid not null,
  redirect_uri text not null,
  -- Where to go afterwards, on our own site.
  next_path text not null,
  -- Whom to link the identity to, and the session in which they asked for it; null for a sign-in.
  link_user_id uuid references users,
  link_session_hash bytea,
  expires_at timestamptz not null,
  foreign key (provider_id, tenant_id) references identity_providers (id, tenant_id) on delete cascade,
  check ((link_user_id is null) = (link_session_hash is null))
);

create index provider_sign_ins_by_expiry on provider_sign_ins (expires_at);

-- The provider that opened a session; it ends with the provider, and never leads to another company.
alter table sessions add column provider_id uuid;
alter table sessions add constraint sessions_of_provider
  foreign key (provider_id, tenant_id) references identity_providers (id, tenant_id) on delete cascade;
create index sessions_by_provider on sessions (provider_id) where provider_id is not null;

-- What proves that we are a provider's client stays with the directory, as do the sign-ins under way.
select keep_apart('identity_providers', 'tenant_id = acting_company()', 'insert, update, delete, select (id, tenant_id, slug, kind,
  name, issuer, client_id, has_secret, scopes, enabled, rules, created_at, updated_at)');
select keep_apart('email_domains', 'tenant_id = acting_company()', 'select, insert, update, delete');
select keep_apart('identities', 'tenant_id = acting_company()');
select keep_apart('provider_sign_ins', 'tenant_id = acting_company()', 'select (tenant_id, provider_id, expires_at)');

do $$ begin
  execute format('grant select (provider_id) on sessions to %I', company_role());
end $$;
