// The pages of one's own account. Each is everybody's who is signed in, and shows and changes nothing but one's own.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pageParameter, sendPage, textParameter } from '#dashboard';
import { pageNumber } from '#lib/lists/part';
import { type Fault, notFound, Problem } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import { changeUser } from '../../change-user.ts';
import { endOwnSession, endSignIns, ownSessions } from '../../own-sessions.ts';
import { changeOwnPassword, hasPassword } from '../../set-own-password.ts';
import { signInHistory } from '../../sign-in-events.ts';
import { policyOfPerson } from '../../sign-in-policy.ts';
import { faultsOfForm, sentText } from '../form-field.ts';
import type { PageServices } from '../handed-to-pages.ts';
import { passwordHint } from '../password-hint.ts';
import { isConfined, refuseConfined } from '../refuse-confined.ts';
import { passwordByMailPage, passwordPage } from './password-page.ts';
import { profilePage } from './profile-page.ts';
import { sessionsPage } from './sessions-page.ts';
import { SIGN_INS_A_PAGE, signInsPage } from './sign-ins-page.ts';

const signedIn = { config: { permission: 'signed-in' } };
/** Whoever has got hold of a session shall not end its owner's others. */
const proved = { config: { permission: 'signed-in', stepUp: true } } as const;

/** The company whose sessions and sign-ins a request may see and end; null for those of all companies. */
const scopeOf = (request: FastifyRequest) => (isConfined(request) ? request.tenant.id : null);

/** The person who asks. A page session is always a person's. */
function person({ actor }: FastifyRequest) {
  if (actor.userId === null) throw notFound('user');
  return { ...actor, userId: actor.userId };
}

function profileRoutes(app: FastifyInstance, { db, contextOf }: PageServices): void {
  app.get('/account/', signedIn, (request, reply) => {
    const view = { name: request.actor.name, confined: isConfined(request) };
    return sendPage(reply, profilePage(contextOf(request), view));
  });

  app.post('/account/', signedIn, async (request, reply) => {
    refuseConfined(request);
    const name = sentText(request.body, 'name');
    try {
      await inDirectory(db, (tx) => changeUser(tx, request.actor.email, { name }), request.actor);
    } catch (error) {
      const view = { name, faults: faultsOfForm(error), confined: false };
      return await sendPage(reply, profilePage(contextOf(request), view), 422);
    }
    return await reply.redirect('/account/', 303);
  });
}

function passwordRoutes(app: FastifyInstance, services: PageServices): void {
  const { db, contextOf } = services;
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    view: { faults?: Fault[]; fault?: string; done?: boolean } = {},
    status = 200,
  ) => {
    const hint = passwordHint(await policyOfPerson({ db: db.kysely }, person(request).userId));
    return await sendPage(reply, passwordPage(contextOf(request), { hint, ...view }), status);
  };

  app.get('/account/password/', signedIn, async (request, reply) => {
    const known = await hasPassword(db, person(request).userId);
    if (!known || isConfined(request))
      return await sendPage(reply, passwordByMailPage(contextOf(request), { hasPassword: known }));
    return await show(request, reply, { done: textParameter(request, 'done') === '1' });
  });

  app.post('/account/password/', signedIn, async (request, reply) => {
    refuseConfined(request);
    const [current, password] = [
      sentText(request.body, 'current_password'),
      sentText(request.body, 'password'),
    ];
    const session = request.identity?.session?.id ?? null;
    try {
      const change = { current, password, slug: request.tenant.slug, session };
      await changeOwnPassword(services, person(request), change);
    } catch (error) {
      if (error instanceof Problem && error.kind === 'too-many')
        return await show(request, reply, { fault: error.detail }, 429);
      return await show(request, reply, { faults: faultsOfForm(error) }, 422);
    }
    return await reply.redirect('/account/password/?done=1', 303);
  });
}

function sessionRoutes(app: FastifyInstance, { db, contextOf }: PageServices): void {
  const currentOf = (request: FastifyRequest) => request.identity?.session?.id ?? null;

  app.get('/account/sessions/', signedIn, async (request, reply) => {
    const sessions = await ownSessions(db, person(request).userId, scopeOf(request));
    return await sendPage(reply, sessionsPage(contextOf(request), { sessions, current: currentOf(request) }));
  });

  app.post('/account/sessions/end/', proved, async (request, reply) => {
    const id = sentText(request.body, 'id');
    await endOwnSession(db, person(request).userId, id, scopeOf(request));
    return await reply.redirect('/account/sessions/', 303);
  });

  app.post('/account/sessions/others/', proved, async (request, reply) => {
    const which = { except: currentOf(request), tenantId: scopeOf(request) };
    await inDirectory(db, (tx) => endSignIns(tx, person(request).userId, which));
    return await reply.redirect('/account/sessions/', 303);
  });
}

/** GET and POST under /account/. */
export function accountRoutes(app: FastifyInstance, services: PageServices): void {
  profileRoutes(app, services);
  passwordRoutes(app, services);
  sessionRoutes(app, services);

  app.get('/account/sign-ins/', signedIn, async (request, reply) => {
    const page = pageParameter(request);
    const tenantId = scopeOf(request);
    const whose = { userId: person(request).userId, tenantId };
    const asked = pageNumber(page, SIGN_INS_A_PAGE);
    const { results, count } = await signInHistory(services.db, whose, asked);
    const view = { page, results, count: count ?? 0, confined: tenantId !== null };
    return await sendPage(reply, signInsPage(services.contextOf(request), view));
  });
}
