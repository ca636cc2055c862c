// The door of users: who somebody is, which companies they belong to, and what their role allows.
export { changeUser } from './change-user.ts';
export { checkCredentials } from './check-credentials.ts';
export {
  type EmailDomain,
  listEmailDomains,
  type ResolveTxt,
  verifyByOperator,
} from './oidc/email-domain.ts';
export { type IdentityProvider, listProviders } from './oidc/identity-provider.ts';
export {
  addProvider,
  checkDomain,
  editProvider,
  forgetDomain,
  noteDomain,
  providerOf,
  removeProvider,
} from './oidc/manage-providers.ts';
export { createClientOf } from './oidc/provider-client.ts';
export { joinRoles } from './oidc/provider-facts.ts';
export { providerKinds } from './oidc/provider-kind.ts';
export type { ProviderServices } from './oidc/provider-sign-in.ts';
export { pageContextOf } from './pages/page-context-of.ts';
export { userPageRoutes } from './pages/routes.ts';
export { permissionsOf, type Role, roleAllows, roles } from './roles.ts';
export {
  closeSession,
  findSession,
  mayLeaveCompany,
  openSession,
  SESSION_SECONDS,
  type Session,
  sessionCookie,
} from './sessions.ts';
export { beginSession, type SignInOrigin } from './sign-in.ts';
export { type TokenPair, Tokens } from './tokens.ts';
export {
  ensureUser,
  type Member,
  memberByEmail,
  setMembership,
  setPassword,
  userNames,
  usersById,
} from './user.ts';
