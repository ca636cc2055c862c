// The requests that the load consists of, made from a seed as text that goes onto the wire as it is.
import { randomUUID } from 'node:crypto';

/**
 * `post` sends single entries with an Idempotency-Key, `bulk` so many entries of so many lines in one request with one; `get` reads
 * `path`. Each request is for one of `tokens`, by chance.
 */
export type RequestKind =
  | { kind: 'post' }
  | { kind: 'bulk'; entries: number; lines: number }
  | { kind: 'get'; path: string };

/** Numbers from 0 to 1 by mulberry32: the same seed, the same numbers. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The day on which all entries of the load lie. */
export const loadDay = '2024-03-15';

const amountOf = (random: () => number) => ((1 + Math.floor(random() * 99_999)) / 100).toFixed(2);

/** Accounts of the general chart that take lines of any kind. */
const accounts = ['1010', '1020', '4010', '5010'];

/** Entries of `lines` lines, which balance two by two, over the days of a year. */
function bulkBody(entries: number, lines: number, random: () => number): string {
  const bodies = Array.from({ length: entries }, () => {
    const day = new Date(Date.UTC(2024, 0, 1 + Math.floor(random() * 366))).toISOString().slice(0, 10);
    const pairs = Array.from({ length: lines / 2 }, () => {
      const amount = amountOf(random);
      const [debit, credit] = [0, 1].map(() => accounts[Math.floor(random() * accounts.length)]);
      return `{"account":"${debit}","debit":"${amount}"},{"account":"${credit}","credit":"${amount}"}`;
    });
    return `{"entry_date":"${day}","memo":"Shop order","lines":[${pairs.join()}]}`;
  });
  return `{"entries":[${bodies.join()}]}`;
}

/** Makes the next request each time it is called. */
export function requestMaker(
  kind: RequestKind,
  tokens: readonly string[],
  random: () => number,
): () => string {
  const heads = (tokens.length > 0 ? tokens : [null]).map((token) => {
    const line =
      kind.kind === 'get'
        ? `GET ${kind.path}`
        : `POST /api/v1/journal-entries/${kind.kind === 'bulk' ? 'bulk/' : ''}`;
    const authorization = token === null ? '' : `Authorization: Bearer ${token}\r\n`;
    return `${line} HTTP/1.1\r\nHost: localhost\r\n${authorization}`;
  });
  return () => {
    const head = heads[Math.floor(random() * heads.length)] ?? '';
    if (kind.kind === 'get') return `${head}\r\n`;
    const text = amountOf(random);
    const body =
      kind.kind === 'bulk'
        ? bulkBody(kind.entries, kind.lines, random)
        : `{"entry_date":"${loadDay}","memo":"Cash sale","lines":[{"account":"1010","debit":"${text}"},{"account":"4010","credit":"${text}"}]}`;
    return `${head}Content-Type: application/json\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
}
