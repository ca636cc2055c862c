// The way from a forgotten password to a new one: a form, a mail, a form. Only a POST uses a link up.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { html } from '#lib/html';
import type { Fault } from '#lib/problem';
import { RESET_MINUTES, requestPasswordReset, resetOf, resetPassword } from '../password-reset.ts';
import { newSecretToken } from '../secret-token.ts';
import { policyOfPerson } from '../sign-in-policy.ts';
import { faultsAt, faultsOfForm, sentText } from './form-field.ts';
import type { PageServices } from './handed-to-pages.ts';
import { passwordHint } from './password-hint.ts';
import { askResetPage, choosePasswordPage, deadLinkPage, resetSentPage } from './password-reset-pages.ts';
import { pageOrigin, setDeviceCookie } from './sign-in-cookies.ts';

const open = { config: { permission: 'public' } };
const asking = { config: { permission: 'public', rateLimit: 'reset' as const } };
const proving = { config: { permission: 'public', rateLimit: 'sign-in' as const } };

/** GET and POST of /password-reset/ and /password-reset/confirm/. */
export function passwordResetRoutes(app: FastifyInstance, services: PageServices): void {
  const { db } = services;

  app.get('/password-reset/', open, (_request, reply) => sendPage(reply, askResetPage()));

  app.post('/password-reset/', asking, async (request, reply) => {
    const email = sentText(request.body, 'email').trim();
    await requestPasswordReset(services, { email, tenantId: request.claimed?.id ?? null });
    return await sendPage(reply, resetSentPage(email, RESET_MINUTES));
  });

  const showForm = async (reply: FastifyReply, token: string, faults: Fault[] = []) => {
    const person = await resetOf(db, token);
    if (!person || faultsAt(faults, 'token').length > 0) {
      const remedy = html`<a href="/password-reset/">Ask for another link</a>`;
      return await sendPage(reply, deadLinkPage('This link does not work', remedy), 422);
    }
    const hint = passwordHint(await policyOfPerson({ db: db.kysely }, person.id));
    const page = choosePasswordPage({ email: person.email, token, faults, hint });
    return await sendPage(reply, page, faults.length > 0 ? 422 : 200);
  };

  app.get('/password-reset/confirm/', open, (request, reply) =>
    showForm(reply, textParameter(request, 'token')),
  );

  app.post('/password-reset/confirm/', proving, async (request, reply) => {
    const [token, password] = [sentText(request.body, 'token'), sentText(request.body, 'password')];
    const from = pageOrigin(request);
    // The mailbox was theirs, so a stranger's failures shall not keep this browser out when it signs in next.
    const device = from.device ?? newSecretToken();
    const tenantId = request.claimed?.id ?? null;
    try {
      const input = { token, password, tenantId, requestId: request.id, from: { ...from, device } };
      await resetPassword(services, input);
    } catch (error) {
      return await showForm(reply, token, faultsOfForm(error));
    }
    setDeviceCookie(request, reply, device);
    return await reply.redirect('/sign-in/?done=password', 303);
  });
}
