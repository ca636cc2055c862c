// The pages of one's own second factors. Whatever changes them asks for a fresh proof, so that a stolen session cannot.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { html } from '#lib/html';
import { statusOf } from '#lib/http/send-problem';
import { type Fault, Problem } from '#lib/problem';
import { sentText } from '../../pages/form-field.ts';
import type { PageServices } from '../../pages/handed-to-pages.ts';
import { isConfined, refuseConfined } from '../../pages/refuse-confined.ts';
import { enrolmentSecret } from '../authenticator-app.ts';
import { passkeyCreation, readNewPasskey } from '../enrol-passkey.ts';
import { factorsOf } from '../factors.ts';
import { addApp, addPasskey, removeFactor, replaceRecoveryCodes } from '../own-factors.ts';
import { relyingPartyOf } from '../relying-party.ts';
import { appSetUp } from './app-set-up.ts';
import { requestMember, requestOwner, sessionId } from './page-member.ts';
import { recoveryCodesView } from './recovery-codes-view.ts';
import { securityPage, securityStepPage } from './security-page.ts';

const home = '/account/security/';
const view = { config: { permission: 'signed-in' } };
const change = { config: { permission: 'signed-in', stepUp: true } } as const;

/** What has just been done, by the name that the address carries. */
const news: Readonly<Record<string, string>> = {
  app: 'The authenticator app is on.',
  passkey: 'The passkey is added.',
  removed: 'It is removed.',
};

async function showSecurity(
  { db, config, contextOf }: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
  refusal?: Problem,
): Promise<FastifyReply> {
  const factors = await factorsOf(db, requestMember(request).userId);
  const { id: rpId } = relyingPartyOf(request, config.baseDomain);
  const name = textParameter(request, 'done');
  const done = Object.hasOwn(news, name) && !refusal ? news[name] : undefined;
  const told = { ...(refusal && { fault: refusal.detail }), ...(done && { done }) };
  return await sendPage(
    reply,
    securityPage(contextOf(request), { factors, rpId, confined: isConfined(request), ...told }),
    refusal && statusOf(refusal),
  );
}

/** What a person can mend is told on the page where they were. */
const isTold = (error: unknown): error is Problem =>
  error instanceof Problem && ['invalid', 'conflict', 'malformed'].includes(error.kind);

/** Shows new codes where there are some, else goes back to the overview. */
async function showCodes(
  { contextOf }: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
  codes: string[] | null,
  done: string,
): Promise<FastifyReply> {
  const next = `${home}?done=${done}`;
  if (codes === null) return await reply.redirect(next, 303);
  const page = securityStepPage(contextOf(request), 'Your recovery codes', recoveryCodesView(codes, next));
  return await sendPage(reply, page);
}

function appRoutes(app: FastifyInstance, services: PageServices): void {
  const { db, keyRing, contextOf } = services;
  const show = async (request: FastifyRequest, reply: FastifyReply, faults: readonly Fault[] = []) => {
    const context = contextOf(request);
    const body = await appSetUp({
      secret: await enrolmentSecret(db, keyRing, {
        userId: requestOwner(request).userId,
        holder: sessionId(request),
      }),
      account: request.actor.email,
      action: `${home}app/`,
      fields: html`<input type="hidden" name="_csrf" value="${context.csrfToken}">`,
      faults,
    });
    const page = securityStepPage(context, 'Set up an authenticator app', body);
    return await sendPage(reply, page, faults.length > 0 ? 422 : 200);
  };

  app.get(`${home}app/`, change, (request, reply) => show(request, reply));

  app.post(`${home}app/`, change, async (request, reply) => {
    try {
      const sent = { holder: sessionId(request), code: sentText(request.body, 'code') };
      const codes = await addApp(services, requestOwner(request), sent);
      return await showCodes(services, request, reply, codes, 'app');
    } catch (error) {
      if (!isTold(error)) throw error;
      const fault = { pointer: '/code', code: error.code, detail: error.detail };
      return await show(request, reply, [fault]);
    }
  });
}

function passkeyRoutes(app: FastifyInstance, services: PageServices): void {
  const { db, config } = services;
  app.post(`${home}passkeys/options/`, change, async (request) => {
    refuseConfined(request);
    return await passkeyCreation(db, requestMember(request), relyingPartyOf(request, config.baseDomain));
  });

  app.post(`${home}passkeys/`, change, async (request, reply) => {
    const [answer, name] = [sentText(request.body, 'passkey'), sentText(request.body, 'name')];
    const party = relyingPartyOf(request, config.baseDomain);
    try {
      const owner = requestOwner(request);
      const passkey = await readNewPasskey(db, requestMember(request), party, answer);
      const codes = await addPasskey(db, owner, passkey, name);
      return await showCodes(services, request, reply, codes, 'passkey');
    } catch (error) {
      if (!isTold(error)) throw error;
      return await showSecurity(services, request, reply, error);
    }
  });
}

/** /account/security/ with the set-up of apps and passkeys, their removal, and recovery codes. */
export function securityRoutes(app: FastifyInstance, services: PageServices): void {
  const { db } = services;
  app.get(home, view, (request, reply) => showSecurity(services, request, reply));
  appRoutes(app, services);
  passkeyRoutes(app, services);

  app.post(`${home}remove/`, change, async (request, reply) => {
    try {
      await removeFactor(db, requestOwner(request), sentText(request.body, 'factor'));
      return await reply.redirect(`${home}?done=removed`, 303);
    } catch (error) {
      if (!isTold(error)) throw error;
      return await showSecurity(services, request, reply, error);
    }
  });

  app.post(`${home}recovery-codes/`, change, async (request, reply) => {
    try {
      const codes = await replaceRecoveryCodes(db, requestOwner(request));
      return await showCodes(services, request, reply, codes, 'codes');
    } catch (error) {
      if (!isTold(error)) throw error;
      return await showSecurity(services, request, reply, error);
    }
  });
}
