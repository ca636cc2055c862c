// All routes of the API, in the order of its document. Each is declared once and answers in every version.
import { accountRoutes } from './accounts.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { approvalRoutes } from './approvals.ts';
import { authRoutes } from './auth.ts';
import { bulkEntryRoutes } from './bulk-entries.ts';
import { companySwitchRoutes } from './company-switch.ts';
import type { ApiServer, Services } from './context.ts';
import { dimensionValueRoutes } from './dimension-values.ts';
import { dimensionRoutes } from './dimensions.ts';
import { dutyRoutes } from './duties.ts';
import { emailDomainRoutes } from './email-domains.ts';
import { entryPostingRoutes } from './entry-postings.ts';
import { exchangeRateRoutes } from './exchange-rates.ts';
import { fiscalYearRoutes } from './fiscal-years.ts';
import { identityProviderRoutes } from './identity-providers.ts';
import { invitationRoutes } from './invitations.ts';
import { journalEntryRoutes } from './journal-entries.ts';
import { memberRoutes } from './members.ts';
import { numberSeriesRoutes } from './number-series.ts';
import { ownSessionRoutes } from './own-sessions.ts';
import { passwordRoutes } from './passwords.ts';
import { periodExceptionRoutes } from './period-exceptions.ts';
import { periodRoutes } from './periods.ts';
import { recurringEntryRoutes } from './recurring-entries.ts';
import { recurringRunRoutes } from './recurring-runs.ts';
import { reportRoutes } from './reports.ts';
import { revaluationRoutes } from './revaluations.ts';
import { roleRoutes } from './roles.ts';
import { signInPolicyRoutes } from './sign-in-policy.ts';
import { streamEntryRoutes } from './stream-entries.ts';

/** Adds some routes to a version. */
export type RegisterRoutes = (app: ApiServer, services: Services) => void;

export const routes: readonly RegisterRoutes[] = [
  authRoutes,
  companySwitchRoutes,
  passwordRoutes,
  ownSessionRoutes,
  invitationRoutes,
  signInPolicyRoutes,
  apiKeyRoutes,
  memberRoutes,
  roleRoutes,
  dutyRoutes,
  identityProviderRoutes,
  emailDomainRoutes,
  accountRoutes,
  journalEntryRoutes,
  entryPostingRoutes,
  approvalRoutes,
  bulkEntryRoutes,
  streamEntryRoutes,
  recurringEntryRoutes,
  recurringRunRoutes,
  fiscalYearRoutes,
  periodRoutes,
  periodExceptionRoutes,
  numberSeriesRoutes,
  dimensionRoutes,
  dimensionValueRoutes,
  reportRoutes,
  exchangeRateRoutes,
  revaluationRoutes,
];
