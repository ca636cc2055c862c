// Asks a server that may die at any moment, and tells of each answer how much is known.
import { Agent, request } from 'node:http';
import type { Body } from '#test/company';

/**
 * What is known after a request: it was done (`ok`), it was not (`failure`), or nobody can tell (`ambiguous`: no answer, or one
 * that does not say what became of a commit). `status` is 0 without an answer; `ms` is how long it took.
 */
export type Outcome = {
  kind: 'ok' | 'failure' | 'ambiguous';
  status: number;
  body: Body;
  headers: Record<string, string | string[] | undefined>;
  reason: string;
  ms: number;
};

export type Asker = {
  /** Requests that are sent and not answered. */
  readonly underWay: number;
  /** After `close()` a load ends, also that of a trial that has failed. */
  readonly isClosed: boolean;
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Outcome>;
  /** Posts JSON to a path below /api/v1 under a key. */
  post(path: string, body: unknown, key?: string): Promise<Outcome>;
  close(): void;
};

type Answer = Pick<Outcome, 'status' | 'headers'> & { text: string };

/** Longer than any request may take, so that one that hangs is seen as such. */
const GIVE_UP_MS = 20_000;

function kindOf(status: number, code: string): Outcome['kind'] {
  if (status >= 200 && status < 300) return 'ok';
  const isDefinite = status < 500 || code === 'accounting/queue-full' || code === 'request/server-stops';
  return isDefinite ? 'failure' : 'ambiguous';
}

function outcomeOf({ status, headers, text }: Answer): Omit<Outcome, 'ms'> {
  const isJson = /json/.test(String(headers['content-type']));
  const body = (isJson ? JSON.parse(text) : {}) as Body;
  return { kind: kindOf(status, body.code), status, headers, body, reason: body.code ?? '' };
}

function noAnswer(error: Error & { code?: string }): Omit<Outcome, 'ms'> {
  // Where no connection came about, nothing was asked.
  const kind = error.code === 'ECONNREFUSED' ? 'failure' : 'ambiguous';
  return { kind, status: 0, headers: {}, body: {} as Body, reason: error.code ?? error.message };
}

type Sent = { method: string; path: string; payload: string | undefined; headers: Record<string, string> };

/** Resolves with the whole answer. Throws when the connection breaks, or after a time that no request may take. */
function send(agent: Agent, port: number, { payload, ...what }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, agent, ...what }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      answer.once('error', reject);
    });
    sent.setTimeout(GIVE_UP_MS, () => sent.destroy(new Error(`no answer in ${GIVE_UP_MS} ms`)));
    sent.once('error', reject);
    sent.end(payload);
  });
}

/** Talks to the loopback address at a port that may change, as a member with this access token, over kept connections. */
export function openAsker(port: () => number, access: () => string): Asker {
  const agent = new Agent({ keepAlive: true });
  let underWay = 0;
  let isClosed = false;
  const ask: Asker['ask'] = async (method, path, body, headers = {}) => {
    const started = performance.now();
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const about: Record<string, string> =
      payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) };
    underWay += 1;
    try {
      const all = { authorization: `Bearer ${access()}`, ...about, ...headers };
      const sent = { method, path, payload, headers: all };
      const outcome = await send(agent, port(), sent).then(outcomeOf, noAnswer);
      return { ...outcome, ms: performance.now() - started };
    } finally {
      underWay -= 1;
    }
  };
  return {
    get underWay() {
      return underWay;
    },
    get isClosed() {
      return isClosed;
    },
    ask,
    post: (path, body, key) =>
      ask('POST', `/api/v1${path}`, body, key === undefined ? {} : { 'idempotency-key': key }),
    close: () => {
      isClosed = true;
      agent.destroy();
    },
  };
}
