// Proves of dimensions that lines carry them through every change, and that balances by them are the sums of lines at any time.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '#lib/problem';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';
import { createAccount, updateAccount } from '../accounts/keep-accounts.ts';
import type { EntryInput } from '../journal/entry.ts';
import { holdPostings, postEntries } from '../journal/post-entries.ts';
import { getEntry } from '../journal/read-entries.ts';
import { reverseEntry } from '../journal/reverse-entry.ts';
import { verifyBooks } from '../verify/verify-books.ts';
import { createDimension, deleteDimension, updateDimension } from './keep-dimensions.ts';
import { createValues, deleteValue, updateValue } from './keep-values.ts';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  house = await openTestHouse(20);
  company = await createCompany(house.db);
  await company.run((tx) => createValues(tx, 'branch', codes('KTM', 'PKR', 'OLD')));
  await company.run((tx) => createValues(tx, 'project', codes('P1', 'P2')));
});

after(async () => {
  await assertBooksHold(house, company);
  await house.close();
});

const codes = (...all: string[]) => all.map((code) => ({ code, name: `Value ${code}` }));

const sale = (
  amount: string,
  dimensions: Record<string, string>,
  more: Partial<EntryInput> = {},
): EntryInput => ({
  entry_date: '2024-03-01',
  memo: 'Sale',
  lines: [
    { account: '1010', debit: amount },
    { account: '4010', credit: amount, dimensions },
  ],
  ...more,
});

const inactive = (dimension: string, code: string, active = false) =>
  company.run((tx) => updateValue(tx, dimension, code, { active }));
const ask = (account: string, ...required: string[]) =>
  company.run((tx) => updateAccount(tx, account, { required_dimensions: required }, null));

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const problem = await work.then(
    () => assert.fail('it was done'),
    (error: unknown) => error,
  );
  assert.ok(problem instanceof Problem, String(problem));
  return problem;
}
const faultsOf = async (work: Promise<unknown>) =>
  (await problemOf(work)).errors.map(({ pointer, code }) => `${pointer} ${code}`).sort();

async function assertVerified(): Promise<void> {
  const verdicts = await company.run(verifyBooks);
  assert.deepEqual(
    verdicts.filter(({ breaches }) => breaches > 0),
    [],
  );
}

/** Balances by dimension as kept, and as the lines say, of the dimensions that keep any. */
async function balances(): Promise<{ kept: unknown[]; summed: unknown[] }> {
  const { schema } = company.tenant;
  const columns = 'value_id, account_id, period_id, closing';
  const kept = `select ${columns}, debit, credit from ${schema}.dimension_balances order by 1, 2, 3, 4`;
  const summed = `select ${columns}, sum(debit) as debit, sum(credit) as credit from ${schema}.journal_line_dimensions
    where dimension_id in (select id from ${schema}.dimensions where keeps_balances) group by ${columns} order by 1, 2, 3, 4`;
  const [{ rows: one }, { rows: other }] = [
    await house.superuser.query(kept),
    await house.superuser.query(summed),
  ];
  return { kept: one, summed: other };
}

async function assertBalances(): Promise<number> {
  const { kept, summed } = await balances();
  assert.deepEqual(kept, summed);
  return kept.length;
}

