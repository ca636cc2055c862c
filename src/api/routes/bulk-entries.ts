// Many entries in one request: posted all or none, or each by itself, or only tried.
import type { FastifyRequest } from 'fastify';
import { type BulkResult, bulkEntries, dryRun, type Received, settleBulk } from '#accounting';
import { readableBody } from '#lib/http/validation';
import type { Answer } from '#lib/idempotency';
import { type Fault, invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { BulkAnswerSchema, BulkBody, BulkQuery, DryRunSchema, MOST_ENTRIES } from './bulk-entries-schemas.ts';
import { type ApiServer, inRequest, isAsked, onceInRequest, type Services } from './context.ts';
import { IdempotencyHeaders, problems } from './schemas.ts';

/** Some 200 bytes for each of the most lines that are taken. */
const BODY_LIMIT_BYTES = 10 * 1_048_576;
const MOST_LINES = 50_000;
/** A whole line has some four fields, and perhaps four dimensions; what has far more is hostile. */
const MOST_FIELDS = 6 * MOST_LINES;
const MOST_DIMENSIONS = 4 * MOST_LINES;

const description = `Up to ${MOST_ENTRIES} entries with up to ${MOST_LINES} lines in all, each entry as for the single POST but without
\`status\`. With \`atomic=true\` (the default) all are posted, or none: the 422 names every fault of every entry, with pointers such
as \`/entries/5/lines/2/account\` (the first thousand faults). With \`atomic=false\` each entry is posted or refused by itself;
201 says that none was refused, 200 that the results are mixed. \`dry_run=true\` stores nothing and answers what would result.

An \`Idempotency-Key\` makes the whole request safe to repeat; a \`source_key\` makes each entry so, in any later request.`;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Refuses what is too much before anybody looks at it closely. */
async function refuseTooMuch(request: FastifyRequest): Promise<void> {
  const { entries } = (request.body ?? {}) as { entries?: unknown };
  if (!Array.isArray(entries)) return;
  let [lines, fields, dimensions] = [0, 0, 0];
  for (const entry of entries.filter(isRecord)) {
    fields += Object.keys(entry).length;
    if (!Array.isArray(entry.lines)) continue;
    lines += entry.lines.length;
    if (lines > MOST_LINES) break;
    for (const line of entry.lines.filter(isRecord)) {
      fields += Object.keys(line).length;
      if (isRecord(line.dimensions)) dimensions += Object.keys(line.dimensions).length;
    }
  }
  const tooMuch = (code: string, detail: string) => invalid([{ pointer: '/entries', code, detail }]);
  if (entries.length > MOST_ENTRIES)
    throw tooMuch('request/too-many-entries', `at most ${MOST_ENTRIES} entries are posted at once`);
  if (lines > MOST_LINES)
    throw tooMuch('request/too-many-lines', `the entries have at most ${MOST_LINES} lines in all`);
  if (fields > MOST_FIELDS || dimensions > MOST_DIMENSIONS)
    throw tooMuch('request/too-many-fields', 'the entries have too many fields');
}

/** The entries with the faults of their shape; what is at fault outside of them is thrown. */
function receivedOf(request: FastifyRequest): Received[] {
  const { faults } = readableBody(request as FastifyRequest & { body: object });
  const { entries } = request.body as { entries?: unknown };
  const byEntry = new Map<string, Fault[]>();
  for (const fault of faults) {
    const [, place, pointer = ''] = /^\/entries\/(\d+)(\/.*)?$/s.exec(fault.pointer) ?? [];
    if (place === undefined || !Array.isArray(entries)) throw invalid(faults);
    const known = byEntry.get(place);
    if (known) known.push({ ...fault, pointer });
    else byEntry.set(place, [{ ...fault, pointer }]);
  }
  return (entries as unknown[]).map((body, index) => ({ body, faults: byEntry.get(String(index)) ?? [] }));
}

/** What is answered, and kept, when entries were posted: 201 when none was refused and any is new. */
function answerOf(results: readonly BulkResult[]): Answer {
  const count = (status: BulkResult['status']) => results.filter((each) => each.status === status).length;
  const [posted, duplicates, refused] = [count('posted'), count('duplicate'), count('refused')];
  const status = refused === 0 && posted > 0 ? 201 : 200;
  return { status, body: { posted, duplicates, refused, results } };
}

/** POST /journal-entries/bulk/. */
export function bulkEntryRoutes(app: ApiServer, { db }: Services): void {
  app.post('/journal-entries/bulk/', {
    config: { permission: 'accounting.journal_entry.post' },
    attachValidation: true,
    bodyLimit: BODY_LIMIT_BYTES,
    preValidation: refuseTooMuch,
    schema: {
      tags: ['journal entries'],
      summary: 'Post up to a thousand entries at once',
      description,
      headers: IdempotencyHeaders,
      querystring: BulkQuery,
      body: BulkBody,
      response: {
        200: { anyOf: [BulkAnswerSchema, DryRunSchema] },
        201: BulkAnswerSchema,
        ...problems(400, 401, 403, 409, 413, 415, 422, 503),
      },
    },
    handler: async (request, reply) => {
      const received = receivedOf(request);
      const atomic = isAsked(request.query.atomic, true);
      if (isAsked(request.query.dry_run, false)) {
        const entries = await inRequest(db, request, (tx) => dryRun(tx, received), { snapshot: true });
        return await reply.send({ valid: true, entries });
      }
      const work = async (tx: TenantTx) => answerOf(await bulkEntries(tx, received, { atomic }));
      const answer = await settleBulk(request.tenant.id, () => onceInRequest(db, request, work));
      if (answer.replayed) reply.header('Idempotency-Replayed', 'true');
      return await reply.code(answer.status === 201 ? 201 : 200).send(answer.body as never);
    },
  });
}
