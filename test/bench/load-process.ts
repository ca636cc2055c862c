// The process that makes the load, so that its work is not done on the thread of what is measured.
import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpConnection, openHttpConnection } from './http-connection.ts';
import { type RequestKind, randomFrom, requestMaker } from './requests.ts';

/**
 * `rate` is in requests a second, arriving by chance whether or not earlier ones are answered; null keeps every connection
 * busy instead. What is answered in the first `warmUp` seconds does not count.
 */
export type LoadJob = {
  port: number;
  request: RequestKind;
  tokens: string[];
  connections: number;
  warmUp: number;
  seconds: number;
  rate: number | null;
  seed: number;
};

/** `latencies` are sorted, in milliseconds, from the moment a request was due; `failures` counts by status. */
export type LoadResult = { perSecond: number; latencies: number[]; failures: Record<string, number> };

type Tally = { latencies: number[]; failures: Record<string, number>; countFrom: number; until: number };

async function sendOne(connection: HttpConnection, request: string, due: number, tally: Tally) {
  const status = await connection.send(request);
  const now = performance.now();
  if (now < tally.countFrom || now > tally.until) return;
  if (status === 200 || status === 201) tally.latencies.push(now - due);
  else tally.failures[status] = (tally.failures[status] ?? 0) + 1;
}

/** Every connection sends its next request as soon as the last one is answered. */
async function keepBusy(connections: HttpConnection[], next: () => string, tally: Tally): Promise<void> {
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < tally.until) await sendOne(connection, next(), performance.now(), tally);
    }),
  );
}

/** Requests arrive as a Poisson process; one that finds no connection free waits, and its waiting counts. */
async function arrive(
  connections: HttpConnection[],
  next: () => string,
  tally: Tally,
  gap: () => number,
): Promise<void> {
  const free = [...connections];
  const due: number[] = [];
  const underWay = new Set<Promise<void>>();
  const serve = () => {
    while (free.length > 0 && due.length > 0) {
      const connection = free.pop() as HttpConnection;
      const sent = sendOne(connection, next(), due.shift() ?? 0, tally).then(() => {
        underWay.delete(sent);
        free.push(connection);
        serve();
      });
      underWay.add(sent);
    }
  };
  for (let at = performance.now() + gap(); at < tally.until; at += gap()) {
    while (at > performance.now()) await sleep(Math.max(1, at - performance.now()));
    due.push(at);
    serve();
  }
  await Promise.all(underWay);
}

async function run(job: LoadJob): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => openHttpConnection(job.port)),
  );
  const random = randomFrom(job.seed);
  const next = requestMaker(job.request, job.tokens, random);
  const countFrom = performance.now() + job.warmUp * 1000;
  const tally: Tally = { latencies: [], failures: {}, countFrom, until: countFrom + job.seconds * 1000 };
  const { rate } = job;
  if (rate === null) await keepBusy(connections, next, tally);
  else await arrive(connections, next, tally, () => (-Math.log(1 - random()) * 1000) / rate);
  for (const connection of connections) connection.close();
  const { latencies, failures } = tally;
  return {
    perSecond: latencies.length / job.seconds,
    latencies: latencies.sort((a, b) => a - b),
    failures,
  };
}

process.once('message', async (job: LoadJob) => {
  const result = await run(job);
  process.send?.(result, () => process.disconnect?.());
});
