// The chart of accounts: a tree of codes, groups above, posting accounts at its leaves.
import { sql } from 'kysely';
import { patternContaining } from '#lib/like-pattern';
import type { TenantTx } from '#lib/tenant-tx';

export const accountTypes = ['asset', 'liability', 'equity', 'income', 'expense'] as const;
export type AccountType = (typeof accountTypes)[number];

export const accountCategories = [
  'cash',
  'bank',
  'receivable',
  'payable',
  'inventory',
  'tax',
  'retained_earnings',
  'fixed_asset',
  'depreciation',
  'loan',
  'cost_of_sales',
  'exchange_difference',
  'rounding',
] as const;
export type AccountCategory = (typeof accountCategories)[number];

/** The parts of a cash flow statement (IAS 7, paragraph 10). */
export const cashFlowActivities = ['operating', 'investing', 'financing'] as const;
export type CashFlowActivity = (typeof cashFlowActivities)[number];

/**
 * `parent` is the parent's code; `depth` counts from 0 at the roots; groups take no lines. `cash_flow` says where the cash flow
 * statement has the account, null by its type and category; `is_monetary` whether the revaluation of currencies counts it, null
 * by its category. Every line names a value of the `required_dimensions`.
 */
export type Account = {
  id: number;
  code: string;
  name: string;
  type: AccountType;
  category: AccountCategory | null;
  cash_flow: CashFlowActivity | null;
  is_monetary: boolean | null;
  parent: string | null;
  group: boolean;
  active: boolean;
  depth: number;
  /** The codes from the root to the account itself. */
  path: string[];
  version: number;
  required_dimensions: string[];
};

/** `search` looks into code and name. */
export type AccountFilter = {
  search?: string | undefined;
  type?: AccountType | undefined;
  active?: boolean | undefined;
  group?: boolean | undefined;
  code?: string | undefined;
};

/** The accounts that match, in tree order: each group is followed by what is below it, siblings by code. */
export async function listAccounts(tx: TenantTx, filter: AccountFilter = {}): Promise<Account[]> {
  const pattern = patternContaining(filter.search);
  const { rows } = await sql<Account>`
    with recursive tree as (
      select a.*, 0 as depth, array[a.code] as path, null::text as parent from accounts a where parent_id is null
      union all
      select a.*, t.depth + 1, t.path || a.code, t.code from accounts a join tree t on a.parent_id = t.id
    )
    select id, code, name, type, category, cash_flow, is_monetary, parent, is_group as "group", is_active as active, depth, path, version,
      array(select d.code from required_dimensions r join dimensions d on d.id = r.dimension_id
        where r.account_id = tree.id order by d.code) as required_dimensions
    from tree
    where (${pattern}::text is null or code ilike ${pattern} or name ilike ${pattern})
      and (${filter.type ?? null}::text is null or type = ${filter.type ?? null})
      and (${filter.active ?? null}::boolean is null or is_active = ${filter.active ?? null})
      and (${filter.group ?? null}::boolean is null or is_group = ${filter.group ?? null})
      and (${filter.code ?? null}::text is null or code = ${filter.code ?? null})
    order by path
  `.execute(tx.db);
  return rows;
}

/** The account of that code, or null. */
export async function getAccount(tx: TenantTx, code: string): Promise<Account | null> {
  const [account] = await listAccounts(tx, { code });
  return account ?? null;
}
