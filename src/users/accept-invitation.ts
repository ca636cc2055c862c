// Turns an invitation into a membership, and whoever has no account yet into a user with a password of their own.
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { type Fault, invalid, Problem } from '#lib/problem';
import { type DirectoryTx, inDirectory } from '#lib/tenant-tx';
import { hashPassword } from './password.ts';
import { passwordFaults } from './password-faults.ts';
import { linkRefused } from './password-reset.ts';
import { hashSecretToken } from './secret-token.ts';
import { actorByLink, newUserId } from './set-own-password.ts';
import { policyOfPerson } from './sign-in-policy.ts';
import { type Member, memberOf, setMembership } from './user.ts';

/** What an open invitation offers; `userId` is null while nobody has the address. */
export type OpenInvitation = {
  id: string;
  tenantId: string;
  company: string;
  slug: string;
  email: string;
  role: string;
  userId: string | null;
  name: string | null;
};

/**
 * The invitation of a link, or null when it is not open any more. `tenantId` is the company that the request names, if any;
 * another company's link is no link there.
 */
export async function openInvitation(
  db: Pick<Db, 'kysely'>,
  token: string,
  tenantId: string | null,
): Promise<OpenInvitation | null> {
  const { rows } = await sql<OpenInvitation>`
    select i.id, i.tenant_id as "tenantId", t.name as company, t.slug, i.email, i.role, u.id as "userId", u.name
    from public.invitations i join public.tenants t on t.id = i.tenant_id and t.status = 'active'
      left join public.users u on u.email = i.email
    where i.token_hash = ${hashSecretToken(token)} and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
      and (u.id is null or u.is_active)
      and not exists (select from public.memberships m where m.user_id = u.id and m.tenant_id = i.tenant_id)
      and (${tenantId}::uuid is null or i.tenant_id = ${tenantId})`.execute(db.kysely);
  return rows[0] ?? null;
}

type NewAccount = { name: string; password: string };

async function newcomerFaults(tx: DirectoryTx, invitation: OpenInvitation, { name, password }: NewAccount) {
  const faults: Fault[] = [];
  if (name.length === 0 || name.length > 200)
    faults.push({ pointer: '/name', code: 'users/invalid', detail: 'a name has 1 to 200 characters' });
  const policy = await policyOfPerson(tx, null, invitation.tenantId);
  const known = [name, invitation.email, invitation.company, invitation.slug];
  return [...faults, ...(await passwordFaults(password, policy, known))];
}

async function useUp(tx: DirectoryTx, { id }: OpenInvitation): Promise<void> {
  const used = await tx.db
    .updateTable('invitations')
    .set({ accepted_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (used.numUpdatedRows === 0n) throw linkRefused();
}

async function createAccount(
  tx: DirectoryTx,
  id: string,
  { email }: OpenInvitation,
  account: NewAccount,
): Promise<void> {
  const password_hash = await hashPassword(account.password);
  await tx.db.insertInto('users').values({ id, email, name: account.name, password_hash }).execute();
}

/** A role of the company's own may have been removed since; then there is nothing to accept any more. */
function roleIsGone(problem: unknown): never {
  const isGone = problem instanceof Problem && problem.errors.some(({ pointer }) => pointer === '/role');
  throw isGone ? linkRefused() : problem;
}

/**
 * Accepts an invitation, which is used up by that. Whoever has an account keeps their name and password and just becomes a
 * member; a newcomer tells both. Throws an invalid Problem naming the link or every fault. Returns the member, and whether
 * the account is new.
 */
export async function acceptInvitation(
  db: Db,
  input: {
    token: string;
    tenantId: string | null;
    account: NewAccount;
    requestId: string;
    ip: string | null;
  },
): Promise<{ member: Member; slug: string; isNew: boolean }> {
  const invitation = await openInvitation(db, input.token, input.tenantId);
  if (!invitation) throw linkRefused();
  const account = { ...input.account, name: input.account.name.trim() };
  const isNew = invitation.userId === null;
  const person = {
    id: invitation.userId ?? newUserId(),
    email: invitation.email,
    name: invitation.name ?? account.name,
  };
  await inDirectory(
    db,
    async (tx) => {
      await useUp(tx, invitation);
      if (isNew) {
        const faults = await newcomerFaults(tx, invitation, account);
        if (faults.length > 0) throw invalid(faults);
        await createAccount(tx, person.id, invitation, account);
      }
      await setMembership(tx, person.id, invitation.tenantId, invitation.role).catch(roleIsGone);
    },
    actorByLink(person, input, invitation.role),
  );
  const member = await memberOf(db, person.id, invitation.tenantId);
  if (!member) throw linkRefused();
  return { member, slug: invitation.slug, isNew };
}
