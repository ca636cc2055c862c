// The first page after signing in: the rooms' panels, in the order in which app.ts gives them.
import { type Html, html } from '#lib/html';
import { dateLabel } from './date-label.ts';
import type { PageContext } from './page-context.ts';
import { pageShell } from './page-shell.ts';
import type { Panel } from './panel.ts';

export type RenderedPanel = Pick<Panel, 'id' | 'title' | 'size'> & { content: Html };

/** The dashboard from panels already rendered; `today` is the company's date (ISO). */
export function dashboardPage(context: PageContext, panels: readonly RenderedPanel[], today: string): Html {
  const nothing = html`<p class="hx-empty">Your role has no figures to look at here yet.</p>`;
  const body = html`<div class="hx-panels">${panels.map(panelCard)}</div>${panels.length === 0 && nothing}`;
  return pageShell(context, {
    title: 'Dashboard',
    subtitle: dateLabel(today, context.tenant.calendar),
    body,
    styles: ['dashboard.css'],
  });
}

function panelCard({ id, title, size, content }: RenderedPanel): Html {
  return html`<section class="hx-panel hx-panel-${size}" aria-labelledby="panel-${id}">
<h2 id="panel-${id}">${title}</h2>
${content}
</section>`;
}
