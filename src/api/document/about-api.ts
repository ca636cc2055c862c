// What the OpenAPI document says about the API as a whole.
import { readFileSync } from 'node:fs';

const migration = readFileSync(new URL('../../../docs/api-migration.md', import.meta.url), 'utf8');

const description = `The books of your company, for programs. There are two versions at two roots, \`/api/v1\` and \`/api/v2\`: the same
routes, verbs and permissions, which differ in how lists are answered in parts and in what a client may prefer. Every answer has
\`API-Version\`. **Begin with v2.** All of v1 goes on; what v2 does in another way says so with \`Deprecation\` and \`Sunset\`:
[moving from v1](/api/redoc/#tag/Moving-from-v1). Read [v2](/api/redoc/) or [v1](/api/redoc/?version=1), or
[try them](/api/docs/).

**Signing in.** \`POST /api/v2/auth/login/\` gives an access token (ten minutes) and a refresh token. Send
\`Authorization: Bearer …\`. The token belongs to one company; the host or \`X-Tenant\` may name it too, but only the same.
Programs that run by themselves send an **API key** (\`hmx_…\`) in the token's place, which a person makes at \`/account/api-keys/\`.

**Amounts** are decimal strings, never numbers, in the company's currency unless a line names another. **Dates** are Gregorian, \`YYYY-MM-DD\`.
**Accounts** are named by their code. Answers may get more fields in time: pass over those that you do not know.

**Lists** take \`ordering\`, a name from the list or, the other way round, a name after a \`-\`. In v2 they take \`limit\`, and \`next\`
(also the header \`Link\`, RFC 8288) is the address of what follows: nothing is seen twice or missed when rows are added
meanwhile. In v1 they take \`page\` and \`page_size\`.

**Problems** are \`application/problem+json\` (RFC 9457): \`errors\` names every fault of a request at once, each with a JSON
pointer, a stable \`code\` and a sentence. A refused request stores nothing.

**Repeating.** Send an \`Idempotency-Key\` with every POST that writes journal entries: a request that comes again under its key is
answered as before (\`Idempotency-Replayed: true\`) and not done again. For many entries there are the bulk POST and the stream,
which know an entry again by its \`source_key\`. \`dry_run=true\` tells what posting would give.

**Preferring.** In v2 \`Prefer: return=minimal\` (RFC 7240) leaves the body out of the answer to a change, and
\`Prefer: handling=lenient\` passes over fields and parameters that are not known instead of refusing them;
\`Preference-Applied\` tells what was followed.`;

/** The document without its paths. */
export const about = {
  openapi: '3.1.0',
  info: {
    title: 'Himalytix API',
    version: '2.0.0',
    description,
  },
  externalDocs: { description: 'Moving from v1 to v2', url: '/api/redoc/#tag/Moving-from-v1' },
  components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  security: [{ bearer: [] }],
  tags: [
    {
      name: 'auth',
      description: 'Sign-in, refresh, sign-out, forgotten passwords, another company of one’s own',
    },
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
    { name: 'recurring entries', description: 'Templates with a schedule, what is due, automatic reversals' },
    {
      name: 'fiscal years and periods',
      description: 'The fiscal calendar: closing, locking, reopening, exceptions',
    },
    { name: 'number series', description: 'What the numbers of entries look like' },
    { name: 'dimensions', description: 'Branches, projects and whatever else lines are told apart by' },
    { name: 'reports', description: 'Statements from balances, ledgers and day book' },
    { name: 'exchange rates', description: 'Rates of other currencies, and revaluation at them' },
    // ReDoc shows a trait as a page of its own; who only reads operations passes it over.
    { name: 'Moving from v1', description: migration.replace(/^# .*\n+/, ''), 'x-traitTag': true },
  ],
};
