// The requests that the load consists of, made from a seed as text that goes onto the wire as it is.
import { randomUUID } from 'node:crypto';

/** `post` sends single entries with an Idempotency-Key; `get` reads `path`. Each request is for one of `tokens`, by chance. */
export type RequestKind = { kind: 'post' } | { kind: 'get'; path: string };

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

/** Makes the next request each time it is called. */
export function requestMaker(
  kind: RequestKind,
  tokens: readonly string[],
  random: () => number,
): () => string {
  const heads = (tokens.length > 0 ? tokens : [null]).map((token) => {
    const line = kind.kind === 'get' ? `GET ${kind.path}` : 'POST /api/v1/journal-entries/';
    const authorization = token === null ? '' : `Authorization: Bearer ${token}\r\n`;
    return `${line} HTTP/1.1\r\nHost: localhost\r\n${authorization}`;
  });
  return () => {
    const head = heads[Math.floor(random() * heads.length)] ?? '';
    if (kind.kind === 'get') return `${head}\r\n`;
    const amount = (1 + Math.floor(random() * 99_999)) / 100;
    const text = amount.toFixed(2);
    const body = `{"entry_date":"${loadDay}","memo":"Cash sale","lines":[{"account":"1010","debit":"${text}"},{"account":"4010","credit":"${text}"}]}`;
    return `${head}Content-Type: application/json\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
}
