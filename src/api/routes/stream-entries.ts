// A stream of entries, one a line, posted while it comes: any number of them in constant memory.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type BulkResult, lineBatches, type NumberedLine, type Received, streamBatch } from '#accounting';
import type { Db } from '#lib/db';
import { logProblem, problemOf } from '#lib/http/send-problem';
import { bodyCheck } from '#lib/http/validation';
import { Problem } from '#lib/problem';
import { KeyedEntryBody, StreamLineSchema } from './bulk-entries-schemas.ts';
import type { ApiServer, Services } from './context.ts';
import { problems } from './schemas.ts';

const MEDIA_TYPE = 'application/x-ndjson';
/** What is taken of a stream before it is posted: some thousand entries of two lines. */
const READ_AHEAD_BYTES = 262_144;
/** A sender that sends nothing, or a reader that reads nothing, for so long is gone. */
const SILENCE_MS = 120_000;
/** How long a sender may go on after the stream was ended early, so that it comes to read why. */
const LINGER_MS = 5_000;

const description = `One entry a line (${MEDIA_TYPE}), each as in the bulk POST, any number of them; a line has at most 1 MiB. The lines
that have arrived are posted together, in transactions of their own, and every line is answered by a line once its transaction is
durable: \`{"line":17,"status":"posted","id":"…","number":"…"}\`, \`duplicate\` likewise, or \`refused\` with all \`errors\`. A faulty line,
also one that is no JSON, does not stop the others. The last line is the \`summary\`.

**Read while you send.** Who does not read the answers is made to wait. When the stream ends early (\`complete\` is false, or the
connection broke), send it again: entries with a \`source_key\` that were posted are answered as duplicates.`;

const check = bodyCheck(KeyedEntryBody);
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function received({ bytes }: NumberedLine): Received {
  try {
    const body: unknown = JSON.parse(strictUtf8.decode(bytes));
    return { body, faults: check(body) };
  } catch {
    const detail = 'the line is no JSON object in UTF-8';
    return { body: undefined, faults: [{ pointer: '', code: 'request/malformed', detail }] };
  }
}

const line = (value: object) => `${JSON.stringify(value)}\n`;

const keys = { posted: 'posted', duplicate: 'duplicates', refused: 'refused' } as const;

/** The streams under way, which a shutdown has to end. */
class Streams {
  #stopping = false;
  readonly #sockets = new Set<Socket>();

  enter(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Throws once the server is stopping. */
  proceed(): void {
    if (this.#stopping)
      throw new Problem('unavailable', 'request/server-stops', 'the server stops; send again');
  }

  /** Lets each stream finish its batch; one that waits for its client is cut off in a moment. */
  stop(): void {
    this.#stopping = true;
    for (const socket of this.#sockets) socket.setTimeout?.(1000);
  }
}

/**
 * What the client sends, gathered while the last batch is posted, so that the next one is the larger for it. Who leaves it
 * early leaves the connection as it is, as the answer still goes there.
 */
function readAhead({ raw }: FastifyRequest): PassThrough {
  const ahead = new PassThrough({ highWaterMark: READ_AHEAD_BYTES });
  raw.pipe(ahead);
  raw.once('close', () => {
    if (!raw.readableEnded) ahead.destroy(new Error('the client has gone'));
  });
  return ahead;
}

/** The answer, made as fast as the client reads it: the next batch is posted when the results of the last are gone. */
async function* answerTo(
  db: Db,
  request: FastifyRequest,
  streams: Streams,
): AsyncGenerator<string, void, void> {
  const { tenant, actor } = request;
  const counts = { lines: 0, posted: 0, duplicates: 0, refused: 0 };
  const chunks: AsyncIterable<Buffer> = readAhead(request);
  let complete = true;
  try {
    for await (const batch of lineBatches(chunks)) {
      streams.proceed();
      const results: BulkResult[] = await streamBatch({ db, tenant, actor }, batch.map(received));
      counts.lines += results.length;
      for (const { status } of results) counts[keys[status]] += 1;
      yield results.map((result, index) => line({ line: batch[index]?.line, ...result })).join('');
    }
  } catch (error) {
    complete = false;
    if (request.raw.destroyed && !request.raw.complete) return;
    const problem = problemOf(error);
    logProblem(request, problem);
    yield line({ error: { code: problem.code, detail: problem.detail } });
  }
  yield line({ summary: { complete, ...counts } });
  if (!complete) await letRunOut(request);
}

/** Reads on and throws away, as a connection that is closed on a sender loses the answer on its way to it. */
async function letRunOut({ raw }: FastifyRequest): Promise<void> {
  if (raw.readableEnded || raw.destroyed) return;
  raw.unpipe();
  raw.resume();
  const over = new AbortController();
  await Promise.race([
    once(raw, 'end', { signal: over.signal }),
    once(raw, 'close', { signal: over.signal }),
    setTimeout(LINGER_MS, null, { signal: over.signal }),
  ]).catch(() => {});
  over.abort();
}

function refuseUnfit(request: FastifyRequest): void {
  if (request.headers['idempotency-key'] !== undefined) {
    const detail = 'a stream is repeated safely by the source_key of its entries, not by an Idempotency-Key';
    throw new Problem('malformed', 'request/idempotency-key', detail);
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new Problem('unsupported-type', 'request/content-encoding', 'a stream is sent uncompressed');
}

async function handle(db: Db, request: FastifyRequest, reply: FastifyReply, streams: Streams) {
  refuseUnfit(request);
  streams.proceed();
  const { socket } = request.raw;
  socket.setTimeout?.(SILENCE_MS);
  streams.enter(socket);
  const answer = Readable.from(answerTo(db, request, streams), { objectMode: false });
  return await reply.header('Connection', 'close').type(MEDIA_TYPE).send(answer);
}

/** POST /journal-entries/stream/. */
export function streamEntryRoutes(app: ApiServer, { db }: Services): void {
  app.register(async (scope) => {
    const streams = new Streams();
    scope.addHook('preClose', async () => streams.stop());
    scope.removeAllContentTypeParsers();
    // The handler reads the request itself.
    scope.addContentTypeParser(MEDIA_TYPE, (_request, _payload, done) => done(null, undefined));
    scope.post('/journal-entries/stream/', {
      config: { permission: 'accounting.journal_entry.post', endlessBody: true },
      validatorCompiler: () => () => true,
      schema: {
        tags: ['journal entries'],
        summary: 'Post any number of entries as a stream of lines',
        description,
        body: { content: { [MEDIA_TYPE]: { schema: KeyedEntryBody } } },
        response: {
          200: {
            description: 'One line for each line',
            content: { [MEDIA_TYPE]: { schema: StreamLineSchema } },
          },
          ...problems(400, 401, 403, 415, 503),
        },
      },
      handler: (request, reply) => handle(db, request, reply, streams),
    });
  });
}
