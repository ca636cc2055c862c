// Leads people who must prove once more who they are to the page where they do, and back.
import type { FastifyRequest } from 'fastify';
import { type Html, html } from '#lib/html';
import { safeNext } from '../../pages/safe-next.ts';

/**
 * The address of that page, and the status of the redirect to it. A form that a browser sent goes there with all that was keyed (307,
 * RFC 9110, 15.4.8), and is sent from there once the proof is given. Whatever else leads back to its page.
 */
export function confirmAddress(request: FastifyRequest): { address: string; status: 303 | 307 } {
  const back = request.method === 'GET' ? safeNext(request.url) : pageOfForm(request);
  const next = `next=${encodeURIComponent(back)}`;
  const isForm = /^application\/x-www-form-urlencoded/.test(request.headers['content-type'] ?? '');
  if (request.method !== 'POST' || !isForm) return { address: `/account/confirm/?${next}`, status: 303 };
  const to = `to=${encodeURIComponent(safeNext(request.url))}`;
  return { address: `/account/confirm/form/?${to}&${next}`, status: 307 };
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
