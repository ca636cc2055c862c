// Keeps the books of a simulated company: posts entries, knows balances, and remembers what falls due.
import { formatAmount } from '#lib/money';
import type { EntryInput } from '../journal/entry.ts';

/** One side of an entry in the currency's hundredths: debit positive, credit negative. */
export type Move = readonly [account: string, amount: bigint, memo?: string];

/** Something that happens from a day on, tried again daily until it answers true. */
type Due = { date: string; attempt: () => boolean; anyDay: boolean };

/** Whole units of the currency as hundredths. */
export const whole = (amount: number): bigint => BigInt(amount) * 100n;

/** A percentage of an amount, rounded half up to the hundredth; `percent` may be in parts of `per`. */
export const share = (amount: bigint, percent: bigint, per = 100n): bigint =>
  (amount * percent + per / 2n) / per;

export class Books {
  readonly entries: EntryInput[] = [];
  /** The day being simulated. */
  date = '';
  /** The calendar year in which the fiscal year began; documents are numbered by it. */
  yearLabel = '';
  readonly #balances = new Map<string, bigint>();
  readonly #numbers = new Map<string, number>();
  readonly #moneyAccounts: readonly string[];
  #due: Due[] = [];

  /** `moneyAccounts` are those that no entry may overdraw. */
  constructor(moneyAccounts: readonly string[]) {
    this.#moneyAccounts = moneyAccounts;
  }

  /** The balance of an account in hundredths, debit positive. */
  balance(account: string): bigint {
    return this.#balances.get(account) ?? 0n;
  }

  /**
   * Posts an entry today under the next number of its series ('SI-2083-0412') and returns that number; null,
   * with nothing done, when the money is not there: an account of money would fall below `reserve`.
   * Moves of nothing are left out.
   */
  post(
    series: string,
    memo: (number: string) => string,
    moves: readonly Move[],
    reserve = 0n,
  ): string | null {
    const real = moves.filter(([, amount]) => amount !== 0n);
    const overdrawn = ([account, amount]: Move) =>
      amount < 0n && this.#moneyAccounts.includes(account) && this.balance(account) + amount < reserve;
    if (real.some(overdrawn)) return null;
    const number = this.#nextNumber(series);
    for (const [account, amount] of real) this.#balances.set(account, this.balance(account) + amount);
    this.entries.push({
      entry_date: this.date,
      memo: memo(number),
      reference: number,
      source: 'demo',
      source_key: `demo:${number}`,
      lines: real.map(([account, amount, lineMemo]) => ({
        account,
        ...(amount > 0n ? { debit: formatAmount(amount, 2) } : { credit: formatAmount(-amount, 2) }),
        ...(lineMemo ? { memo: lineMemo } : {}),
      })),
    });
    return number;
  }

  /** Lets something happen on `date` or the first working day after it, or on the very day if `anyDay`. */
  later(date: string, attempt: () => boolean, anyDay = false): void {
    this.#due.push({ date, attempt, anyDay });
  }

  /** Tries everything that is due today; `open` tells whether today is a working day. */
  runDue(open: boolean): void {
    const isReady = (due: Due) => due.date <= this.date && (open || due.anyDay);
    const ready = this.#due.filter(isReady);
    this.#due = this.#due.filter((due) => !isReady(due));
    for (const due of ready) if (!due.attempt()) this.#due.push(due);
  }

  #nextNumber(series: string): string {
    const prefix = `${series}-${this.yearLabel}`;
    const next = (this.#numbers.get(prefix) ?? 0) + 1;
    this.#numbers.set(prefix, next);
    return `${prefix}-${String(next).padStart(4, '0')}`;
  }
}
