// What a careful client writes down: each request it sent, and what it was told of the entries in it.
import assert from 'node:assert/strict';
import type { EntryInput } from '#accounting';
import type { Outcome } from './asker.ts';

/** A request under its key. The memos of its entries begin with the key, so that they are found in the books. */
export type Noted = { key: string; path: string; body: object; entries: EntryInput[]; faulty: boolean };

/** An entry of which a client was told that it is posted. */
export type Told = { memo: string; id: string; number: string; total: string };

const accounts = ['1010', '1020', '1110', '2010', '4010', '5010'];

/** `bulk` is how many entries a request has, 0 for the single POST; `faulty` the share of requests with a fault in them. */
export type Habits = { bulk?: number; faulty?: number };

/**
 * `sent` holds every request by its key, `unknown` those of which nobody can tell whether they were done, `refused` those that
 * were definitely not; `told` the entries by their memos.
 */
export class Notebook {
  readonly sent = new Map<string, Noted>();
  readonly unknown = new Map<string, Noted>();
  readonly refused = new Map<string, Noted>();
  readonly told = new Map<string, Told>();
  readonly #random: () => number;
  readonly #habits: Required<Habits>;

  constructor(random: () => number, habits: Habits = {}) {
    this.#random = random;
    this.#habits = { bulk: 0, faulty: 0, ...habits };
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }

  /** Two accounts, an amount and a month by chance; `off` by so much from balancing. */
  #entry(memo: string, off: number): EntryInput {
    const cents = 1 + Math.floor(this.#random() * 99_999);
    const text = (amount: number) => (amount / 100).toFixed(2);
    const from = this.#pick(accounts);
    const to = this.#pick(accounts.filter((code) => code !== from));
    const month = String(1 + Math.floor(this.#random() * 12)).padStart(2, '0');
    const lines = [
      { account: to, debit: text(cents) },
      { account: from, credit: text(cents + off) },
    ];
    return { entry_date: `2024-${month}-15`, memo, lines };
  }

  /** The next request to send. The fault of a faulty one is in its last entry. */
  next(): Noted {
    const { bulk } = this.#habits;
    const key = `${this.sent.size + 1}-${Math.floor(this.#random() * 2 ** 32).toString(36)}`;
    const faulty = this.#random() < this.#habits.faulty;
    const count = Math.max(1, bulk);
    const entries = Array.from({ length: count }, (_, index) =>
      this.#entry(`${key}/${index}`, faulty && index === count - 1 ? 1 : 0),
    );
    const [path, body] =
      bulk > 0 ? ['/journal-entries/bulk/', { entries }] : ['/journal-entries/', entries[0] as EntryInput];
    const noted = { key, path, body, entries, faulty };
    this.sent.set(key, noted);
    return noted;
  }

  /** Notes what became of a request. A definite failure leaves open what an earlier, ambiguous try has done. */
  note(noted: Noted, { kind, status, body }: Outcome): void {
    const { key, entries, faulty } = noted;
    if (kind === 'ok') {
      const results = this.#habits.bulk > 0 ? body.results : [body];
      for (const [index, entry] of entries.entries()) this.#noteTold(entry, results[index]);
      this.unknown.delete(key);
    } else if (status === 422 && faulty) {
      this.refused.set(key, noted);
      this.unknown.delete(key);
    } else if (kind === 'ambiguous' || status === 409) this.unknown.set(key, noted);
    else if (status === 0 || status === 503) {
      if (!this.unknown.has(key)) this.refused.set(key, noted);
    } else assert.fail(`a good request was refused: ${status} ${JSON.stringify(body)}`);
  }

  #noteTold({ memo, lines }: EntryInput, result: Record<string, unknown> | undefined): void {
    const told = {
      memo,
      id: String(result?.id),
      number: String(result?.number),
      total: lines[0]?.debit ?? '',
    };
    const before = this.told.get(memo);
    if (before) assert.deepEqual(told, before, 'a repeated request was answered otherwise than the first');
    this.told.set(memo, told);
  }

  /** Some of the requests that were answered, by chance. */
  answered(count: number): Noted[] {
    const all = [...this.sent.values()].filter(({ entries }) => this.told.has(entries[0]?.memo ?? ''));
    return Array.from({ length: Math.min(count, all.length) }, () => this.#pick(all));
  }
}
