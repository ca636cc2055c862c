// Says which entries may not be posted and why, from the rules as the API's documentation tells them.
import { type Books, periodOn, type SentEntry, type SentLine } from './books.ts';

const TOO_LARGE = 10n ** 15n * 10_000n;

function dateFaults(books: Books, { date }: SentEntry): string[] {
  const period = periodOn(books, date);
  if (!period) return ['/entry_date accounting/no-period'];
  return period.status === 'open' ? [] : ['/entry_date accounting/period-closed'];
}

/** What of an entry is there already: in the books, or in an entry of the same request that stands before it. */
function repetitionFaults(books: Books, entry: SentEntry, earlier: readonly SentEntry[]): string[] {
  const faults: string[] = [];
  for (const others of [books.entries, earlier]) {
    if (others.some(({ id }) => id === entry.id)) faults.push('/id accounting/id-taken');
    if (entry.sourceKey !== null && others.some(({ sourceKey }) => sourceKey === entry.sourceKey))
      faults.push('/source_key accounting/already-posted');
    if (entry.reverses !== null && others.some(({ reverses }) => reverses === entry.reverses))
      faults.push(' accounting/already-reversed');
  }
  if (entry.reverses !== null && !books.entries.some(({ id }) => id === entry.reverses))
    faults.push(' accounting/reversed-unknown');
  if (books.entries.some(({ id, series }) => id === entry.reverses && series === 'CL'))
    faults.push(' accounting/closing-entry');
  return faults;
}

function accountFault(books: Books, code: string): string | null {
  const account = books.accounts.find((each) => each.code === code);
  if (!account) return 'unknown';
  if (account.group) return 'is-group';
  return account.active ? null : 'inactive';
}

function amountFaults(books: Books, amount: bigint, place: string): string[] {
  const size = amount < 0n ? -amount : amount;
  const tooFine = size < TOO_LARGE && size % 10n ** BigInt(4 - books.scale) !== 0n;
  return [
    ...(amount < 0n ? [`${place} accounting/amount-negative`] : []),
    ...(size >= TOO_LARGE ? [`${place} accounting/amount-too-large`] : []),
    ...(tooFine ? [`${place} accounting/amount-too-precise`] : []),
  ];
}

function lineFaults(books: Books, line: SentLine, index: number): string[] {
  const place = `/lines/${index}`;
  const wrong = accountFault(books, line.account);
  const debit = line.debit ?? 0n;
  const credit = line.credit ?? 0n;
  return [
    ...(wrong === null ? [] : [`${place}/account accounting/account-${wrong}`]),
    ...amountFaults(books, debit, `${place}/debit`),
    ...amountFaults(books, credit, `${place}/credit`),
    ...(debit !== 0n && credit !== 0n ? [`${place} accounting/line-both-sides`] : []),
    ...(debit === 0n && credit === 0n ? [`${place} accounting/line-without-amount`] : []),
  ];
}

const sum = (lines: readonly SentLine[], side: 'debit' | 'credit') =>
  lines.reduce((total, line) => total + (line[side] ?? 0n), 0n);

/** Why an entry cannot be posted, each fault as "pointer code" and all in order; `earlier` are those before it. */
export function faultsOf(books: Books, entry: SentEntry, earlier: readonly SentEntry[] = []): string[] {
  const { lines } = entry;
  return [
    ...dateFaults(books, entry),
    ...repetitionFaults(books, entry, earlier),
    ...lines.flatMap((line, index) => lineFaults(books, line, index)),
    ...(entry.series === 'CL' ? ['/series accounting/series-unknown'] : []),
    ...(lines.length < 2 ? ['/lines accounting/too-few-lines'] : []),
    ...(sum(lines, 'debit') === sum(lines, 'credit') ? [] : ['/lines accounting/entry-unbalanced']),
  ].toSorted();
}

/** Those of the faults that a draft may not have either. */
export function faultsOfDraft(books: Books, entry: SentEntry): string[] {
  const unfinished = /\/(entry-unbalanced|too-few-lines|no-period|period-closed|line-without-amount)$/;
  return faultsOf(books, entry).filter((fault) => !unfinished.test(fault));
}
