// Creates planned accounts, one statement for each level of the tree.
import { sql } from 'kysely';
import type { TenantTx } from '#lib/tenant-tx';
import { guessCategory } from './guess-category.ts';
import type { PlannedAccount } from './plan-accounts.ts';

/** Creates the accounts, those above first. Their codes must be free. */
export async function createAccounts(tx: TenantTx, accounts: readonly PlannedAccount[]): Promise<void> {
  const levels = Map.groupBy(accounts, (account) => account.depth);
  for (const depth of [...levels.keys()].toSorted((one, other) => one - other)) {
    const level = levels.get(depth)?.map((account) => ({
      ...account,
      category: account.group ? null : guessCategory(account.name, account.type),
    }));
    await sql`
      insert into accounts (code, name, type, category, is_group, parent_id)
        select a.code, a.name, a.type, a.category, a."group", p.id
        from jsonb_to_recordset(${JSON.stringify(level)}::jsonb)
          as a (code text, name text, type text, category text, "group" boolean, parent text)
        left join accounts p on p.code = a.parent
    `.execute(tx.db);
  }
}
