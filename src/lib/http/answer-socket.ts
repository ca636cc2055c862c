// Answers what is no request that the server could take up: by hand, on the bare socket, and yet as a problem document.
import { randomUUIDv7 } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ProblemDocument } from './send-problem.ts';

type Refusal = { status: number; reason: string; code: string; detail: string };

/** A body that is not whole in time. */
export const bodyTooSlow: Refusal = {
  status: 408,
  reason: 'Request Timeout',
  code: 'request/too-slow',
  detail: 'the body of the request did not arrive in time',
};

const headTooSlow: Refusal = {
  ...bodyTooSlow,
  detail: 'the headers of the request did not arrive in time',
};

const headTooLarge: Refusal = {
  status: 431,
  reason: 'Request Header Fields Too Large',
  code: 'request/headers-too-large',
  detail: 'the address and the headers of a request have at most 16 KiB together',
};

const unreadable: Refusal = {
  status: 400,
  reason: 'Bad Request',
  code: 'request/malformed',
  detail: 'this is no request of HTTP/1.1',
};

function refusalOf(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return headTooLarge;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? headTooSlow : unreadable;
}

/** Writes an application/problem+json answer to a socket, whatever was to come on it, and hangs up. */
export function answerSocket(
  socket: Socket,
  { status, reason, code, detail }: Refusal,
  headers: Record<string, string>,
): void {
  const problem: ProblemDocument = {
    type: `urn:himalytix:problem:${code}`,
    title: reason,
    status,
    code,
    detail,
    instance: `urn:uuid:${randomUUIDv7()}`,
    errors: [],
  };
  const body = JSON.stringify(problem);
  const all = {
    ...headers,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${body}`);
  socket.destroySoon();
}

/** What Node's parser refuses: broken and smuggled requests, and heads too large or too slow. For Fastify's clientErrorHandler. */
export function answerClientError(headers: Record<string, string>) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy(error);
    else answerSocket(socket, refusalOf(error.code), headers);
  };
}
