// Plans the accounts that a file posts to and that the chart lacks, from paths such as Expenses:Food:Groceries.
import type { AccountType } from '../accounts/account.ts';

export type KnownAccount = { code: string; type: AccountType; group: boolean };

/** `depth` counts the planned accounts above; so those of one depth can be created together. */
export type PlannedAccount = KnownAccount & { name: string; parent: string | null; depth: number };

/** What is to be created, and why each other missing account cannot be. */
export type AccountPlan = { accounts: PlannedAccount[]; refused: Map<string, string> };

const LONGEST_CODE = 200;

// The five natures as Beancount and hledger name them, and the words that accountants use for them.
const natures = new Map<string, AccountType>(
  Object.entries({
    asset: 'asset assets',
    liability: 'liability liabilities debt debts',
    equity: 'equity equities capital',
    income: 'income incomes revenue revenues',
    expense: 'expense expenses cost costs expenditure expenditures',
  }).flatMap(([type, words]) => words.split(' ').map((word) => [word, type as AccountType])),
);

const natureOf = (path: string) =>
  natures.get(
    path
      .slice(0, path.includes(':') ? path.indexOf(':') : undefined)
      .trim()
      .toLowerCase(),
  );

/** The paths above a path, the nearest first. */
function above(path: string): string[] {
  const segments = path.split(':');
  return segments.slice(1).map((_, index) =>
    segments
      .slice(0, segments.length - 1 - index)
      .join(':')
      .trimEnd(),
  );
}

/**
 * Plans every posted path that is not known. What lies above it becomes a group, unless it is itself posted to: then it
 * is a posting account, and the path hangs under the nearest group further up. The first segment gives the nature, or
 * else the nearest known account above.
 */
export function planAccounts(
  posted: ReadonlySet<string>,
  known: ReadonlyMap<string, KnownAccount>,
): AccountPlan {
  const planned = new Map<string, PlannedAccount>();
  const refused = new Map<string, string>();
  const isGroup = (path: string) => known.get(path)?.group ?? !posted.has(path);

  function typeAbove(path: string): AccountType | undefined {
    const nearest = above(path).find((each) => known.has(each));
    return natureOf(path) ?? (nearest === undefined ? undefined : known.get(nearest)?.type);
  }

  function refusalOf(path: string): string | null {
    if ([...path].length > LONGEST_CODE)
      return `the account "${path.slice(0, 40)}…" is longer than ${LONGEST_CODE} characters`;
    if (path.split(':').some((segment) => segment.trim() === ''))
      return `the account ${path} has an empty part between its colons`;
    if (typeAbove(path) === undefined)
      return `there is no account ${path}, and it cannot be created: its first part is none of Assets, Liabilities, Equity, Income, Expenses`;
    return null;
  }

  function plan(path: string, group: boolean, type: AccountType): PlannedAccount {
    const done = planned.get(path);
    if (done) return done;
    const parentPath = above(path).find(isGroup) ?? null;
    const existing = parentPath === null ? undefined : known.get(parentPath);
    const fresh = parentPath === null || existing ? undefined : plan(parentPath, true, type);
    const account: PlannedAccount = {
      code: path,
      name: path.slice(path.lastIndexOf(':') + 1).trim(),
      type: (existing ?? fresh)?.type ?? type,
      parent: parentPath,
      group,
      depth: fresh ? fresh.depth + 1 : 0,
    };
    planned.set(path, account);
    return account;
  }

  for (const path of posted) {
    if (known.has(path)) continue;
    const refusal = refusalOf(path);
    if (refusal !== null) refused.set(path, refusal);
    else plan(path, false, typeAbove(path) ?? 'asset');
  }
  return { accounts: [...planned.values()], refused };
}
