// What each built-in role may do, and whether somebody may. A permission is named room.thing.act; '*' stands for whatever follows.
import type { ActingKey } from '#lib/tenant-tx';
import { keyAllows } from './scopes.ts';

export const roles = ['owner', 'accountant', 'clerk', 'auditor', 'storekeeper'] as const;
export type Role = (typeof roles)[number];

const granted: Record<Role, readonly string[]> = {
  owner: ['*'],
  // Closing and opening a period again is the accountant's daily work; what a lock or a closed year keeps is the owner's to open.
  accountant: [
    'dashboard.view',
    'accounting.account.*',
    'accounting.fiscal_year.view',
    'accounting.fiscal_year.edit',
    'accounting.fiscal_year.close',
    'accounting.period.close',
    'accounting.period.reopen',
    'accounting.period.except',
    'accounting.journal_entry.*',
    'accounting.number_series.*',
    'accounting.dimension.*',
    'accounting.exchange_rate.*',
    'accounting.revaluation.*',
    'accounting.recurring_entry.*',
    'accounting.report.*',
    'users.api_key.*',
  ],
  clerk: [
    'dashboard.view',
    'accounting.account.view',
    'accounting.exchange_rate.view',
    'accounting.dimension.view',
    'accounting.fiscal_year.view',
    'accounting.journal_entry.view',
    'accounting.number_series.view',
    'accounting.journal_entry.draft',
    'accounting.journal_entry.post',
    'accounting.report.view',
    'users.api_key.*',
  ],
  auditor: [
    'dashboard.view',
    'accounting.account.view',
    'accounting.exchange_rate.view',
    'accounting.dimension.view',
    'accounting.fiscal_year.view',
    'accounting.journal_entry.view',
    'accounting.number_series.view',
    'accounting.recurring_entry.view',
    'accounting.report.view',
  ],
  // The storekeeper's own permissions come with the stock; the books are not a storekeeper's business.
  storekeeper: ['dashboard.view'],
};

/** The permissions of a role; an unknown role has none. */
export function permissionsOf(role: string): readonly string[] {
  return Object.hasOwn(granted, role) ? granted[role as Role] : [];
}

/** Whether a role has a permission; deny by default. */
export function roleAllows(role: string, permission: string): boolean {
  return permissionsOf(role).some(
    (each) => each === permission || (each.endsWith('*') && permission.startsWith(each.slice(0, -1))),
  );
}

/** Whoever is asked about: a member, or the actor of a request, who may act by an API key. */
export type Holder = { role: string; key?: ActingKey };

/** Whether somebody has a permission: by their role, and unless the key that they act by is narrowed to others. */
export function mayDo({ role, key }: Holder, permission: string): boolean {
  return keyAllows(key, permission) && roleAllows(role, permission);
}
