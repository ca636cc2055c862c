// The door of users: who somebody is, which companies they belong to, and what their role allows.
export { acceptInvitation } from './accept-invitation.ts';
export { changeMember, type MemberChange, removeMember } from './access/change-member.ts';
export { type Administration, escalationFaults, refuseEscalation } from './access/escalation.ts';
export { type CompanyMember, listMembers, requiredMember } from './access/members.ts';
export {
  type CompanyRole,
  createRole,
  deleteRole,
  listRoles,
  type RoleInput,
  requiredRole,
  updateRole,
} from './access/own-roles.ts';
export {
  couldDoBoth,
  listPermissionRules,
  type PermissionPair,
  setPermissionRules,
} from './access/permission-rules.ts';
export { accessPageRoutes } from './access-pages/routes.ts';
export { type ApiKey, isApiKey } from './api-keys/api-key.ts';
export { mayMakeKey, revocableBy } from './api-keys/ask-for-key.ts';
export { createApiKey, DEFAULT_DAYS, MOST_DAYS, revokeApiKey } from './api-keys/keep-api-keys.ts';
export { listApiKeys } from './api-keys/list-api-keys.ts';
export { apiKeyReader } from './api-keys/present-api-key.ts';
export { changeUser } from './change-user.ts';
export { checkCredentials } from './check-credentials.ts';
export { ownTenant, switchMethods } from './company-switch.ts';
export { type Invitation, invitationsOf, inviteMember, revokeInvitation } from './invitations.ts';
export { keySetRoute } from './key-set-route.ts';
export { enrolmentSecret } from './mfa/authenticator-app.ts';
export { completeSignIn } from './mfa/complete-sign-in.ts';
export {
  type SecondFactorDemand,
  secondFactorDemand,
  setSecondFactorDemand,
} from './mfa/demands.ts';
export { addApp } from './mfa/own-factors.ts';
export { confirmAddress, confirmElsewhere } from './mfa/pages/confirm-first.ts';
export { requestMember } from './mfa/pages/page-member.ts';
export { PENDING_SECONDS, readPending } from './mfa/pending-sign-in.ts';
export { resetFactorsByEmail, resetFactorsOfMember } from './mfa/reset-factors.ts';
export { confirmIdentity, FRESH_SECONDS, methodsOf, signInOf } from './mfa/step-up.ts';
export {
  type EmailDomain,
  type ResolveTxt,
  verifyByOperator,
} from './oidc/email-domain.ts';
export type { IdentityProvider } from './oidc/identity-provider.ts';
export {
  addProvider,
  checkDomain,
  editProvider,
  forgetDomain,
  noteDomain,
  providerOf,
  providersAndDomains,
  removeProvider,
} from './oidc/manage-providers.ts';
export { createClientOf } from './oidc/provider-client.ts';
export { providerKinds } from './oidc/provider-kind.ts';
export type { ProviderServices } from './oidc/provider-sign-in.ts';
export { endOwnSession, endSignIns, type OwnSession, ownSessions } from './own-sessions.ts';
export { pageContextOf } from './pages/page-context-of.ts';
export { userPageRoutes } from './pages/routes.ts';
export { plainAddress } from './pages/sign-in-cookies.ts';
export { passwordFaults } from './password-faults.ts';
export { requestPasswordReset, resetPassword } from './password-reset.ts';
export { userPermissions } from './permissions.ts';
export { purgeSignIns } from './purge-sign-ins.ts';
export { purgeRefreshTokens } from './refresh-families.ts';
export { effectivePermissions, type Holder, mayDo, type Role, roleAllows, roles } from './roles.ts';
export {
  eraseRetiredKeys,
  listSigningKeys,
  PUBLISH_SECONDS,
  retireSigningKey,
  rotateSigningKeys,
  type SigningKeyState,
} from './rotate-signing-keys.ts';
export {
  closeSession,
  findSession,
  mayLeaveCompany,
  openSession,
  type Session,
  sessionCookie,
} from './sessions.ts';
export { changeOwnPassword } from './set-own-password.ts';
export { type BegunSession, beginSession } from './sign-in.ts';
export { signInHistory } from './sign-in-events.ts';
export type { SignInOrigin } from './sign-in-facts.ts';
export {
  policyDocument,
  policyOfDocument,
  policyOfPerson,
  policyRanges,
  setSignInPolicy,
  signInPolicyOf,
} from './sign-in-policy.ts';
export { signOutByEmail } from './sign-out-person.ts';
export { sealPlainSigningKeys } from './signing-keys.ts';
export { type TokenPair, Tokens } from './tokens.ts';
export {
  ensureUser,
  type Member,
  memberByEmail,
  memberOf,
  setMembership,
  setPassword,
  userNames,
  usersById,
} from './user.ts';
