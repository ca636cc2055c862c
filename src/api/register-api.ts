// Hangs API v1, its OpenAPI document and the two readers of that document into the server.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { documentationPolicy, redocRoutes } from './redoc.ts';
import { accountRoutes } from './v1/accounts.ts';
import { apiKeyRoutes } from './v1/api-keys.ts';
import { approvalRoutes } from './v1/approvals.ts';
import { authRoutes } from './v1/auth.ts';
import { bulkEntryRoutes } from './v1/bulk-entries.ts';
import { companySwitchRoutes } from './v1/company-switch.ts';
import type { Services } from './v1/context.ts';
import { dimensionValueRoutes } from './v1/dimension-values.ts';
import { dimensionRoutes } from './v1/dimensions.ts';
import { dutyRoutes } from './v1/duties.ts';
import { emailDomainRoutes } from './v1/email-domains.ts';
import { entryPostingRoutes } from './v1/entry-postings.ts';
import { exchangeRateRoutes } from './v1/exchange-rates.ts';
import { fiscalYearRoutes } from './v1/fiscal-years.ts';
import { identityProviderRoutes } from './v1/identity-providers.ts';
import { invitationRoutes } from './v1/invitations.ts';
import { journalEntryRoutes } from './v1/journal-entries.ts';
import { memberRoutes } from './v1/members.ts';
import { numberSeriesRoutes } from './v1/number-series.ts';
import { ownSessionRoutes } from './v1/own-sessions.ts';
import { passwordRoutes } from './v1/passwords.ts';
import { periodExceptionRoutes } from './v1/period-exceptions.ts';
import { periodRoutes } from './v1/periods.ts';
import { recurringEntryRoutes } from './v1/recurring-entries.ts';
import { recurringRunRoutes } from './v1/recurring-runs.ts';
import { reportRoutes } from './v1/reports.ts';
import { revaluationRoutes } from './v1/revaluations.ts';
import { roleRoutes } from './v1/roles.ts';
import { signInPolicyRoutes } from './v1/sign-in-policy.ts';
import { streamEntryRoutes } from './v1/stream-entries.ts';

const description = `The books of your company, for programs.

**Signing in.** \`POST /api/v1/auth/login/\` gives an access token (ten minutes) and a refresh token. Send
\`Authorization: Bearer …\`. The token belongs to one company; the host or \`X-Tenant\` may name it too, but only the same.
Programs that run by themselves send an **API key** (\`hmx_…\`) in the token's place, which a person makes at \`/account/api-keys/\`.

**Amounts** are decimal strings, never numbers, in the company's currency unless a line names another. **Dates** are Gregorian, \`YYYY-MM-DD\`.
**Accounts** are named by their code.

**Problems** are \`application/problem+json\` (RFC 9457): \`errors\` names every fault of a request at once, each with a JSON
pointer, a stable \`code\` and a sentence. A refused request stores nothing.

**Repeating.** Send an \`Idempotency-Key\` with every POST that writes journal entries: a request that comes again under its key is
answered as before (\`Idempotency-Replayed: true\`) and not done again. For many entries there are the bulk POST and the stream,
which know an entry again by its \`source_key\`. \`dry_run=true\` tells what posting would give.`;

const openapi = {
  openapi: '3.1.0',
  info: { title: 'Himalytix API', version: '1', description },
  components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  security: [{ bearer: [] }],
  tags: [
    { name: 'auth', description: 'Sign-in, refresh, sign-out' },
    {
      name: 'users',
      description: 'Who one is, one’s sessions and sign-ins, invitations, the sign-in policy, API keys',
    },
    {
      name: 'members and roles',
      description: 'Who may do what, up to which amounts, and what is kept apart',
    },
    {
      name: 'sign-in providers',
      description: 'Signing in with accounts elsewhere, and the company’s e-mail domains',
    },
    { name: 'accounts', description: 'The chart of accounts' },
    { name: 'journal entries', description: 'Posting, drafts, reversal' },
    { name: 'dimensions', description: 'Branches, projects and whatever else lines are told apart by' },
    { name: 'number series', description: 'What the numbers of entries look like' },
    { name: 'recurring entries', description: 'Templates with a schedule, what is due, automatic reversals' },
    {
      name: 'fiscal years and periods',
      description: 'The fiscal calendar: closing, locking, reopening, exceptions',
    },
    { name: 'reports', description: 'Statements from balances, ledgers and day book' },
    { name: 'exchange rates', description: 'Rates of other currencies, and revaluation at them' },
  ],
} as const;

/** What v1 is made of, in the order of the document. */
const v1Routes = [
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
  identityProviderRoutes,
  emailDomainRoutes,
];

/** An entry of a thousand lines is some 100 kB; ten times that is more than any voucher and little for the server. */
const BODY_LIMIT_BYTES = 1_048_576;

/** Only JSON is understood; an absent body is absent whatever the header says. */
function parseJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
}

/** Registers everything under /api/. */
export async function registerApi(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(
    async (api) => {
      parseJsonOnly(api);
      await api.register(swagger, { openapi: structuredClone(openapi) as never });
      await api.register(swaggerUi, {
        routePrefix: '/docs',
        staticCSP: documentationPolicy,
        uiConfig: {
          url: '/api/schema/',
          layout: 'BaseLayout',
          displayRequestDuration: true,
          deepLinking: true,
        },
        theme: { title: 'Himalytix API' },
      });
      redocRoutes(api);
      api.get('/schema/', { config: { permission: 'public', tenant: 'none' }, schema: { hide: true } }, () =>
        api.swagger(),
      );
      await api.register(
        async (plain) => {
          const v1 = plain.withTypeProvider<TypeBoxTypeProvider>();
          v1.addHook('onRequest', (_request, reply, done) => {
            // Tokens and figures belong in nobody's cache (RFC 6749, 5.1).
            reply.header('API-Version', '1').header('Cache-Control', 'no-store');
            done();
          });
          v1.addHook('onRoute', (route) => {
            route.bodyLimit ??= BODY_LIMIT_BYTES;
          });
          for (const register of v1Routes) register(v1, services);
        },
        { prefix: '/v1' },
      );
    },
    { prefix: '/api' },
  );
}
