// The frame around every page of a company: head, navigation, title row, help and messages.
import { assetUrl } from '#lib/assets';
import { type Html, html } from '#lib/html';
import { asSentence } from './as-sentence.ts';
import { bikramSambatTable } from './bikram-sambat-table.ts';
import { icon, mark } from './icon.ts';
import { mobileNavigation, sidebar } from './navigation-view.ts';
import type { PageContext } from './page-context.ts';
import { productName } from './settings.ts';
import { shortcutsDialog } from './shortcuts-dialog.ts';

/**
 * One page. `actions` stand right of the title; `styles` and `scripts` are asset names that only this page needs;
 * scripts are loaded as modules. `dates` says that days are keyed here, which then show their Bikram Sambat day.
 */
export type Page = {
  title: string;
  subtitle?: Html | string;
  actions?: Html;
  body: Html;
  styles?: readonly string[];
  scripts?: readonly string[];
  dates?: boolean;
};

/** The whole document of a company's page. */
export function pageShell(context: PageContext, page: Page): Html {
  const { tenant } = context;
  const nepali = page.dates === true && tenant.calendar === 'bikram_sambat';
  return html`<!doctype html>
<html lang="en">
<head>
${pageHead(`${page.title} · ${tenant.name}`, page.styles)}
<meta name="csrf-token" content="${context.csrfToken}">
<meta name="htmx-config" content='{"includeIndicatorCSS":false,"defaultSettleDelay":0}'>
<script defer src="${assetUrl('htmx.js')}"></script>
${nepali && bikramSambatTable()}${['app.js', ...(nepali ? ['bikram-sambat.js'] : []), ...(page.scripts ?? [])].map((name) => html`<script type="module" src="${assetUrl(name)}"></script>\n`)}</head>
<body class="hx-app" data-company="${tenant.slug}">
<a class="hx-skip" href="#main">Skip to the content</a>
${sidebar(context)}
${mobileNavigation(context)}
<main id="main" class="hx-main" tabindex="-1">
<header class="hx-title">
<div><p class="hx-print-only">${tenant.name}</p><h1>${page.title}</h1>${subtitle(page.subtitle)}${limit(context)}</div>
${page.actions && html`<div class="hx-actions">${page.actions}</div>`}
</header>
<div id="messages" class="hx-messages" role="status" aria-live="polite"></div>
${page.body}
</main>
${shortcutsDialog()}
</body>
</html>`;
}

/** A document without a company's frame, for signing in and for refusals before the company is known. */
export function barePage(title: string, body: Html, styles: readonly string[] = []): Html {
  return html`<!doctype html>
<html lang="en">
<head>
${pageHead(title, styles)}
</head>
<body class="hx-bare">
${ridge()}
<main class="hx-bare-main">
<p class="hx-bare-brand">${mark()}<span>${productName}</span></p>
${body}
</main>
</body>
</html>`;
}

/** A line of good or bad news above the content; a status of `danger` is announced at once. */
export function notice(kind: 'success' | 'danger', content: Html | string): Html {
  const sign = icon(kind === 'success' ? 'check' : 'warning');
  return html`<div class="hx-notice hx-notice-${kind}" ${kind === 'danger' && html`role="alert"`}>${sign}<div>${typeof content === 'string' ? asSentence(content) : content}</div></div>`;
}

function pageHead(title: string, styles: readonly string[] = []): Html {
  const sheets = [
    'tabler.css',
    'app.css',
    'page.css',
    'sidebar.css',
    'frame.css',
    'ledger.css',
    'ledger-media.css',
    'combobox.css',
    ...styles,
  ];
  return html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${productName}</title>
<link rel="icon" type="image/svg+xml" href="${assetUrl('favicon.svg')}">
${sheets.map((name) => html`<link rel="stylesheet" href="${assetUrl(name)}">\n`)}<script src="${assetUrl('theme.js')}"></script>`;
}

function subtitle(content: Html | string | undefined): Html | undefined {
  return content === undefined ? undefined : html`<p class="hx-subtitle">${content}</p>`;
}

// Whoever sees some branches only is told so wherever there is a figure.
function limit({ actor: { branches } }: PageContext): Html | undefined {
  if (!branches) return undefined;
  const [only] = branches;
  return html`<p class="hx-subtitle">${branches.length === 1 ? `Branch ${only} only` : `Branches ${[...branches].sort().join(', ')} only`}</p>`;
}

// The far and the near range behind the pages that belong to no company yet.
function ridge(): Html {
  return html`<svg class="hx-ridge" viewBox="0 0 1440 420" preserveAspectRatio="none" aria-hidden="true" focusable="false"><path d="M0 260 160 170 270 235 430 60 560 190 650 130 800 250 960 110 1080 205 1220 150 1440 270V420H0z"/><path d="M0 340 200 250 360 320 540 210 700 330 900 240 1060 330 1240 260 1440 350V420H0z"/></svg>`;
}
