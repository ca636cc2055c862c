// The core settings that every page shares: what the product is called and where one can go.
import type { IconName } from './icon.ts';

/** `key` is pressed after g to go there; an entry is hidden from who lacks `permission`. */
export type NavigationItem = {
  label: string;
  href: string;
  icon: IconName;
  key: string;
  permission: string;
};
export type NavigationSection = { title: string | null; items: readonly NavigationItem[] };

export const productName = 'Himalytix';

/** A room adds its pages here; links are plain addresses, so that the dashboard depends on no room. */
export const navigation: readonly NavigationSection[] = [
  {
    title: null,
    items: [{ label: 'Dashboard', href: '/', icon: 'home', key: 'd', permission: 'dashboard.view' }],
  },
  {
    title: 'Books',
    items: [
      {
        label: 'Journal',
        href: '/journal-entries/',
        icon: 'book',
        key: 'j',
        permission: 'accounting.journal_entry.view',
      },
      {
        label: 'Accounts',
        href: '/accounts/',
        icon: 'tree',
        key: 'a',
        permission: 'accounting.account.view',
      },
    ],
  },
  {
    title: 'Reports',
    items: [
      {
        label: 'Trial balance',
        href: '/reports/trial-balance/',
        icon: 'scale',
        key: 't',
        permission: 'accounting.report.view',
      },
      {
        label: 'General ledger',
        href: '/reports/general-ledger/',
        icon: 'ledger',
        key: 'l',
        permission: 'accounting.report.view',
      },
    ],
  },
  {
    title: 'Settings',
    items: [
      {
        label: 'Members',
        href: '/settings/members/',
        icon: 'users',
        key: 'm',
        permission: 'users.member.view',
      },
      { label: 'Roles', href: '/settings/roles/', icon: 'key', key: 'r', permission: 'users.role.view' },
      { label: 'Duties', href: '/settings/duties/', icon: 'lock', key: 'u', permission: 'users.duty.view' },
      {
        label: 'API keys',
        href: '/settings/api-keys/',
        icon: 'plug',
        key: 'k',
        permission: 'users.service_key.view',
      },
      {
        label: 'Invitations',
        href: '/settings/invitations/',
        icon: 'mail',
        key: 'i',
        permission: 'users.invitation.view',
      },
      {
        label: 'Sign-in',
        href: '/settings/sign-in/',
        icon: 'gear',
        key: 's',
        permission: 'users.sign_in_policy.view',
      },
      {
        label: 'Sign-in providers',
        href: '/settings/sign-in/providers/',
        icon: 'swap',
        key: 'p',
        permission: 'users.identity_provider.view',
      },
    ],
  },
];

/** The page that the key n opens from anywhere. */
export const newEntry = {
  href: '/journal-entries/new/',
  permission: 'accounting.journal_entry.post',
} as const;