describe('a requirement of an account', () => {
  test('names each lacking dimension at its line, and goes away with the requirement', async () => {
    await ask('4010', 'branch', 'project');
    const [result] = await company.run((tx) => postEntries(tx, [sale('1', { project: 'P1' })]));
    assert.deepEqual(result?.posted === false && result.faults, [
      {
        pointer: '/lines/1/dimensions/branch',
        code: 'accounting/dimension-required',
        detail: 'account 4010 asks for a value of branch',
      },
    ]);
    await company.post(sale('1', { project: 'P1', branch: 'KTM' }));
    assert.deepEqual((await ask('4010', 'branch')).required_dimensions, ['branch']);
    await company.post(sale('1', { branch: 'KTM' }));
    assert.deepEqual((await ask('4010')).required_dimensions, []);
  });

  test('is of a dimension that there is, and of an account that people post to', async () => {
    assert.deepEqual(await faultsOf(ask('4010', 'branch', 'nothing')), [
      '/required_dimensions/1 accounting/dimension-unknown',
    ]);
    assert.deepEqual(await faultsOf(ask('4000', 'branch')), [
      '/required_dimensions accounting/account-is-group',
    ]);
    const rounding = { code: '6999', name: 'Rounding', type: 'expense', category: 'rounding' } as const;
    const input = { ...rounding, required_dimensions: ['branch'] } as unknown as Parameters<
      typeof createAccount
    >[1];
    assert.deepEqual(await faultsOf(company.run((tx) => createAccount(tx, input))), [
      '/required_dimensions accounting/dimension-not-askable',
    ]);
  });

  test('keeps its dimension active and there', async () => {
    await company.run((tx) => createDimension(tx, { code: 'vehicle', name: 'Vehicle' }));
    await ask('4010', 'vehicle');
    const off = company.run((tx) => updateDimension(tx, 'vehicle', { active: false, name: ' ' }));
    assert.deepEqual(await faultsOf(off), [
      '/active accounting/dimension-asked-for',
      '/name accounting/dimension-name-blank',
    ]);
    const gone = await problemOf(company.run((tx) => deleteDimension(tx, 'vehicle')));
    assert.equal(`${gone.kind} ${gone.code}`, 'conflict accounting/dimension-in-use');
    await ask('4010');
    await company.run((tx) => deleteDimension(tx, 'vehicle'));
  });
});

test('a reversal mirrors the dimensions, though a value is out of use and another is asked for by then', async () => {
  const [id = ''] = await company.post(sale('9', { branch: 'OLD' }));
  await inactive('branch', 'OLD');
  await company.run((tx) => updateDimension(tx, 'branch', { active: false }));
  await ask('4010', 'project');
  const reversal = await company.run((tx) => reverseEntry(tx, id));
  const entry = await company.run((tx) => getEntry(tx, reversal.id));
  assert.deepEqual(
    entry?.lines.map(({ account, debit, dimensions }) => ({ account, debit, dimensions })),
    [
      { account: '1010', debit: null, dimensions: {} },
      { account: '4010', debit: '9.00', dimensions: { branch: 'OLD' } },
    ],
  );
  await ask('4010');
  await company.run((tx) => updateDimension(tx, 'branch', { active: true }));
  const [again] = await company.run((tx) => postEntries(tx, [sale('9', { branch: 'OLD' })]));
  assert.equal(again?.posted === false && again.faults[0]?.code, 'accounting/dimension-value-unknown');
  await assertBalances();
  await assertVerified();
});

test('what lines use stays; what none uses goes, a dimension with its values', async () => {
  await company.post(sale('1', { branch: 'PKR' }));
  const used = await problemOf(company.run((tx) => deleteValue(tx, 'branch', 'PKR')));
  assert.equal(`${used.kind} ${used.code}`, 'conflict accounting/dimension-value-in-use');
  const whole = await problemOf(company.run((tx) => deleteDimension(tx, 'branch')));
  assert.equal(whole.code, 'accounting/dimension-in-use');
  await company.run((tx) => createDimension(tx, { code: 'idle', name: 'Idle', keeps_balances: true }));
  await company.run((tx) => createValues(tx, 'idle', codes('a', 'b')));
  await company.run((tx) => deleteValue(tx, 'idle', 'a'));
  await company.run((tx) => deleteDimension(tx, 'idle'));
  await assertBalances();
});

test('a value deleted, or asked for, while somebody posts never costs a line its dimension', async () => {
  for (let round = 0; round < 6; round += 1) {
    const code = `V${round}`;
    await company.run((tx) => createValues(tx, 'project', codes(code)));
    const posting = company.run((tx) => postEntries(tx, [sale('1', { project: code })]));
    const deleting = company
      .run((tx) => deleteValue(tx, 'project', code))
      .catch((problem: Problem) => problem);
    const asking = ask('4010', 'branch');
    const [[result], deleted] = await Promise.all([posting, deleting, asking]);
    if (result?.posted) {
      const entry = await company.run((tx) => getEntry(tx, result.id));
      assert.deepEqual(entry?.lines[1]?.dimensions, { project: code });
      assert.ok(deleted instanceof Problem);
    } else assert.match(result?.faults[0]?.code ?? '', /dimension-(value-unknown|required)/);
    await ask('4010');
  }
  await assertVerified();
});

