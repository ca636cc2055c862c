// Holds every answer of the API to its own document: what is loaded with the test company checks all that tests are answered.
import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance, FastifyReply } from 'fastify';
import {
  checkOf,
  closed,
  type Document,
  follow,
  operationsOf,
  pathOfRoute,
  type Response,
} from './document.ts';

/** More of an answer is not kept; so long are only streams, which are checked line by line. */
const MOST_BYTES = 8 * 1_048_576;

type Seen = { status: number; header: (name: string) => string | undefined; body: string; cut: boolean };

/** What one server's answers are held to, and what was found. */
export class Contract {
  /** What was not as the document says. */
  readonly breaches = new Set<string>();
  /** What was answered as the document says, each as "201 POST /api/v1/accounts/". */
  readonly kept = new Set<string>();
  readonly #document: Document;
  readonly #operations: ReturnType<typeof operationsOf>;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #checks = new Map<string, (value: unknown) => string[]>();

  constructor(document: Document) {
    this.#document = document;
    this.#operations = operationsOf(document);
    addFormats.default(this.#ajv);
    this.#ajv.addFormat('decimal', /^-?\d{1,20}(\.\d{1,10})?$/);
    this.#ajv.addSchema({ ...(closed(document) as object), $id: 'document' });
  }

  get document(): Document {
    return this.#document;
  }

  /** Checks one answer of a route. */
  check(method: string, route: string, seen: Seen): void {
    const name = `${method} ${pathOfRoute(route)}`;
    const found = this.#found(name, seen);
    for (const fault of found) this.breaches.add(`${seen.status} ${name}: ${fault}`);
    if (found.length === 0) this.kept.add(`${seen.status} ${name}`);
  }

  #found(name: string, seen: Seen): string[] {
    const operation = this.#operations.get(name);
    if (!operation) return ['is not told of'];
    try {
      return this.#faults(name, operation.responses[seen.status], seen);
    } catch (error) {
      return [`could not be checked: ${String(error)}`];
    }
  }

  #faults(name: string, told: Response | undefined, seen: Seen): string[] {
    if (!told) return ['the status is not told of'];
    const response = follow(this.#document, told);
    const headers = Object.entries(response.headers ?? {}).flatMap(([header, reference]) => {
      const { schema, required } = follow(this.#document, reference);
      const value = seen.header(header);
      if (value === undefined) return required ? [`the header ${header} is missing`] : [];
      return this.#valueFaults(`header ${header}`, schema ?? {}, value);
    });
    return [...headers, ...this.#bodyFaults(`${seen.status} ${name}`, response, seen)];
  }

  #bodyFaults(name: string, { content }: Response, { header, body, cut }: Seen): string[] {
    const type = header('Content-Type')?.split(';')[0];
    if (cut) return [];
    if (body === '') {
      const minimal = header('Preference-Applied')?.includes('return=minimal');
      return content && !minimal ? ['the body is missing'] : [];
    }
    const media = type === undefined ? undefined : content?.[type];
    if (!media) return [`the content type ${type} is not told of`];
    if (!/json/.test(type ?? '')) return [];
    const values = type === 'application/x-ndjson' ? body.split('\n').filter((line) => line !== '') : [body];
    return values.flatMap((text) =>
      this.#valueFaults(`${name} ${type}`, media.schema ?? {}, JSON.parse(text)),
    );
  }

  #valueFaults(what: string, schema: object, value: unknown): string[] {
    let check = this.#checks.get(what);
    if (!check) {
      check = checkOf(this.#ajv, schema);
      this.#checks.set(what, check);
    }
    return check(value).map((fault) => `${what} ${fault}`);
  }
}

const contracts = new WeakMap<FastifyInstance, Promise<Contract>>();

async function readContract(app: FastifyInstance): Promise<Contract> {
  const answer = await app.inject({ url: '/api/schema/' });
  assert.equal(answer.statusCode, 200, answer.body);
  return new Contract(answer.json<Document>());
}

/** The contract of a server. */
export function contractOf(app: FastifyInstance): Promise<Contract> {
  const known = contracts.get(app) ?? readContract(app);
  contracts.set(app, known);
  return known;
}

/** Throws what the answers of a server broke. */
export async function assertContractKept(app: FastifyInstance): Promise<void> {
  const contract = await contracts.get(app);
  assert.deepEqual([...(contract?.breaches ?? [])], [], 'answers are not as /api/schema/ says');
}

/** Keeps what goes over the wire, and has it checked when the last of it goes. */
function listen(raw: FastifyReply['raw'], check: (seen: Seen) => void): void {
  let chunks: Buffer[] = [];
  let length = 0;
  let ended = false;
  const keep = (chunk: unknown) => {
    if (ended || (typeof chunk !== 'string' && !(chunk instanceof Uint8Array))) return;
    length += chunk.length;
    if (length > MOST_BYTES) chunks = [];
    else chunks.push(Buffer.from(chunk as string));
  };
  const { write, end } = raw;
  raw.write = function (this: typeof raw, ...args: unknown[]) {
    keep(args[0]);
    return write.apply(this, args as never);
  } as typeof write;
  raw.end = function (this: typeof raw, ...args: unknown[]) {
    keep(args[0]);
    // What is left may be written by way of `write`.
    ended = true;
    const header = (name: string) => raw.getHeader(name)?.toString();
    // Who has gone gets no more of it.
    const cut = length > MOST_BYTES || raw.destroyed || raw.socket?.destroyed === true;
    const answered = end.apply(this, args as never);
    check({ status: raw.statusCode, header, body: Buffer.concat(chunks).toString(), cut });
    return answered;
  } as typeof end;
}

const isOfVersion = (route: string | undefined): route is string =>
  route !== undefined && /^\/api\/v\d+\//.test(route) && !route.endsWith('/schema/');

subscribe('fastify.initialization', (message) => {
  const { fastify: app } = message as { fastify: FastifyInstance };
  app.addHook('onRequest', async (request, { raw }) => {
    const { method, routeOptions } = request;
    const { url: route } = routeOptions;
    if (!isOfVersion(route) || method === 'HEAD') return;
    const contract = await contractOf(app);
    listen(raw, (seen) => contract.check(method, route, seen));
  });
});
