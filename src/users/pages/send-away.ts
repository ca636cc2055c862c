// Sends a browser from a form to another host: to a company's own, or to an identity provider.
import type { FastifyReply } from 'fastify';
import { barePage, sendPage } from '#dashboard';
import { html } from '#lib/html';

/** Where a browser goes, in words for those that do not go by themselves; `label` is on the button. */
type Away = { title: string; name: string; about: string; address: string; label: string };

/**
 * Answers with a page that leads to `address`, which is http or https. A redirect of a form to another host would break our own
 * form-action policy; a refresh is no form's redirect.
 */
export async function sendAway(
  reply: FastifyReply,
  { title, name, about, address, label }: Away,
): Promise<FastifyReply> {
  reply.header('refresh', `0; url=${address}`);
  const page = barePage(
    title,
    html`<h1>${name}</h1><p>${about}</p><p><a class="btn btn-primary" href="${address}">${label}</a></p>`,
  );
  return await sendPage(reply, page);
}

/** The same to a company's host. */
export function sendToCompany(reply: FastifyReply, name: string, address: string): Promise<FastifyReply> {
  const about = 'Your company has its own address.';
  return sendAway(reply, { title: 'To your company', name, about, address, label: `Go to ${address}` });
}
