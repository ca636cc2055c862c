// Tells what posting would do and does nothing: the lines with their accounts' names, and the balances that would result.
import { sql } from 'kysely';
import { formatAmount, unitsOf } from '#lib/money';
import type { Fault } from '#lib/problem';
import type { Tenant, TenantTx } from '#lib/tenant-tx';
import { balancesSeen } from '../branch-limit.ts';
import { examine, faultsAt } from './bulk-entries.ts';
import { type Received, sortReceived, type Whole } from './bulk-received.ts';
import { draftLines } from './draft-lines.ts';
import { draftFaults } from './drafts.ts';
import type { EntryInput, EntryLine, EntryLink, LineInput } from './entry.ts';
import { plannedLines } from './post-entries.ts';
import { refusedPosting } from './refused-posting.ts';

/** An account's balance as of the entry's date, without and with the entry; debit is positive, credit negative. */
export type DryBalance = { account: string; account_name: string; before: string; after: string };

/** One entry as it would be posted. A duplicate would not be; `duplicate_of` is null when its like is in the same request. */
export type DryEntry = {
  status: 'valid' | 'duplicate';
  duplicate_of: EntryLink | null;
  entry_date: string;
  memo: string;
  reference: string | null;
  total: string;
  lines: EntryLine[];
  balances: DryBalance[];
};

type Standing = { code: string; day: string; name: string; net: string };

/** Accounts by code and day with name and balance on that day: from the kept balances, less what its period has later. */
async function standings(tx: TenantTx, entries: readonly EntryInput[]): Promise<Map<string, Standing>> {
  const wanted = new Map(
    entries.flatMap(({ entry_date: day, lines }) =>
      lines.map(({ account: code }) => [`${day} ${code}`, { code, day }] as const),
    ),
  );
  const { rows } = await sql<Standing>`
    select a.code, w.day::text, a.name,
      (coalesce((
        select sum(b.debit - b.credit) from ${balancesSeen(tx)} b join periods p on p.id = b.period_id
        where b.account_id = a.id and p.starts_on <= w.day), 0)
      - coalesce((
        select sum(l.debit - l.credit) from periods p
        join journal_lines l on l.account_id = a.id and l.entry_date > w.day and l.entry_date <= p.ends_on
        where w.day between p.starts_on and p.ends_on), 0))::text as net
    from jsonb_to_recordset(${JSON.stringify([...wanted.values()])}::jsonb) as w (code text, day date)
    join accounts a on a.code = w.code
  `.execute(tx.db);
  return new Map(rows.map((row) => [`${row.day} ${row.code}`, row]));
}

/** One side of a planned line, in the company's currency. */
const unitsOn = (line: LineInput, side: 'debit' | 'credit', scale: number) => {
  const amount = line.currency ? line[`base_${side}`] : line[side];
  return amount ? unitsOf(amount, scale) : 0n;
};

/** What the entries of one request do to the accounts, one after the other. */
class Effects {
  readonly #done = new Map<string, { day: string; net: bigint }[]>();

  /** Adds an entry's effect on an account; returns the effect of the entries before it as of its date. */
  add(account: string, day: string, net: bigint): bigint {
    const done = this.#done.get(account) ?? [];
    const before = done.reduce((sum, each) => (each.day <= day ? sum + each.net : sum), 0n);
    done.push({ day, net });
    this.#done.set(account, done);
    return before;
  }
}

function balancesOf(
  entry: EntryInput,
  known: ReadonlyMap<string, Standing>,
  effects: Effects,
  scale: number,
): DryBalance[] {
  const nets = new Map<string, bigint>();
  for (const line of entry.lines) {
    const net = unitsOn(line, 'debit', scale) - unitsOn(line, 'credit', scale);
    nets.set(line.account, (nets.get(line.account) ?? 0n) + net);
  }
  return [...nets].map(([account, net]) => {
    const standing = known.get(`${entry.entry_date} ${account}`);
    const before = unitsOf(standing?.net ?? '0', scale) + effects.add(account, entry.entry_date, net);
    return {
      account,
      account_name: standing?.name ?? '',
      before: formatAmount(before, scale),
      after: formatAmount(before + net, scale),
    };
  });
}

function dryEntry(
  whole: Whole,
  known: ReadonlyMap<string, Standing>,
  effects: Effects,
  tenant: Tenant,
): DryEntry {
  const { entry } = whole;
  const { entry_date, memo, reference = null } = entry;
  const scale = tenant.currencyScale;
  const names = new Map(
    entry.lines.map(({ account }) => [account, known.get(`${entry_date} ${account}`)?.name ?? '']),
  );
  const total = entry.lines.reduce((sum, line) => sum + unitsOn(line, 'debit', scale), 0n);
  return {
    status: whole.kind === 'fresh' ? 'valid' : 'duplicate',
    duplicate_of: whole.kind === 'known' ? whole.as : null,
    entry_date,
    memo,
    reference,
    total: formatAmount(total, scale),
    lines: draftLines(tenant, entry.lines, names),
    balances: whole.kind === 'fresh' ? balancesOf(entry, known, effects, scale) : [],
  };
}

/**
 * What posting these entries, or keeping them as drafts, would give; nothing is stored and no number taken. Throws an
 * invalid Problem with all faults, with pointers into the entry when it is a `single` one, else from '/entries/0' on.
 */
export async function dryRun(
  tx: TenantTx,
  received: readonly Received[],
  options: { as?: 'posted' | 'draft'; single?: boolean } = {},
): Promise<DryEntry[]> {
  const sorted = await sortReceived(tx, received);
  const places = sorted.flatMap((each, place) => (each.kind === 'known' ? [] : [place]));
  const found = [...(await examine(tx, sorted, places))].flatMap(([place, all]): Fault[] => {
    const faults = options.as === 'draft' ? draftFaults(all) : all;
    return options.single ? faults : faultsAt(place, faults);
  });
  if (found.length > 0) throw refusedPosting(found, 'accounting/entries-invalid');
  const whole = sorted.flatMap((each) => (each.kind === 'faulty' ? [] : [each]));
  const planned = await plannedLines(
    tx,
    whole.map(({ entry }) => entry),
  );
  const good = whole.map((each, index) => ({
    ...each,
    entry: { ...each.entry, lines: planned[index] ?? [] },
  }));
  const known = await standings(
    tx,
    good.map(({ entry }) => entry),
  );
  const effects = new Effects();
  return good.map((each) => dryEntry(each, known, effects, tx.tenant));
}
