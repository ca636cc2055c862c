// How pages are answered: whole or as the part that htmx asked for, never kept by a cache, and problems as pages too.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from '#lib/html';
import { type ErrorView, errorPage } from './error-page.ts';
import type { PageContext } from './page-context.ts';
import { notice } from './page-shell.ts';

/** What a room's page routes are given by app.ts beside the database: who reads the page. */
export type ContextOf = (request: FastifyRequest) => PageContext;

/** Whether htmx wants only the part that it will swap; restoring history needs the whole page again. */
export function wantsPart({ headers }: FastifyRequest): boolean {
  return headers['hx-request'] === 'true' && headers['hx-history-restore-request'] !== 'true';
}

/** Sends a page or a part of one. A company's figures must not lie in a shared machine's cache after signing out. */
export async function sendPage(reply: FastifyReply, page: Html, status = 200): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store').header('vary', 'HX-Request');
  return await reply.code(status).type('text/html; charset=utf-8').send(String(page));
}

/**
 * Sends an error as a whole page or, to htmx, as a notice above the content, so that what was being keyed stays.
 * `context` is null while the reader is unknown.
 */
export async function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  error: ErrorView,
  context: PageContext | null,
): Promise<FastifyReply> {
  if (!wantsPart(request)) return await sendPage(reply, errorPage(error, context), error.status);
  reply.header('hx-retarget', '#messages').header('hx-reswap', 'innerHTML').header('hx-push-url', 'false');
  const words = html`${error.title}: ${error.detail}. ${error.remedy ?? (error.status === 401 && signInElsewhere())}`;
  return await sendPage(reply, notice('danger', words), error.status);
}

// What was keyed stays in this page, so signing in must not replace it.
function signInElsewhere(): Html {
  return html`<a href="/sign-in/" target="_blank">Sign in in another tab</a>, then send this again.`;
}

/** A text parameter of the address, trimmed; '' when it is missing or given twice. */
export function textParameter(request: FastifyRequest, name: string): string {
  const value = (request.query as Record<string, unknown>)[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** The parameter `page` of a list's address, counting from 1; whatever is no page is the first. */
export function pageParameter(request: FastifyRequest): number {
  const number = Number.parseInt(textParameter(request, 'page'), 10) || 1;
  return Math.max(1, Math.min(1_000_000, number));
}
