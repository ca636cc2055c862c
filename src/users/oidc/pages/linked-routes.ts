// The pages on which a person links their accounts at providers, and unlinks them.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { ownCookie } from '#lib/http/own-cookie';
import { logProblem, statusOf } from '#lib/http/send-problem';
import { Problem } from '#lib/problem';
import { inDirectory, inDirectoryOf } from '#lib/tenant-tx';
import { pageContextOf } from '../../pages/page-context-of.ts';
import { sessionCookie } from '../../sessions.ts';
import { linkedProviders, unlinkIdentity } from '../identity.ts';
import type { ProviderServices } from '../provider-sign-in.ts';
import { linkedPage } from './linked-page.ts';
import { sendToProvider } from './sign-in-routes.ts';

const mine = { config: { permission: 'signed-in' } };
const place = '/account/linked/';

const slugOf = (request: FastifyRequest) => (request.params as { provider: string }).provider;

const memberOf = ({ actor, tenant }: FastifyRequest) => ({ userId: actor.userId ?? '', tenantId: tenant.id });

/** GET /account/linked/, POST /account/linked/:provider/ and its removal. */
export function linkedRoutes(app: FastifyInstance, services: ProviderServices): void {
  const { db } = services;

  const show = async (request: FastifyRequest, reply: FastifyReply, refused?: Problem) => {
    const providers = await inDirectoryOf(db, request.tenant, (tx) => linkedProviders(tx, memberOf(request)));
    const [done, vain] = [textParameter(request, 'done'), textParameter(request, 'refused')];
    const view = { providers, done, refused: vain, ...(refused && { fault: refused.detail }) };
    return await sendPage(reply, linkedPage(pageContextOf(request), view), refused ? statusOf(refused) : 200);
  };

  const telling = async (request: FastifyRequest, reply: FastifyReply, work: () => Promise<FastifyReply>) => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || !['conflict', 'unavailable'].includes(error.kind)) throw error;
      logProblem(request, error);
      return await show(request, reply, error);
    }
  };

  app.get(place, mine, (request, reply) => show(request, reply));

  app.post(`${place}:provider/`, mine, (request, reply) =>
    telling(request, reply, () =>
      sendToProvider(services, request, reply, {
        slug: slugOf(request),
        nextPath: `${place}?done=linked`,
        session: ownCookie(request, sessionCookie) ?? '',
      }),
    ),
  );

  app.post(`${place}:provider/removal/`, mine, (request, reply) =>
    telling(request, reply, async () => {
      await inDirectory(db, (tx) => unlinkIdentity(tx, memberOf(request), slugOf(request)), request.actor);
      return await reply.redirect(`${place}?done=unlinked`, 303);
    }),
  );
}
