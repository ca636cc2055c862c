// Creates, changes and deletes accounts; what may not change once used, the database refuses.
import { type Fault, invalid, notFound, Problem } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { requireDimensions } from '../dimensions/require-dimensions.ts';
import {
  type Account,
  type AccountCategory,
  type AccountType,
  type CashFlowActivity,
  getAccount,
} from './account.ts';

/** What reports and revaluation know an account as. */
type Uses = {
  category?: AccountCategory | null;
  cash_flow?: CashFlowActivity | null;
  is_monetary?: boolean | null;
};

export type NewAccount = Uses & {
  code: string;
  name: string;
  type: AccountType;
  parent?: string | null;
  group?: boolean;
  required_dimensions?: string[];
};

export type AccountChanges = Uses & {
  name?: string;
  parent?: string | null;
  active?: boolean;
  required_dimensions?: string[];
};

const FOREIGN_KEY_VIOLATION = '23503';

async function required(tx: TenantTx, code: string): Promise<Account> {
  const account = await getAccount(tx, code);
  if (!account) throw notFound('account');
  return account;
}

/** What is wrong with a parent for an account of that type, if known: it must exist, be a group, and share the type. */
async function parentOf(
  tx: TenantTx,
  code: string | null | undefined,
  type: AccountType | undefined,
): Promise<{ id: number | null; faults: Fault[] }> {
  if (!code) return { id: null, faults: [] };
  const pointer = '/parent';
  const parent = await getAccount(tx, code);
  if (!parent) {
    return {
      id: null,
      faults: [{ pointer, code: 'accounting/account-unknown', detail: `there is no account ${code}` }],
    };
  }
  const faults: Fault[] = [];
  if (!parent.group) {
    faults.push({
      pointer,
      code: 'accounting/account-parent-is-posting',
      detail: `account ${code} is not a group`,
    });
  }
  if (type !== undefined && parent.type !== type) {
    const detail = `account ${code} is of type ${parent.type}, not ${type}`;
    faults.push({ pointer, code: 'accounting/account-type-differs-from-parent', detail });
  }
  return { id: parent.id, faults };
}

function textFaults(fields: { code?: string; name?: string }): Fault[] {
  const faults: Fault[] = [];
  if (fields.code !== undefined && (fields.code.trim() === '' || fields.code.trim() !== fields.code)) {
    const detail = 'a code is not blank and has no space at its ends';
    faults.push({ pointer: '/code', code: 'accounting/account-code-invalid', detail });
  }
  if (fields.name !== undefined && fields.name.trim() === '') {
    faults.push({ pointer: '/name', code: 'accounting/account-name-blank', detail: 'an account has a name' });
  }
  return faults;
}

/** Monetary items are money, and what is received or paid in fixed amounts of it (IAS 21, paragraph 16). */
function monetaryFaults(isMonetary: boolean | null | undefined, type: AccountType | undefined): Fault[] {
  if (!isMonetary || type === undefined || type === 'asset' || type === 'liability') return [];
  const detail = `only an asset or a liability is monetary, and this is of type ${type}`;
  return [{ pointer: '/is_monetary', code: 'accounting/account-not-monetary', detail }];
}

const isWhole = (input: Partial<NewAccount>): input is NewAccount =>
  input.code !== undefined && input.name !== undefined && input.type !== undefined;

/** Creates an account. Throws an invalid Problem naming every fault; what is missing and a taken code are among them. */
export async function createAccount(tx: TenantTx, input: Partial<NewAccount>): Promise<Account> {
  const { id: parentId, faults } = await parentOf(tx, input.parent, input.type);
  faults.push(...textFaults(input), ...monetaryFaults(input.is_monetary, input.type));
  for (const field of ['code', 'name', 'type'] as const) {
    if (input[field] === undefined)
      faults.push({ pointer: `/${field}`, code: 'request/required', detail: `an account has a ${field}` });
  }
  if (input.code !== undefined && (await getAccount(tx, input.code))) {
    faults.push({
      pointer: '/code',
      code: 'accounting/account-exists',
      detail: `there is an account ${input.code}`,
    });
  }
  if (faults.length > 0 || !isWhole(input)) throw invalid(faults, 'accounting/account-invalid');
  await tx.db
    .insertInto('accounts')
    .values({
      code: input.code,
      name: input.name.trim(),
      type: input.type,
      parent_id: parentId,
      is_group: input.group ?? false,
      category: input.category ?? null,
      cash_flow: input.cash_flow ?? null,
      is_monetary: input.is_monetary ?? null,
    })
    .execute();
  const made = await required(tx, input.code);
  if (!input.required_dimensions?.length) return made;
  await requireDimensions(tx, made, input.required_dimensions);
  return await required(tx, input.code);
}

/** Changes an account; `version` is the one that the editor has seen, or null. Throws not-found or a Problem. */
export async function updateAccount(
  tx: TenantTx,
  code: string,
  changes: AccountChanges,
  version: number | null,
): Promise<Account> {
  const account = await required(tx, code);
  const { id: parentId, faults } = await parentOf(tx, changes.parent, account.type);
  faults.push(...textFaults(changes), ...monetaryFaults(changes.is_monetary, account.type));
  if (faults.length > 0) throw invalid(faults, 'accounting/account-invalid');
  const updated = await tx.db
    .updateTable('accounts')
    .set({
      ...(changes.name !== undefined && { name: changes.name.trim() }),
      ...(changes.parent !== undefined && { parent_id: parentId }),
      ...(changes.category !== undefined && { category: changes.category }),
      ...(changes.cash_flow !== undefined && { cash_flow: changes.cash_flow }),
      ...(changes.is_monetary !== undefined && { is_monetary: changes.is_monetary }),
      ...(changes.active !== undefined && { is_active: changes.active }),
      version: account.version + 1,
    })
    .where('id', '=', account.id)
    .where('version', '=', version ?? account.version)
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) {
    throw new Problem(
      'precondition-failed',
      'accounting/account-changed',
      'the account was changed since you read it',
    );
  }
  const changed = await required(tx, code);
  if (!changes.required_dimensions) return changed;
  await requireDimensions(tx, changed, changes.required_dimensions);
  return await required(tx, code);
}

/** Deletes an account that nothing uses; a used or parent account is a conflict and can be made inactive instead. */
export async function deleteAccount(tx: TenantTx, code: string): Promise<void> {
  const account = await required(tx, code);
  try {
    await tx.db.deleteFrom('accounts').where('id', '=', account.id).execute();
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== FOREIGN_KEY_VIOLATION) throw cause;
    const detail = `account ${code} is in use; make it inactive instead`;
    throw new Problem('conflict', 'accounting/account-in-use', detail, { cause });
  }
}
