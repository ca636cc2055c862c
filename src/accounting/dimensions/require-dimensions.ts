// Says which dimensions the lines of an account must name a value of.
import { type Fault, invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { knownDimensions } from './dimension.ts';

/** The accounts to which the house itself posts lines that nobody gave a dimension. */
const housePostsTo: readonly (string | null)[] = ['rounding', 'exchange_difference'];

const pointer = '/required_dimensions';

function faultsOf(account: { group: boolean; category: string | null }, asked: boolean): Fault[] {
  if (!asked) return [];
  if (account.group) {
    const detail = 'a group takes no lines, so it asks for no dimension';
    return [{ pointer, code: 'accounting/account-is-group', detail }];
  }
  if (!housePostsTo.includes(account.category)) return [];
  const detail = `the house itself posts to accounts of the category ${account.category}, and names no dimension`;
  return [{ pointer, code: 'accounting/dimension-not-askable', detail }];
}

/**
 * Makes an account ask for values of these dimensions, and no others, of every line to come. Throws an invalid Problem for a
 * dimension that does not exist or is inactive, and for an account that cannot ask.
 */
export async function requireDimensions(
  tx: TenantTx,
  account: { id: number; group: boolean; category: string | null },
  codes: readonly string[],
): Promise<void> {
  const known = new Map(
    (await knownDimensions(tx)).filter(({ active }) => active).map((each) => [each.code, each.id]),
  );
  const faults = faultsOf(account, codes.length > 0);
  for (const [index, code] of codes.entries()) {
    if (known.has(code)) continue;
    const detail = `there is no active dimension ${code.slice(0, 60)}`;
    faults.push({ pointer: `${pointer}/${index}`, code: 'accounting/dimension-unknown', detail });
  }
  if (faults.length > 0) throw invalid(faults, 'accounting/account-invalid');
  const wanted = new Set(codes.map((code) => known.get(code)));
  const before = await tx.db
    .selectFrom('required_dimensions')
    .select('dimension_id')
    .where('account_id', '=', account.id)
    .execute();
  const had = new Set(before.map((row) => row.dimension_id));
  const gone = [...had].filter((id) => !wanted.has(id));
  const added = [...wanted].filter((id) => id !== undefined && !had.has(id)) as number[];
  if (gone.length > 0) {
    const rows = tx.db.deleteFrom('required_dimensions').where('account_id', '=', account.id);
    await rows.where('dimension_id', 'in', gone).execute();
  }
  if (added.length > 0) {
    const rows = added.map((dimension_id) => ({ account_id: account.id, dimension_id }));
    await tx.db.insertInto('required_dimensions').values(rows).execute();
  }
}
