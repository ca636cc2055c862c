// Holds profit and loss and the balance sheet against the model, as only they tell a closing from other entries.
import assert from 'node:assert/strict';
import { balanceSheet, profitAndLoss } from '#accounting';
import type { TenantTx } from '#lib/tenant-tx';
import { type Books, balancesOn, linesInOrder, type modelTypes, written } from './books.ts';

type Type = (typeof modelTypes)[number];
type Sections = Awaited<ReturnType<typeof profitAndLoss>>['sections'];

const plain = {
  dimensions: {},
  by: null,
  knownOn: null,
  compare: null,
  layout: 'flat',
  zero: false,
} as const;

const inDebit = (type: Type) => type === 'asset' || type === 'expense';
const ofResult = (type: Type) => type === 'income' || type === 'expense';

const byAccount = (rows: readonly (readonly [string, string | undefined])[]) =>
  rows.toSorted(([one], [other]) => (one < other ? -1 : 1));

const accountsIn = (sections: Sections) =>
  byAccount(
    sections.flatMap(({ rows }) =>
      rows.map(({ account, figures }) => [account, figures[0]?.amount] as const),
    ),
  );

const totalOf = (sections: Sections, key: string) =>
  sections.find((section) => section.key === key)?.figures[0]?.amount;

/** The accounts of some types that have come to anything, each on the side of its type, from nets positive in debit. */
function accountsInModel(books: Books, nets: ReadonlyMap<string, bigint>, fits: (type: Type) => boolean) {
  const rows = books.accounts.flatMap(({ code, type }) => {
    const net = nets.get(code) ?? 0n;
    if (!fits(type) || net === 0n) return [];
    return [[code, written(inDebit(type) ? net : -net, books.scale)] as const];
  });
  return byAccount(rows);
}

/** Income less expenses. */
function resultIn(books: Books, nets: ReadonlyMap<string, bigint>): string {
  const own = books.accounts.filter(({ type }) => ofResult(type));
  return written(
    own.reduce((sum, { code }) => sum - (nets.get(code) ?? 0n), 0n),
    books.scale,
  );
}

/** What moved on each account between two days but for closings, positive in debit. */
function movedBetween(books: Books, from: string, to: string): Map<string, bigint> {
  const nets = new Map<string, bigint>();
  for (const { entry, line } of linesInOrder(books)) {
    if (entry.series === 'CL' || entry.date < from || entry.date > to) continue;
    nets.set(line.account, (nets.get(line.account) ?? 0n) + line.debit - line.credit);
  }
  return nets;
}

/** Fails where profit and loss between two days, or the balance sheet on the later one, is not the model's. */
export async function compareStatements(tx: TenantTx, books: Books, days: readonly string[]): Promise<void> {
  const [from = '', to = ''] = days.toSorted();
  const moved = movedBetween(books, from, to);
  const { sections } = await profitAndLoss(tx, { from, to }, plain);
  assert.deepEqual(
    { rows: accountsIn(sections), result: totalOf(sections, 'net_result') },
    { rows: accountsInModel(books, moved, ofResult), result: resultIn(books, moved) },
    `profit and loss from ${from} to ${to}`,
  );
  const balances = balancesOn(books, to);
  const sheet = await balanceSheet(tx, to, plain);
  assert.deepEqual(
    {
      rows: accountsIn(sheet.sections),
      result: totalOf(sheet.sections, 'result'),
      balanced: sheet.balanced,
    },
    {
      rows: accountsInModel(books, balances, (type) => !ofResult(type)),
      result: resultIn(books, balances),
      balanced: true,
    },
    `balance sheet on ${to}`,
  );
}
