// The frame of the pages on which a company's people and their access are kept; a section is added by its line here.
import type { PageContext } from '#dashboard';
import type { Html } from '#lib/html';
import { type Section, sectionsPage } from '../sections-page.ts';

const settingsSections: readonly Section[] = [
  { label: 'Sign-in', href: '/settings/sign-in/', permission: 'users.sign_in_policy.view' },
  {
    label: 'Sign-in providers',
    href: '/settings/sign-in/providers/',
    permission: 'users.identity_provider.view',
  },
  { label: 'Invitations', href: '/settings/invitations/', permission: 'users.invitation.view' },
  { label: 'API keys', href: '/settings/api-keys/', permission: 'users.service_key.view' },
];

/** One page of the settings; `styles` are those that it needs besides the frame's. */
export function settingsPage(context: PageContext, body: Html, styles: readonly string[] = []): Html {
  const set = { title: 'Settings', subtitle: context.tenant.name, sections: settingsSections, styles };
  return sectionsPage(context, set, body);
}
