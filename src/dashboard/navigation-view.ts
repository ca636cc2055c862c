// The ways through a company's pages: a sidebar on a desk, a menu on a phone, the same links in both.
import { type Html, html } from '#lib/html';
import { icon, mark } from './icon.ts';
import type { PageContext } from './page-context.ts';
import { type NavigationItem, navigation, newEntry, productName } from './settings.ts';

/** The column on the left: product, company with its currency, links, and who is signed in. */
export function sidebar(context: PageContext): Html {
  return html`<aside class="hx-side">
<a class="hx-brand" href="/">${mark()}<span>${productName}</span></a>
${company(context)}
${context.may(newEntry.permission) && html`<a class="btn hx-new" href="${newEntry.href}" data-shortcut="n">${icon('plus')} New entry <kbd>n</kbd></a>`}
<nav class="hx-nav" aria-label="Main">${links(context)}</nav>
<div class="hx-side-foot">${userMenu(context)}</div>
</aside>`;
}

/** The bar on top of a phone's page, with the links in a popover that needs no script. */
export function mobileNavigation(context: PageContext): Html {
  return html`<header class="hx-bar">
<button class="hx-bar-button" type="button" popovertarget="menu" aria-label="Menu">${icon('menu')}</button>
<a class="hx-bar-company" href="/">${context.tenant.name}</a>
<span class="hx-currency">${context.tenant.currency}</span>
${context.may(newEntry.permission) && html`<a class="hx-bar-button" href="${newEntry.href}" aria-label="New entry">${icon('plus')}</a>`}
</header>
<div id="menu" class="hx-menu" popover>
<nav class="hx-nav" aria-label="Main">${links(context)}</nav>
<div class="hx-side-foot">${userMenu(context)}</div>
</div>`;
}

function company({ tenant }: PageContext): Html {
  const calendar = tenant.calendar === 'bikram_sambat' ? 'Bikram Sambat' : 'Gregorian';
  return html`<div class="hx-company"><strong>${tenant.name}</strong><span><span class="hx-currency">${tenant.currency}</span> ${calendar}</span></div>`;
}

/** The address in the navigation that a page belongs to: of several that begin as its own does, the longest. */
function currentAddress(path: string): string {
  if (path === '/') return path;
  const hrefs = navigation.flatMap(({ items }) => items.map(({ href }) => href));
  const above = hrefs.filter((href) => href !== '/' && path.startsWith(href));
  return above.reduce((longest, href) => (href.length > longest.length ? href : longest), '');
}

function links(context: PageContext): Html[] {
  const current = currentAddress(context.path);
  return navigation.map(({ title, items }) => {
    const visible = items.filter((item) => context.may(item.permission));
    if (visible.length === 0) return html``;
    return html`${title && html`<h2>${title}</h2>`}<ul>${visible.map((item) => link(item, { path: context.path, current }))}</ul>`;
  });
}

function link(item: NavigationItem, { path, current }: { path: string; current: string }): Html {
  const exact = path === item.href ? 'page' : 'true';
  return html`<li><a href="${item.href}" data-go="${item.key}" ${item.href === current && html`aria-current="${exact}"`}>${icon(item.icon)}<span>${item.label}</span></a></li>`;
}

// A form for each company, as changing to another is no plain link: see src/users/company-switch.ts.
function companySwitcher({ companies, tenant, csrfToken }: PageContext): Html | false {
  if (companies.length < 2) return false;
  const others = companies.filter(({ slug }) => slug !== tenant.slug);
  return html`<form class="hx-switcher" method="post" action="/switch/" aria-label="Change the company"><input type="hidden" name="_csrf" value="${csrfToken}">
<p>Change to</p>
${others.map(
  ({
    slug,
    name,
  }) => html`<button type="submit" name="company" value="${slug}">${icon('swap')} <span>${name}</span></button>
`,
)}</form>`;
}

function userMenu(context: PageContext): Html {
  const { actor, csrfToken, may } = context;
  return html`<details class="hx-user"><summary>${icon('user')}<span><strong>${actor.name || actor.email}</strong><small>${actor.role}</small></span></summary>
<div class="hx-user-menu"><p>${actor.email}</p>
${companySwitcher(context)}
<a href="/account/">${icon('user')} <span>Your account</span></a>
${may('users.api_key.view') && html`<a href="/account/api-keys/">${icon('plug')} <span>Your API keys</span></a>`}
<button class="hx-scripted" type="button" data-theme-toggle>${icon('theme')} <span>Light or dark</span></button>
<button class="hx-scripted" type="button" data-opens="shortcuts">${icon('keyboard')} <span>Keyboard shortcuts</span> <kbd>?</kbd></button>
<form method="post" action="/sign-out/"><input type="hidden" name="_csrf" value="${csrfToken}"><button type="submit">${icon('leave')} <span>Sign out</span></button></form>
</div></details>`;
}
