// Revalues what is open in other currencies at the rates of a day, which the end of every period asks for.
import { sql } from 'kysely';
import { addDays } from '#lib/dates';
import { formatAmount, unitsOf } from '#lib/money';
import type { Fault } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { requireWholeCompany } from '../branch-limit.ts';
import type { EntryInput } from '../journal/entry.ts';
import { faultsOfEntries, holdPostings, postEntries } from '../journal/post-entries.ts';
import { refusedPosting } from '../journal/refused-posting.ts';
import { reverseEntry } from '../journal/reverse-entry.ts';
import { withDecimals } from '../reports/currency-balances.ts';
import { dueFaults, dueReversals, isOpen, type RevaluationEntry, settle } from './due-reversals.ts';
import { type OpenBalance, openBalances, revaluationSource } from './open-balances.ts';
import { revaluationEntries } from './revaluation-entries.ts';

/**
 * `on` is the ISO date whose rates count; `reverse_on` a later day, the next one unless named; `dimensions` are given to every
 * line, for accounts that ask for them. `dryRun` tells what would be posted.
 */
export type RevaluationWish = {
  on: string;
  reverse_on?: string | undefined;
  dimensions?: Record<string, string> | undefined;
  dryRun?: boolean;
};

/**
 * All monetary balances with their differences, zero or not; gains and losses in the company's currency; what was posted, and
 * the `earlier` revaluations whose reversal was due and was posted along.
 */
export type Revaluation = {
  status: 'posted' | 'nothing_to_do' | 'dry_run';
  on: string;
  reverse_on: string;
  currency: string;
  balances: Omit<OpenBalance, 'type' | 'monetary'>[];
  gains: string;
  losses: string;
  entries: RevaluationEntry[];
  earlier: RevaluationEntry[];
};

/** The accounts that take gains and losses: an income and an expense account of the category, or else whichever has it. */
async function differenceAccounts(tx: TenantTx): Promise<{ gains: string; losses: string } | null> {
  const { rows } = await sql<{ code: string; type: string }>`
    select code, type from accounts where category = 'exchange_difference' and is_active and not is_group order by code
  `.execute(tx.db);
  const [first] = rows;
  if (!first) return null;
  const of = (type: string) => rows.find((row) => row.type === type)?.code ?? first.code;
  return { gains: of('income'), losses: of('expense') };
}

function rateFaults(balances: readonly OpenBalance[], on: string): Fault[] {
  const missing = new Set(balances.filter(({ value }) => value === null).map(({ currency }) => currency));
  return [...missing].sort().map((currency) => {
    const detail = `no rate of ${currency} is known on ${on}, in which something is open`;
    return { pointer: '/on', code: 'accounting/no-exchange-rate', detail };
  });
}

/** What posting finds wrong, said of the request instead of the entries that were made from it; each once. */
function ofRequest(faults: readonly Fault[]): Fault[] {
  const told = faults.map(({ pointer, ...fault }) => {
    const dimension = /^\/lines\/\d+(\/dimensions\/.*)$/.exec(pointer)?.[1];
    const place = pointer === '/entry_date' ? '/on' : pointer === '/reverse_on' ? pointer : (dimension ?? '');
    return { pointer: place, ...fault };
  });
  const seen = new Map(told.map((fault) => [`${fault.pointer} ${fault.code} ${fault.detail}`, fault]));
  return [...seen.values()];
}

const ofCurrency = (balance: OpenBalance): Revaluation['balances'][number] => {
  const { type: _, monetary: __, ...shown } = balance;
  return shown;
};

