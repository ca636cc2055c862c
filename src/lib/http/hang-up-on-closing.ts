// Lets a server that stops turn away what comes, and end its connections as the last answers go out.
import type { FastifyInstance } from 'fastify';
import { Problem } from '#lib/problem';

const LOOK_EVERY_MS = 1000;

/**
 * From the moment of stopping, what was taken is worked off and what still comes is refused as unavailable. Node closes only
 * those connections that are idle at that moment; the others would stay open for their keep-alive time, over a minute, so that
 * every answer says that it is the last one. To be called before any hook that asks the database.
 */
export function hangUpOnClosing(app: FastifyInstance): void {
  let closing: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    closing = setInterval(() => app.server.closeIdleConnections(), LOOK_EVERY_MS);
  });
  app.addHook('onRequest', (_request, _reply, done) => {
    if (closing) done(new Problem('unavailable', 'request/server-stops', 'the server stops; send again'));
    else done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('Connection', 'close');
    done();
  });
  app.addHook('onClose', async () => clearInterval(closing));
}
