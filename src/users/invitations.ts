// Invites people into a company by mail: who may join, as what, and until when.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import { type Permission, plainAccess } from '#lib/access';
import { noteChange } from '#lib/audit/note-change';
import { companyOrigin } from '#lib/company-origin';
import type { Db } from '#lib/db';
import type { Listed, Ordering, Part } from '#lib/lists/part';
import { type Orders, selectPart } from '#lib/lists/select-part';
import { mailOf } from '#lib/mail/mail';
import { queueMail } from '#lib/mail/queue-mail';
import { type Fault, invalid, notFound } from '#lib/problem';
import type { Actor, DirectoryTx, Tenant } from '#lib/tenant-tx';
import { administrator, escalationFaults } from './access/escalation.ts';
import { lockAccess } from './access/members.ts';
import { type CompanyRole, listRoles } from './access/own-roles.ts';
import type { Holder } from './roles.ts';
import { hashSecretToken, newSecretToken } from './secret-token.ts';
import type { LinkServices } from './set-own-password.ts';
import { isEmailAddress } from './user.ts';

export const INVITATION_DAYS = 7;

export type InvitationStatus = 'open' | 'accepted' | 'revoked' | 'expired';

/** An invitation as the company's list shows it. Times are instants (ISO, UTC); `invitedBy` is a name. */
export type Invitation = {
  id: string;
  email: string;
  role: string;
  status: InvitationStatus;
  invitedBy: string | null;
  createdAt: string;
  expiresAt: string;
};

/** Who would have a role, of whom nothing else is said. */
const holderOf = ({ key, permissions, builtIn }: CompanyRole): Holder => ({
  role: key,
  access: { ...plainAccess, own: builtIn ? null : permissions },
});

/** The roles that somebody may give away: those that allow nothing that they may not do themselves. */
export async function rolesToGive(
  tx: DirectoryTx,
  tenantId: string,
  by: Holder,
  declared: readonly Permission[],
): Promise<CompanyRole[]> {
  const roles = await listRoles(tx, tenantId, declared);
  return roles.filter((role) => escalationFaults(by, null, holderOf(role), declared).length === 0);
}

type Asked = { email: string; role: string };

async function faultsOf(tx: DirectoryTx, { tenant, actor, declared }: Inviting, { email, role: key }: Asked) {
  const faults: Fault[] = [];
  const fault = (pointer: string, code: string, detail: string) =>
    faults.push({ pointer, code: `users/${code}`, detail });
  if (!isEmailAddress(email) || email.length > 320)
    fault('/email', 'invalid', `"${email}" is not an e-mail address`);
  const by = await administrator(tx, { tenantId: tenant.id, by: actor.userId }, 'users.member.invite');
  const roles = await listRoles(tx, tenant.id, declared);
  const role = roles.find((each) => each.key === key);
  if (!role) fault('/role', 'invalid', `a role is one of ${roles.map((each) => each.key).join(', ')}`);
  else if (by && escalationFaults(by, null, holderOf(role), declared).length > 0)
    fault('/role', 'beyond-own-access', `the role ${key} may more than you, so it is not yours to give`);
  const member = await tx.db
    .selectFrom('users')
    .innerJoin('memberships', 'memberships.user_id', 'users.id')
    .select('users.id')
    .where('users.email', '=', email)
    .where('memberships.tenant_id', '=', tenant.id)
    .executeTakeFirst();
  if (member) fault('/email', 'already-member', `${email} is a member already`);
  return faults;
}

/** Invitations are no secret of each other: a second one to the same address takes the place of the first. */
async function voidEarlier(tx: DirectoryTx, tenantId: string, email: string): Promise<void> {
  await tx.db
    .updateTable('invitations')
    .set({ revoked_at: sql<Date>`now()` })
    .where('tenant_id', '=', tenantId)
    .where('email', '=', email)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute();
}

/** Who invites into which company; `declared` are all permissions of the house. */
export type Inviting = {
  tenant: Pick<Tenant, 'id' | 'name' | 'slug'>;
  actor: Actor;
  declared: readonly Permission[];
};

