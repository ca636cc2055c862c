// The frame of the pages of one's own account; a section is added by its line here.
import { type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';

/** A section; without a permission it is everybody's. */
type Section = { label: string; href: string; permission?: string };

const accountSections: readonly Section[] = [
  { label: 'Profile', href: '/account/' },
  { label: 'Password', href: '/account/password/' },
  { label: 'Second factors', href: '/account/security/' },
  { label: 'Sessions', href: '/account/sessions/' },
  { label: 'Sign-in history', href: '/account/sign-ins/' },
  { label: 'Linked accounts', href: '/account/linked/' },
  { label: 'API keys', href: '/account/api-keys/', permission: 'users.api_key.view' },
];

/** Whether an address is a section's, or a page below it; the profile's is above all others. */
const isAt = (path: string, href: string) => href === path || (href !== '/account/' && path.startsWith(href));

/** One page of the account, with the sections that the reader may see; `body` is the one at the address, and brings its assets. */
export function accountPage(
  context: PageContext,
  body: Html,
  { styles = [], scripts = [] }: { styles?: readonly string[]; scripts?: readonly string[] } = {},
): Html {
  const links = accountSections
    .filter(({ permission }) => permission === undefined || context.may(permission))
    .map(
      ({ label, href }) =>
        html`<li><a href="${href}" ${isAt(context.path, href) && html`aria-current="page"`}>${label}</a></li>\n`,
    );
  return pageShell(context, {
    title: 'Your account',
    subtitle: context.actor.email,
    styles: ['account.css', ...styles],
    scripts,
    body: html`<div class="hx-sections"><nav class="hx-sections-nav" aria-label="Your account"><ul>${links}</ul></nav><div>${body}</div></div>`,
  });
}
