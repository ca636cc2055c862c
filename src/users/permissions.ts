// What the routes of this room ask for.
import type { Permission } from '#lib/access';

/** The permissions of the users room. */
export const userPermissions: readonly Permission[] = [
  { name: 'users.member.view', title: 'see who belongs to the company and what they may do' },
  {
    name: 'users.member.manage',
    title: 'give members roles, permissions, limits and branches, or remove them',
  },
  { name: 'users.member.invite', title: 'invite people into the company by mail' },
  { name: 'users.invitation.view', title: 'see who was invited' },
  { name: 'users.sign_in_policy.view', title: 'see what is asked of passwords and sessions' },
  { name: 'users.sign_in_policy.edit', title: 'say what is asked of passwords and sessions' },
  { name: 'users.role.view', title: 'see the roles and all permissions there are' },
  { name: 'users.role.manage', title: 'make, change and remove the company’s own roles' },
  { name: 'users.duty.view', title: 'see which duties are kept apart, and who could do both' },
  { name: 'users.duty.manage', title: 'say which duties are kept apart and what needs an approval' },
  { name: 'users.identity_provider.view', title: 'see through which providers people sign in' },
  {
    name: 'users.identity_provider.manage',
    title: 'say through which providers people sign in, and which e-mail domains are the company’s own',
  },
  { name: 'users.api_key.view', title: 'see their own API keys' },
  { name: 'users.api_key.own', title: 'make and revoke API keys of their own' },
  { name: 'users.service_key.view', title: 'see the API keys of the company' },
  { name: 'users.service_key.manage', title: 'make and revoke API keys of the company' },
];
