// What each built-in role may do, and whether somebody may. A permission is named room.thing.act; '*' stands for whatever follows.

import type { Access } from '#lib/access';
import type { ActingKey } from '#lib/tenant-tx';
import { keyAllows } from './scopes.ts';

export const roles = ['owner', 'accountant', 'clerk', 'auditor', 'storekeeper', 'integrator'] as const;

/** A built-in role. A member's role may also be one that the company made itself. */
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
    'users.member.view',
    'users.role.view',
    'users.duty.view',
  ],
  // The storekeeper's own permissions come with the stock; the books are not a storekeeper's business.
  storekeeper: ['dashboard.view'],
  // A program that brings in what happened elsewhere: it posts and keeps rates, and reads what it needs for that.
  integrator: [
    'accounting.account.view',
    'accounting.dimension.view',
    'accounting.exchange_rate.view',
    'accounting.exchange_rate.edit',
    'accounting.fiscal_year.view',
    'accounting.journal_entry.view',
    'accounting.journal_entry.draft',
    'accounting.journal_entry.post',
    'accounting.number_series.view',
    'accounting.report.view',
  ],
};

/** Whether a role is built in. */
export function isBuiltIn(role: string): role is Role {
  return Object.hasOwn(granted, role);
}

/** What built-in roles were asked before; what they are asked is what routes declare, so that it stays small. */
const answers = new Map<string, Map<string, boolean>>(roles.map((role) => [role, new Map()]));
const MOST_ANSWERS = 1000;

/** Whether a built-in role has a permission; deny by default. */
export function roleAllows(role: string, permission: string): boolean {
  const known = answers.get(role);
  if (!known || !isBuiltIn(role)) return false;
  const answer = known.get(permission);
  if (answer !== undefined) return answer;
  const allowed = granted[role].some(
    (each) => each === permission || (each.endsWith('*') && permission.startsWith(each.slice(0, -1))),
  );
  if (known.size < MOST_ANSWERS) known.set(permission, allowed);
  return allowed;
}

/** Whoever is asked about: a member, or the actor of a request, who may act by an API key. */
export type Holder = { role: string; access?: Access; key?: ActingKey };

/**
 * Whether somebody has a permission: by their role or a grant of their own, unless it was denied to them, or the key that they
 * act by is narrowed to others.
 */
export function mayDo({ role, access, key }: Holder, permission: string): boolean {
  if (!keyAllows(key, permission)) return false;
  if (!access) return roleAllows(role, permission);
  if (access.denied.includes(permission)) return false;
  if (access.granted.includes(permission)) return true;
  return access.own ? access.own.includes(permission) : roleAllows(role, permission);
}

/** Those of the declared permissions that somebody has, in the order of the list. */
export function effectivePermissions(holder: Holder, declared: readonly { name: string }[]): string[] {
  return declared.flatMap(({ name }) => (mayDo(holder, name) ? [name] : []));
}
