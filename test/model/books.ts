// Keeps books as simply as can be, in lists that are added up anew for each question: what the product is held against.

/** Amounts are whole ten-thousandths of the currency, the finest that books keep; debit and credit are never floats. */
export type ModelLine = { account: string; debit: bigint; credit: bigint; memo: string | null };

/** Everything is numbered in the first, but for what closes a year and what undoes that. */
type Series = 'JV' | 'CL';

export type ModelEntry = {
  id: string;
  number: string;
  date: string;
  memo: string;
  reference: string | null;
  sourceKey: string | null;
  reverses: string | null;
  series: Series;
  lines: ModelLine[];
};

/** A line as it is sent: a side may be absent, and anything may be wrong with it. */
export type SentLine = {
  account: string;
  debit: bigint | null;
  credit: bigint | null;
  memo: string | null;
};
export type SentEntry = Omit<ModelEntry, 'number' | 'lines'> & { lines: SentLine[] };
export type ModelDraft = Pick<SentEntry, 'id' | 'date' | 'memo' | 'reference' | 'lines'>;

export const modelTypes = ['asset', 'liability', 'equity', 'income', 'expense'] as const;

export const modelCategories = [null, 'retained_earnings', 'bank'] as const;

export type ModelAccount = {
  code: string;
  name: string;
  type: (typeof modelTypes)[number];
  category: (typeof modelCategories)[number];
  parent: string | null;
  group: boolean;
  active: boolean;
};

export type ModelPeriod = {
  year: string;
  from: string;
  to: string;
  status: 'open' | 'closed' | 'locked';
};

/**
 * `scale` is the currency's decimals; periods are in order of time; a year is there when its periods are. `closed` has each
 * closed year with the id of the entry that closed it, null where there was nothing to close.
 */
export type Books = {
  scale: number;
  accounts: ModelAccount[];
  periods: ModelPeriod[];
  closed: Map<string, string | null>;
  entries: ModelEntry[];
  drafts: ModelDraft[];
};

/** Ten-thousandths as a decimal string with the currency's decimals, as the product writes them. */
export function written(parts: bigint, scale: number): string {
  const digits = `${parts < 0n ? -parts : parts}`.padStart(5, '0');
  const [whole, fraction] = [digits.slice(0, -4), digits.slice(-4, digits.length - 4 + scale)];
  return `${parts < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${fraction}`}`;
}

/** The same with every decimal that there is, as a client could send them. */
export const sent = (parts: bigint): string => written(parts, 4).replace(/\.?0+$/, '');

const day = (year: number, month: number, dayOfMonth: number): string =>
  new Date(Date.UTC(year, month, dayOfMonth)).toISOString().slice(0, 10);

/** The twelve periods of a Gregorian fiscal year that begins on an ISO date. */
export function periodsOfYear(startsOn: string): ModelPeriod[] {
  const [year = 0, month = 0, first = 0] = startsOn.split('-').map(Number);
  const lastYear = Number(day(year, month - 1 + 11, first).slice(0, 4));
  const name = lastYear === year ? `${year}` : `${year}/${`${lastYear}`.slice(2)}`;
  return Array.from({ length: 12 }, (_, index) => ({
    year: name,
    from: day(year, month - 1 + index, first),
    to: day(year, month + index, first - 1),
    status: 'open',
  }));
}

export const periodOn = (books: Books, date: string): ModelPeriod | undefined =>
  books.periods.find(({ from, to }) => from <= date && date <= to);

/** The fiscal years, in order of time. */
export function yearsOf(books: Books): { name: string; from: string; to: string }[] {
  return [...new Set(books.periods.map(({ year }) => year))].map((name) => {
    const own = books.periods.filter(({ year }) => year === name);
    return { name, from: own[0]?.from ?? '', to: own.at(-1)?.to ?? '' };
  });
}

/** Puts an entry without fault into the books, under the next number of its series in its fiscal year. */
export function enter(books: Books, entry: SentEntry): string {
  const year = periodOn(books, entry.date)?.year;
  const alike = books.entries.filter(({ series }) => series === entry.series);
  const before = alike.filter(({ date }) => periodOn(books, date)?.year === year).length;
  const number = `${entry.series}-${year}-${`${before + 1}`.padStart(6, '0')}`;
  const lines = entry.lines.map((line) => ({ ...line, debit: line.debit ?? 0n, credit: line.credit ?? 0n }));
  books.entries.push({ ...entry, lines, number });
  return number;
}

/** Sent lines that move each account back. */
export const mirrored = (lines: readonly ModelLine[]): SentLine[] =>
  lines.map(({ debit, credit, ...line }) => ({ ...line, debit: credit || null, credit: debit || null }));

/** An account's code and those of everything below it. */
export function below(books: Books, code: string): Set<string> {
  const found = new Set([code]);
  for (const account of found)
    for (const { code: child, parent } of books.accounts) if (parent === account) found.add(child);
  return found;
}

const before = (one: ModelEntry, other: ModelEntry) =>
  `${one.date} ${one.id}` < `${other.date} ${other.id}` ? -1 : 1;

/** Every line with its entry, by date and then in order of posting. */
export function linesInOrder(books: Books): { entry: ModelEntry; line: ModelLine }[] {
  return books.entries.toSorted(before).flatMap((entry) => entry.lines.map((line) => ({ entry, line })));
}

/** Each account's balance at the end of a day, debit positive, for all that were ever posted to by then. */
export function balancesOn(books: Books, date: string): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const { entry, line } of linesInOrder(books)) {
    if (entry.date > date) continue;
    balances.set(line.account, (balances.get(line.account) ?? 0n) + line.debit - line.credit);
  }
  return balances;
}