/** Each source is posted once: a day's first revaluation, and those after it that find something new. */
async function withSourceKeys(tx: TenantTx, on: string, entries: EntryInput[]): Promise<EntryInput[]> {
  const key = `${revaluationSource}:${on}`;
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from journal_entries where source_key = ${key} or source_key like ${`${key}:%`}
  `.execute(tx.db);
  const before = rows[0]?.count ?? 0;
  return entries.map((entry, index) => {
    const nth = before + index + 1;
    return { ...entry, source_key: nth === 1 ? key : `${key}:${nth}` };
  });
}

/** Posts the entries, and at once their reversals where the day of these is open; else they wait among the scheduled ones. */
async function post(tx: TenantTx, entries: EntryInput[]): Promise<RevaluationEntry[]> {
  const results = await postEntries(tx, entries, { atomic: true });
  const posted: RevaluationEntry[] = [];
  for (const [index, result] of results.entries()) {
    if (!result.posted) throw refusedPosting(ofRequest(result.faults), 'accounting/revaluation-invalid');
    const { id, number } = result;
    const reverse_on = entries[index]?.reverse_on ?? null;
    const now = reverse_on !== null && (await isOpen(tx, reverse_on));
    const reversal = now ? await reverseEntry(tx, id, { entry_date: reverse_on }) : null;
    posted.push({
      id,
      number,
      reverse_on,
      reversed_by: reversal && { id: reversal.id, number: reversal.number },
    });
  }
  return posted;
}

/** What there is to do, or all that is in its way. */
async function draw(tx: TenantTx, wish: RevaluationWish, reverseOn: string) {
  const { on, dimensions = {} } = wish;
  const due = await dueReversals(tx, on);
  const all = await openBalances(tx, on, { settled: true });
  const balances = all.flatMap((balance) =>
    balance.monetary ? [withDecimals(balance, tx.tenant.currencyScale)] : [],
  );
  const moved = balances.filter(({ difference }) => difference !== null && /[1-9]/.test(difference));
  const accounts = await differenceAccounts(tx);
  const faults = [...rateFaults(balances, on), ...dueFaults(due)];
  if (reverseOn <= on) {
    const detail = 'a revaluation is reversed on a day after its own';
    faults.push({ pointer: '/reverse_on', code: 'accounting/reverse-on-not-after', detail });
  }
  if (!accounts && moved.length > 0) {
    const detail =
      'no active account has the category exchange_difference, to which gains and losses would go';
    faults.push({ pointer: '', code: 'accounting/no-exchange-difference', detail });
  }
  const entries = accounts
    ? revaluationEntries(moved, { on, reverseOn, ...accounts, dimensions }, tx.tenant)
    : [];
  const found = entries.length > 0 ? (await faultsOfEntries(tx, entries)).flat() : [];
  faults.push(...ofRequest(found).filter(({ pointer }) => pointer !== '/reverse_on'));
  if (faults.length > 0) throw refusedPosting(faults, 'accounting/revaluation-invalid');
  return { due, balances, moved, entries };
}

/** Gains and losses of the balances, as positive decimal strings. */
function sumsOf(moved: readonly OpenBalance[], scale: number): { gains: string; losses: string } {
  const sum = (sign: 1n | -1n) =>
    moved.reduce((total, { difference }) => {
      const units = unitsOf(difference ?? '0', scale) * sign;
      return units > 0n ? total + units : total;
    }, 0n);
  return { gains: formatAmount(sum(1n), scale), losses: formatAmount(sum(-1n), scale) };
}

/**
 * Brings every open monetary balance in another currency to its value at the rate of a day; the difference goes to profit or
 * loss (IAS 21, paragraphs 23 and 28) and comes back on `reverse_on`. What is right already is left alone, so that a second run
 * finds nothing to do. Earlier revaluations whose reversal is due are reversed first. Throws an invalid Problem with all faults:
 * each currency without a rate, a closed day, missing accounts or dimensions.
 */
export async function revalue(tx: TenantTx, wish: RevaluationWish): Promise<Revaluation> {
  requireWholeCompany(tx);
  const { on, dryRun = false } = wish;
  const reverseOn = wish.reverse_on ?? addDays(on, 1);
  if (!dryRun) await holdPostings(tx);
  const { due, balances, moved, entries } = await draw(tx, wish, reverseOn);
  const earlier = await settle(tx, due, dryRun);
  const posted = dryRun || entries.length === 0 ? [] : await post(tx, await withSourceKeys(tx, on, entries));
  return {
    status: dryRun ? 'dry_run' : posted.length + earlier.length > 0 ? 'posted' : 'nothing_to_do',
    on,
    reverse_on: reverseOn,
    currency: tx.tenant.currency,
    balances: balances.map(ofCurrency),
    ...sumsOf(moved, tx.tenant.currencyScale),
    entries: posted,
    earlier,
  };
}
