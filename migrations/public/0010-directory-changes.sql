-- Tells every program that listens, with the commit, that something of the shared tables has changed which decides who may do
-- what. Whatever remembers an answer forgets it then; see src/lib/cache.ts. The notification says no more than that, so that
-- none of it can be wrong. It is the database that tells, as it alone sees the changes of all programs, commands and consoles, and
-- neither forgets to tell nor tells of what was rolled back.

-- As its owner, since nobody else may notify (see src/lib/harden-database.ts).
create function tell_directory_change() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  perform pg_notify('himalytix_directory', '');
  return null;
end $$;

revoke all on function tell_directory_change() from public;

create trigger users_told after update of email, name, is_active or delete on users
  for each statement execute function tell_directory_change();
create trigger memberships_told after insert or update or delete on memberships
  for each statement execute function tell_directory_change();
create trigger tenants_told after update or delete on tenants
  for each statement execute function tell_directory_change();
create trigger tenant_domains_told after insert or update or delete on tenant_domains
  for each statement execute function tell_directory_change();
-- A sign-in is ended; that one token of it is used, or another one made, changes nothing for the others.
create trigger refresh_tokens_told after update of revoked_at on refresh_tokens
  for each statement execute function tell_directory_change();
-- What a company's own role may. Who has it keeps its name, so that no membership changes with it.
create trigger roles_told after update or delete on roles
  for each statement execute function tell_directory_change();
