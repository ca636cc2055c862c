// Where one is signed in, by page and by program, with a way to end each.
import { type PageContext, timeLabel } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { OwnSession } from '../../own-sessions.ts';
import { accountPage } from './account-frame.ts';
import { agentLabel } from './origin-label.ts';

/** `current` is the session of whoever looks. */
export type SessionsView = { sessions: readonly OwnSession[]; current: string | null };

/** The whole page. */
export function sessionsPage(context: PageContext, { sessions, current }: SessionsView): Html {
  const { csrfToken } = context;
  const endAll = html`<form class="hx-list-end" method="post" action="/account/sessions/others/"><input type="hidden" name="_csrf" value="${csrfToken}"><button class="btn">End all other sessions</button></form>`;
  return accountPage(
    context,
    html`<ul class="hx-list" aria-label="Sessions">${sessions.map((session) => sessionLine(context, session, session.id === current))}</ul>
${sessions.length > 1 && endAll}`,
  );
}

function sessionLine({ csrfToken, tenant }: PageContext, session: OwnSession, isCurrent: boolean): Html {
  const { id, door, company, usedAt, createdAt, ip, userAgent } = session;
  const label = agentLabel(userAgent);
  const end = html`<form method="post" action="/account/sessions/end/"><input type="hidden" name="_csrf" value="${csrfToken}"><button class="btn" name="id" value="${id}">End<span class="visually-hidden"> ${label} in ${company}</span></button></form>`;
  const time = (instant: string) => timeLabel(instant, tenant.timeZone);
  return html`<li><div><strong>${label}</strong>${door === 'api' && html`<span class="hx-tag">program</span>`}${isCurrent && html`<span class="hx-tag hx-tag-good">This session</span>`}
<p>${company} · ${ip ?? 'unknown address'} · last used ${time(usedAt)} · since ${time(createdAt)}</p></div>${!isCurrent && end}</li>\n`;
}
