// Names the accounts for hledger by their path in the chart, and declares them with their types.
import type { Account, AccountType } from '../accounts/account.ts';
import { accountPart, accountStart } from './hledger-text.ts';

const letters: Record<AccountType, string> = {
  asset: 'A',
  liability: 'L',
  equity: 'E',
  income: 'R',
  expense: 'X',
};

/** hledger's cash flow report looks at type C only, which is an asset that is liquid. */
const letterOf = ({ type, category }: Account) =>
  type === 'asset' && (category === 'cash' || category === 'bank') ? 'C' : letters[type];

/** Imported accounts have their path for a code ("Assets:Bank"), which ends in their name. */
const isPath = ({ code, name }: Account) => code === name || code.endsWith(`:${name}`);

/** What an account adds to its parent's path: of a path what it has more than the parent, else code and name. */
function partOf(account: Account): string {
  const { code, name, parent } = account;
  if (!isPath(account)) return accountPart(`${code} ${name}`);
  const rest = parent !== null && code.startsWith(`${parent}:`) ? code.slice(parent.length + 1) : code;
  return rest.split(':').map(accountPart).join(':');
}

/** The first of "name", "name 2", "name 3" … that nobody has. */
function unused(name: string, taken: ReadonlySet<string>): string {
  for (let nth = 1; ; nth += 1) {
    const candidate = nth === 1 ? name : `${name} ${nth}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** hledger's name of each account by its code. `accounts` is the whole chart, parents first; the names are unique. */
export function hledgerNames(accounts: readonly Account[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const account of accounts) {
    const above = account.parent === null ? undefined : names.get(account.parent);
    const part = partOf(account);
    const name = unused(above === undefined ? accountStart(part) : `${above}:${part}`, taken);
    taken.add(name);
    names.set(account.code, name);
  }
  return names;
}

/** One `account` directive for each account, in the order of the chart. */
export function accountDirectives(
  accounts: readonly Account[],
  names: ReadonlyMap<string, string>,
): string[] {
  return accounts.map((account) => `account ${names.get(account.code)}  ; type:${letterOf(account)}`);
}
