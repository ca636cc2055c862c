// Leads people who must prove once more who they are to the page where they do, and back.
import type { FastifyRequest } from 'fastify';
import { type Html, html } from '#lib/html';
import { safeNext } from '../../pages/safe-next.ts';

/** The address of that page; it leads back to the page that was asked for, or to the one with the form that was sent. */
export function confirmAddress(request: FastifyRequest): string {
  const back = request.method === 'GET' ? safeNext(request.url) : pageOfForm(request);
  return `/account/confirm/?next=${encodeURIComponent(back)}`;
}

function pageOfForm({ headers: { referer = '' } }: FastifyRequest): string {
  if (!URL.canParse(referer)) return '/';
  const { pathname, search } = new URL(referer);
  return safeNext(pathname + search);
}

/** The way there for a page that must stay as it is, as something was keyed into it. */
export function confirmElsewhere(): Html {
  return html`<a href="/account/confirm/" target="_blank">Confirm that it is you in another tab</a>, then send this again.`;
}
