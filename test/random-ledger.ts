// Makes random ledgers with the texts, trees and amounts that a file format could stumble over.
import fc from 'fast-check';
import { createAccount, type EntryInput, postEntries, reverseEntry } from '#accounting';
import { addDays } from '#lib/dates';
import { formatAmount } from '#lib/money';
import type { TestCompany } from '#test/company';

/** Three years, counted in days from the first. */
const LAST_DAY = 3 * 365;

// What CSV, hledger and terminals give a meaning to, and what only looks like nothing.
const pieces = [
  ...[
    'a',
    'Cash',
    'नगद',
    '🏔',
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '\u00a0',
    '\u2028',
    '\u200b',
    '\ufeff',
    '\ufffd',
  ],
  ...[
    ':',
    ';',
    '|',
    ',',
    '"',
    "'",
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '<',
    '*',
    '!',
    '=',
    '@',
    '@@',
    '%',
    '#',
    '~',
  ],
  ...['date:2024-99-99', '[2024-02-31]', '[=2024-13-01]', 'type:Z', '-5 USD', '2024-01-01', 'end', 'P 2024'],
];

const hostileText = fc
  .array(fc.constantFrom(...pieces), { maxLength: 5 })
  .map((chosen) => chosen.join('').trim());

const types = ['asset', 'liability', 'equity', 'income', 'expense'] as const;
const categories = [null, 'cash', 'bank', 'receivable'] as const;

const account = fc.record({
  // An import takes no mark of broken text, and reads every line end alike.
  code: hostileText.map((text) => text.replaceAll(/[\ufffd\r]/g, '').trim()),
  name: hostileText.map((text) => text || 'Nameless'),
  type: fc.constantFrom(...types),
  category: fc.constantFrom(...categories),
  group: fc.boolean(),
  // Mostly below the newest group, so that the tree becomes deep.
  above: fc.constantFrom(0, 0, 0, 1, 2, 1000),
});

const entry = fc.record({
  day: fc.nat({ max: LAST_DAY }),
  memo: hostileText,
  reference: fc.option(hostileText),
  lines: fc.array(
    fc.record({
      account: fc.nat(),
      units: fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }).filter((units) => units !== 0n),
      memo: fc.option(hostileText),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  reversedAfter: fc.option(fc.nat({ max: 30 }), { freq: 3 }),
});

/** Accounts and entries of three years; what they refer to is found when they are stored. */
export type RandomLedger = { accounts: AccountDraft[]; entries: EntryDraft[] };
type AccountDraft = typeof account extends fc.Arbitrary<infer T> ? T : never;
type EntryDraft = typeof entry extends fc.Arbitrary<infer T> ? T : never;

export const randomLedger: fc.Arbitrary<RandomLedger> = fc.record({
  accounts: fc.array(account, { minLength: 5, maxLength: 40 }),
  entries: fc.array(entry, { minLength: 1, maxLength: 40 }),
});

type Group = { code: string; type: (typeof types)[number] };

/** Creates the accounts in an empty chart; the codes of those that can be posted to. Doubled codes are left out. */
export async function storeChart({ run }: TestCompany, ledger: RandomLedger): Promise<string[]> {
  const posting = ['Balancing'];
  const groups: Group[] = [];
  const codes = new Set<string>(['', ...posting]);
  await run(async (tx) => {
    await createAccount(tx, { code: 'Balancing', name: 'Balancing', type: 'equity' });
    for (const { above, ...draft } of ledger.accounts) {
      if (codes.has(draft.code)) continue;
      codes.add(draft.code);
      const parent = groups.at(-1 - above);
      const type = parent?.type ?? draft.type;
      await createAccount(tx, { ...draft, type, parent: parent?.code ?? null });
      if (draft.group) groups.push({ code: draft.code, type });
      else posting.push(draft.code);
    }
  });
  return posting;
}

function inputOf(draft: EntryDraft, posting: readonly string[], from: string, scale: number): EntryInput {
  const rest = -draft.lines.reduce((sum, line) => sum + line.units, 0n);
  const balancing = rest === 0n ? [] : [{ account: 0, units: rest, memo: null }];
  const lines = [...draft.lines, ...balancing].map(({ account: pick, units, memo }) => ({
    account: posting[pick % posting.length] ?? 'Balancing',
    [units > 0n ? 'debit' : 'credit']: formatAmount(units > 0n ? units : -units, scale),
    memo,
  }));
  const { memo, reference } = draft;
  return { entry_date: addDays(from, draft.day), memo, reference, lines };
}

/** Posts the entries to those accounts from the day `from` on, and reverses some; the company has three years from there. */
export async function storeEntries(
  company: TestCompany,
  ledger: RandomLedger,
  posting: readonly string[],
  from: string,
): Promise<void> {
  for (const draft of ledger.entries) {
    const input = inputOf(draft, posting, from, company.tenant.currencyScale);
    if (input.lines.length < 2) continue;
    await company.run(async (tx) => {
      const [result] = await postEntries(tx, [input]);
      if (!result?.posted) throw new Error(`not posted: ${JSON.stringify(result?.faults)}`);
      if (draft.reversedAfter === null) return;
      const day = Math.min(draft.day + draft.reversedAfter, LAST_DAY);
      await reverseEntry(tx, result.id, { entry_date: addDays(from, day) });
    });
  }
}