test('a posting that meets a deletion waits for it, and then has a fault', async () => {
  await company.run((tx) => createValues(tx, 'project', codes('BRIEF')));
  const gate = Promise.withResolvers<void>();
  const deleted = Promise.withResolvers<void>();
  const deleting = company.run(async (tx) => {
    await deleteValue(tx, 'project', 'BRIEF');
    deleted.resolve();
    await gate.promise;
  });
  await deleted.promise;
  const posting = company.run((tx) => postEntries(tx, [sale('1', { project: 'BRIEF' })]));
  const first = await Promise.race([posting.then(() => 'posting'), sleep(150, 'waiting')]);
  assert.equal(first, 'waiting');
  gate.resolve();
  const [[result]] = await Promise.all([posting, deleting]);
  assert.equal(result?.posted === false && result.faults[0]?.code, 'accounting/dimension-value-unknown');
});

test('whoever posts several times in one transaction may switch balances in it, too', async () => {
  await company.run(async (tx) => {
    await holdPostings(tx);
    await postEntries(tx, [sale('3', { project: 'P1' })]);
    await updateDimension(tx, 'project', { keeps_balances: false });
    await postEntries(tx, [sale('4', { project: 'P1' })]);
    await updateDimension(tx, 'project', { keeps_balances: true });
  });
  await assertBalances();
});

/** Numbers between 0 and 1 that are the same in every run (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test('balances by dimension are the sums of the lines after random postings, also while they are switched off and on', async () => {
  const random = randomOf(8);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const dimensions = (): Record<string, string> => ({
    ...pick<Record<string, string>>([{}, { branch: 'KTM' }, { branch: 'PKR' }, { branch: 'GONE' }]),
    ...pick<Record<string, string>>([{}, { project: 'P1' }, { project: 'P2' }]),
  });
  const entry = (): EntryInput => {
    const [a, b] = [1 + Math.floor(random() * 900), 1 + Math.floor(random() * 900)];
    return {
      entry_date: `202${pick([4, 5])}-0${pick([1, 2, 3])}-1${pick([0, 5])}`,
      memo: 'At random',
      lines: [
        { account: pick(['1010', '1020']), debit: `${a + b}`, dimensions: dimensions() },
        { account: '4010', credit: `${a}`, dimensions: dimensions() },
        { account: pick(['4010', '2010']), credit: `${b}`, dimensions: dimensions() },
      ],
    };
  };
  let posted = 0;
  const poster = async () => {
    for (let round = 0; round < 8; round += 1) {
      const results = await company.run((tx) => postEntries(tx, [entry(), entry(), entry()]));
      for (const result of results) {
        if (!result.posted) continue;
        posted += 1;
        if (random() < 0.2) await company.run((tx) => reverseEntry(tx, result.id));
      }
    }
  };
  const switcher = async () => {
    for (let round = 0; round < 10; round += 1) {
      const dimension = pick(['branch', 'project']);
      await company.run((tx) => updateDimension(tx, dimension, { keeps_balances: round % 2 === 1 }));
      await assertBalancesAtOneMoment();
    }
  };
  await Promise.all([...Array.from({ length: 16 }, poster), switcher()]);
  assert.ok(posted > 60, String(posted));
  await assertBalances();
  for (const dimension of ['branch', 'project'])
    await company.run((tx) => updateDimension(tx, dimension, { keeps_balances: true }));
  assert.ok((await assertBalances()) > 8);
  await assertVerified();
});

/** The same while others post: one statement sees one moment. */
async function assertBalancesAtOneMoment(): Promise<void> {
  const { schema } = company.tenant;
  const { rows } = await house.superuser.query(`
    select value_id from (
      select value_id, account_id, period_id, debit, credit from ${schema}.dimension_balances
      union all
      select value_id, account_id, period_id, -debit, -credit from ${schema}.journal_line_dimensions
        where dimension_id in (select id from ${schema}.dimensions where keeps_balances)
    ) both_sides group by value_id, account_id, period_id having sum(debit) <> 0 or sum(credit) <> 0`);
  assert.deepEqual(rows, []);
}
