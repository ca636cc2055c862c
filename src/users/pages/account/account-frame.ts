// The frame of the pages of one's own account; a section is added by its line here.
import type { PageContext } from '#dashboard';
import type { Html } from '#lib/html';
import { type Section, sectionsPage } from '../sections-page.ts';

const accountSections: readonly Section[] = [
  { label: 'Profile', href: '/account/' },
  { label: 'Password', href: '/account/password/' },
  { label: 'Sessions', href: '/account/sessions/' },
  { label: 'Sign-in history', href: '/account/sign-ins/' },
  { label: 'Linked accounts', href: '/account/linked/' },
  { label: 'API keys', href: '/account/api-keys/', permission: 'users.api_key.view' },
];

/** One page of the account. */
export function accountPage(context: PageContext, body: Html): Html {
  const set = { title: 'Your account', subtitle: context.actor.email, sections: accountSections };
  return sectionsPage(context, set, body);
}
