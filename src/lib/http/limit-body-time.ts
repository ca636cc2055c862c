// Gives every request a time within which its body must have come; what posts a stream is the one exception.
import type { FastifyInstance } from 'fastify';
import { answerSocket, bodyTooSlow } from './answer-socket.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body of such a route may take as long as it likes; the route itself looks for silence. */
    endlessBody?: true;
  }
}

/**
 * Cuts off requests whose bodies are not whole after so many milliseconds, with an answer that carries `headers`. Stands for
 * Node's own requestTimeout, which knows no exception; its headersTimeout remains.
 */
export function limitBodyTime(
  app: FastifyInstance,
  milliseconds: number,
  headers: Record<string, string> = {},
): void {
  app.addHook('preParsing', ({ raw, routeOptions }, _reply, _payload, done) => {
    const { 'content-length': length, 'transfer-encoding': coding } = raw.headers;
    // Without either there is no body (RFC 9112, 6.3). What comes by no socket, as in a test, is there already and has no `complete`.
    const isComing = (length !== undefined || coding !== undefined) && raw.complete === false;
    if (isComing && !routeOptions.config.endlessBody) {
      const timer = setTimeout(() => {
        if (raw.complete || raw.readableEnded) return;
        answerSocket(raw.socket, bodyTooSlow, headers);
      }, milliseconds);
      timer.unref();
      raw.once('close', () => clearTimeout(timer));
    }
    done();
  });
}
