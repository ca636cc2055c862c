// Proves on a real database that a journal file is imported whole or not at all, and once.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { pageNumber } from '#lib/lists/part';
import type { TenantTx } from '#lib/tenant-tx';
import {
  type CompanyFacts,
  createCompany,
  openTestHouse,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { listAccounts } from '../accounts/account.ts';
import { updateAccount } from '../accounts/keep-accounts.ts';
import { listPeriods } from '../fiscal-years/fiscal-year.ts';
import { setPeriodStatus } from '../fiscal-years/set-period-status.ts';
import { listEntries } from '../journal/read-entries.ts';
import { trialBalance } from '../reports/trial-balance.ts';
import { type ImportOptions, importJournal } from './import-journal.ts';
import { ImportRefused } from './import-refused.ts';
import { readJournalFile } from './read-journal-file.ts';

const HEAD = 'entry,date,memo,account,debit,credit';
const create: ImportOptions = { createAccounts: true };

const sale = (key: string, amount = '10.00', date = '2024-03-01') => [
  `${key},${date},Sale,Assets:Cash,${amount},`,
  `${key},${date},Sale,Income:Sales,,${amount}`,
];

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

const company = (facts: CompanyFacts = {}) => createCompany(house.db, { chart: 'none', ...facts });

async function importText(tx: TenantTx, text: string, options: ImportOptions) {
  const file = await readJournalFile(Readable.from([Buffer.from(text)]), tx.tenant.currencyScale);
  return await importJournal(tx, file, options);
}

const importRows = ({ run }: TestCompany, rows: string[], options = create) =>
  run((tx) => importText(tx, [HEAD, ...rows, ''].join('\n'), options));

async function refusal(target: TestCompany, rows: string[], options = create): Promise<ImportRefused> {
  try {
    await importRows(target, rows, options);
  } catch (error) {
    if (error instanceof ImportRefused) return error;
    throw error;
  }
  throw new Error('it was imported');
}

const told = ({ faults }: ImportRefused) => faults.map(({ line, detail }) => `line ${line}: ${detail}`);

/** The signed balance of each account posted to. */
async function balances({ run }: TestCompany): Promise<Record<string, string>> {
  const { rows } = await run((tx) => trialBalance(tx, '2025-12-31', { settled: true }));
  return Object.fromEntries(
    rows.map(({ account, debit, credit }) => [account, credit === '0.00' ? debit : `-${credit}`]),
  );
}

const counts = ({ run }: TestCompany) =>
  run(async (tx) => ({
    entries: (await listEntries(tx, {}, pageNumber(1, 1))).count ?? 0,
    accounts: (await listAccounts(tx)).length,
  }));

describe('importing a journal file', () => {
  test('entries are posted in the order of the file, with their memos, and reported', async () => {
    const target = await company();
    const report = await importRows(target, [
      '9,2024-01-05,"Rent, paid | ""early""",Expenses:Rent,100,',
      ...sale('1', '25.50', '2025-02-01'),
      '9,2024-01-05,by transfer,Assets:Cash,0,100.0',
    ]);
    assert.deepEqual(report, {
      entries: 2,
      lines: 4,
      skipped: 0,
      from: '2024-01-05',
      to: '2025-02-01',
      accounts: ['Expenses', 'Expenses:Rent', 'Assets', 'Assets:Cash', 'Income', 'Income:Sales'],
      numbers: [
        { first: 'JV-2024-000001', last: 'JV-2024-000001' },
        { first: 'JV-2025-000001', last: 'JV-2025-000001' },
      ],
    });
    const { rows } = await target.run((tx) =>
      sql`select e.memo, e.source, l.memo as line_memo from journal_entries e join journal_lines l on l.entry_id = e.id
        where e.number = 'JV-2024-000001' order by l.line_no`.execute(tx.db),
    );
    const memo = 'Rent, paid | "early"';
    assert.deepEqual(rows, [
      { memo, source: 'import', line_memo: null },
      { memo, source: 'import', line_memo: 'by transfer' },
    ]);
    assert.deepEqual(await balances(target), {
      'Assets:Cash': '-74.50',
      'Expenses:Rent': '100.00',
      'Income:Sales': '-25.50',
    });
  });

  test('faults of reading and of the books are told together, by line, and nothing is stored', async () => {
    const target = await company();
    const refused = await refusal(target, [
      ...sale('1'),
      '2,2024-03-01,off by one,Assets:Cash,10,',
      '2,2024-03-01,off by one,Income:Sales,,9',
      '3,2023-12-31,too early,Assets:Cash,1,',
      '3,2023-12-31,too early,Income:Sales,,1',
      '4,2024-03-01,alone,Assets:Cash,5,',
      '5,2024-03-01,unreadable,Assets:Cash,5.005,',
      '5,2024-03-01,unreadable,Foo:Bar,,5',
      '6,2024-03-01,sides,Assets:Cash,5,5',
      '6,2024-03-01,sides,Income:Sales,-5,',
      '6,2024-03-01,sides,Income:Sales,,0',
      '6,2024-03-01,sides,Income::Sales,10,',
    ]);
    assert.deepEqual(told(refused), [
      'line 4: entry 2: debits 10.00 and credits 9.00 differ by 1.00',
      'line 6: entry 3: 2023-12-31 lies in no fiscal period of the company',
      'line 8: entry 4: an entry has at least two lines',
      'line 8: entry 4: debits 5.00 and credits 0.00 differ by 5.00',
      'line 9: debit: an amount has at most 2 decimals here',
      'line 10: there is no account Foo:Bar, and it cannot be created: its first part is none of Assets, Liabilities, Equity, Income, Expenses',
      'line 11: entry 6: debits 10.00 and credits 5.00 differ by 5.00',
      'line 11: a line has a debit or a credit, not both',
      'line 12: an amount is never negative; use the other side',
      'line 13: a line needs a debit or a credit above zero',
      'line 14: the account Income::Sales has an empty part between its colons',
    ]);
    assert.equal(refused.detail, 'the file has 11 faults');
    assert.deepEqual(refused.errors[0]?.pointer, '/3');
    assert.deepEqual(await counts(target), { entries: 0, accounts: 0 });
  });

  test('unknown, group and inactive accounts and closed periods are faults', async () => {
    const target = await company();
    await importRows(target, [...sale('1'), '2,2024-03-01,m,Assets:Bank,1,', '2,2024-03-01,m,Equity,,1']);
    await target.run(async (tx) => {
      await updateAccount(tx, 'Assets:Bank', { active: false }, null);
      const april = (await listPeriods(tx)).find(({ starts_on }) => starts_on === '2024-04-01');
      await setPeriodStatus(tx, april?.id ?? 0, 'closed');
    });
    const rows = [
      '3,2024-04-01,m,Assets,1,',
      '3,2024-04-01,m,Assets:Bank,,1',
      '4,2024-05-01,m,Assets:New,1,',
      '4,2024-05-01,m,Assets:Cash,,1',
    ];
    const april = (await target.run((tx) => listPeriods(tx))).find(({ number }) => number === 4)?.name;
    const faults = [
      'line 2: account Assets is a group; post to one of its accounts',
      `line 2: entry 3: 2024-04-01 lies in ${april}, which is closed`,
      'line 3: account Assets:Bank is inactive',
    ];
    assert.deepEqual(told(await refusal(target, rows)).toSorted(), faults);
    assert.deepEqual(told(await refusal(target, rows, {})).toSorted(), [
      ...faults,
      'line 4: there is no account Assets:New',
    ]);
    assert.equal((await counts(target)).entries, 2);
  });

  test('a path may be posted to and have others below it, in one file and over two', async () => {
    const target = await company();
    const both = (key: string, account: string) => [
      `${key},2024-03-01,m,${account},1,`,
      `${key},2024-03-01,m,Assets:Cash,,1`,
    ];
    await importRows(target, [...both('1', 'Expenses:Food'), ...both('2', 'Expenses:Food:Groceries')]);
    await importRows(target, [...both('3', 'Assets:Cash:Till'), ...both('4', 'Expenses:Food:Out:Lunch')]);
    const tree = await target.run((tx) => listAccounts(tx));
    assert.deepEqual(
      tree.map(({ code, parent, group }) => `${code} in ${parent}${group ? ', a group' : ''}`),
      [
        'Assets in null, a group',
        'Assets:Cash in Assets',
        'Assets:Cash:Till in Assets',
        'Expenses in null, a group',
        'Expenses:Food in Expenses',
        'Expenses:Food:Groceries in Expenses',
        'Expenses:Food:Out in Expenses, a group',
        'Expenses:Food:Out:Lunch in Expenses:Food:Out',
      ],
    );
    const refused = await refusal(target, both('5', 'Expenses:Food:Out'));
    assert.match(told(refused).join(), /^line 2: account Expenses:Food:Out is a group/);
  });

  test('a ready-made chart is used as it is', async () => {
    const target = await company({ chart: 'general' });
    const before = await counts(target);
    const report = await importRows(target, ['1,2024-03-01,m,1010,5,', '1,2024-03-01,m,4010,,5'], {});
    assert.deepEqual(report.accounts, []);
    assert.deepEqual(await counts(target), { ...before, entries: before.entries + 1 });
  });

  test('a dry run tells what would happen and leaves nothing', async () => {
    const target = await company();
    const report = await importRows(target, sale('1'), { ...create, dryRun: true });
    assert.deepEqual([report.entries, report.lines, report.accounts.length, report.numbers], [1, 2, 4, []]);
    assert.deepEqual(await counts(target), { entries: 0, accounts: 0 });
    await refusal(target, ['1,2024-03-01,m,Assets:Cash,1,'], { ...create, dryRun: true });
  });

  test('the same file again is refused, or skipped when that is wished', async () => {
    const target = await company();
    await importRows(target, [...sale('1'), ...sale('2')]);
    const again = await refusal(target, [...sale('1'), ...sale('2')]);
    assert.deepEqual(again.faults, []);
    assert.equal(
      again.detail,
      '2 of 2 entries were imported before; use --skip-existing to import only what is new',
    );
    const skipped = await importRows(target, [...sale('1', '10.0'), ...sale('2')], {
      ...create,
      skipExisting: true,
    });
    assert.deepEqual([skipped.entries, skipped.skipped, skipped.from], [0, 2, null]);
    assert.equal((await counts(target)).entries, 2);
  });

  test('a grown file is refused, too, and adds what is new when the rest is skipped', async () => {
    const target = await company();
    await importRows(target, [...sale('1'), ...sale('2')]);
    const grown = [...sale('1'), ...sale('3', '7.00'), ...sale('2')];
    assert.match((await refusal(target, grown)).detail, /^2 of 3 entries were imported before/);
    assert.equal((await counts(target)).entries, 2);
    const report = await importRows(target, grown, { skipExisting: true });
    assert.deepEqual([report.entries, report.skipped, report.lines], [1, 2, 2]);
    assert.deepEqual(await balances(target), { 'Assets:Cash': '27.00', 'Income:Sales': '-27.00' });
  });

  test('what was imported stays skipped when its period and its account are closed since', async () => {
    const target = await company();
    await importRows(target, sale('1'));
    await target.run(async (tx) => {
      await updateAccount(tx, 'Income:Sales', { active: false }, null);
      const march = (await listPeriods(tx)).find(({ starts_on }) => starts_on === '2024-03-01');
      await setPeriodStatus(tx, march?.id ?? 0, 'closed');
    });
    assert.equal((await importRows(target, sale('1'), { skipExisting: true })).skipped, 1);
  });

  test('two imports of one file at once post it once', async () => {
    const target = await company();
    const outcomes = await Promise.allSettled([
      importRows(target, sale('1')),
      importRows(target, sale('1')),
      importRows(target, sale('1'), { ...create, skipExisting: true }),
    ]);
    assert.equal((await counts(target)).entries, 1);
    const posted = outcomes.filter(
      (outcome) => outcome.status === 'fulfilled' && outcome.value.entries === 1,
    );
    assert.equal(posted.length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof ImportRefused);
    }
  });

  test('many entries go in batches that continue each other’s numbers, and progress is told', async () => {
    const target = await company();
    const rows = Array.from({ length: 2100 }, (_, index) => sale(`${index + 1}`, '1.00')).flat();
    const seen: number[] = [];
    const report = await importRows(target, rows, {
      ...create,
      onProgress: (done, total) => seen.push(done, total),
    });
    assert.deepEqual(seen, [1000, 2100, 2000, 2100, 2100, 2100]);
    assert.deepEqual(report.numbers, [{ first: 'JV-2024-000001', last: 'JV-2024-002100' }]);
    assert.deepEqual(await balances(target), { 'Assets:Cash': '2100.00', 'Income:Sales': '-2100.00' });
  });

  test('a fault in a late batch takes the earlier ones with it', async () => {
    const target = await company();
    const rows = Array.from({ length: 1200 }, (_, index) => sale(`${index + 1}`, '1.00')).flat();
    rows.push('1201,2024-03-01,m,Assets:Cash,1,');
    assert.match(
      told(await refusal(target, rows)).join(),
      /^line 2402: entry 1201: an entry has at least two/,
    );
    assert.deepEqual(await counts(target), { entries: 0, accounts: 0 });
  });
});