/**
 * Invites an address into a company, by a mail with a link that is good once and for a week. Returns the invitation's id; the
 * link is in the mail only. Throws an invalid Problem naming every fault. An earlier invitation that is open is void then.
 */
export async function inviteMember(
  tx: DirectoryTx,
  { keyRing, config }: Omit<LinkServices, 'db'>,
  inviting: Inviting,
  input: { email: string; role: string },
): Promise<string> {
  const { tenant, actor } = inviting;
  const email = input.email.trim().toLowerCase();
  await lockAccess(tx, tenant.id);
  const faults = await faultsOf(tx, inviting, { email, role: input.role });
  if (faults.length > 0) throw invalid(faults);
  await voidEarlier(tx, tenant.id, email);
  const [id, token] = [randomUUIDv7(), newSecretToken()];
  await tx.db
    .insertInto('invitations')
    .values({
      id,
      token_hash: hashSecretToken(token),
      tenant_id: tenant.id,
      email,
      role: input.role,
      invited_by: actor.userId,
      expires_at: sql<Date>`now() + make_interval(days => ${INVITATION_DAYS})`,
    })
    .execute();
  const after = { email, role: input.role };
  await noteChange(tx, tenant.id, {
    subject: 'invitation',
    subjectId: id,
    action: 'create',
    before: null,
    after,
  });
  const letter = mailOf({
    to: email,
    subject: `Invitation to ${tenant.name}`,
    paragraphs: [
      `${actor.userId === null ? 'You are invited' : `${actor.name || actor.email} invites you`} to the books of ${tenant.name}, as ${input.role}.`,
    ],
    link: {
      label: 'Accept the invitation',
      href: `${companyOrigin(config, tenant.slug)}/invitation/?token=${token}`,
    },
    footnotes: [`The link works once, within ${INVITATION_DAYS} days. If you did not expect it, do nothing.`],
  });
  await queueMail(tx, keyRing, letter);
  return id;
}

/** What invitations are sorted by. */
const invitationOrders = {
  created_at: [
    { of: sql`i.created_at`, type: 'instant' },
    { of: sql`i.id`, type: 'uuid' },
  ],
  email: [
    { of: sql`i.email`, type: 'text' },
    { of: sql`i.id`, type: 'uuid' },
  ],
} as const satisfies Orders<string>;

/** A part of a company's invitations, newest first unless ordered otherwise. */
export async function invitationsOf(
  db: Db,
  tenantId: string,
  part: Part,
  ordering: Ordering<keyof typeof invitationOrders> = '-created_at',
): Promise<Listed<Invitation>> {
  const columns = sql`i.id, i.email, i.role, u.name as "invitedBy",
    case when i.accepted_at is not null then 'accepted' when i.revoked_at is not null then 'revoked'
      when i.expires_at <= now() then 'expired' else 'open' end as status,
    to_char(i.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "createdAt",
    to_char(i.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "expiresAt"`;
  const from = sql`from public.invitations i left join public.users u on u.id = i.invited_by
    where i.tenant_id = ${tenantId}`;
  const asked = { ordering, part };
  return await selectPart({ db: db.kysely }, { columns, from }, invitationOrders, asked);
}

/** Takes an open invitation back. Throws not-found for one that is not this company's, or is not open any more. */
export async function revokeInvitation(tx: DirectoryTx, tenantId: string, id: string): Promise<void> {
  const row = await tx.db
    .updateTable('invitations')
    .set({ revoked_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('tenant_id', '=', tenantId)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .returning(['email', 'role'])
    .executeTakeFirst();
  if (!row) throw notFound('invitation');
  await noteChange(tx, tenantId, {
    subject: 'invitation',
    subjectId: id,
    action: 'delete',
    before: row,
    after: null,
  });
}

/** Forgets invitations three months after they were accepted or ran out; the company's audit log keeps what came of them. */
export async function purgeInvitations(db: Db): Promise<void> {
  await sql`delete from public.invitations where coalesce(accepted_at, expires_at) < now() - interval '90 days'`.execute(
    db.kysely,
  );
}
