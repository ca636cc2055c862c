// The door of users: who somebody is, which companies they belong to, and what their role allows.
export { changeUser } from './change-user.ts';
export { checkCredentials } from './check-credentials.ts';
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
export { confirmIdentity, FRESH_SECONDS, isFreshlyProved } from './mfa/step-up.ts';
export { pageContextOf } from './pages/page-context-of.ts';
export { userPageRoutes } from './pages/routes.ts';
export { permissionsOf, type Role, roleAllows, roles } from './roles.ts';
export {
  closeSession,
  findSession,
  openSession,
  SESSION_SECONDS,
  type Session,
  sessionCookie,
} from './sessions.ts';
export { type BegunSession, beginSession } from './sign-in.ts';
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
