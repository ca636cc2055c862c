// Works as members who are limited to branches: what their figures are, what they may write, and what hand-written SQL gets.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { pageNumber } from '#lib/lists/part';
import { type Actor, inTenant, type TenantTx } from '#lib/tenant-tx';
import { type BranchBooks, createBranchBooks, limitedActor, saleOf, telltales } from '#test/branches';
import { createCompany, fingerprint, openTestHouse, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';
import { setRates } from './currencies/keep-rates.ts';
import { exportLedger } from './export/export-ledger.ts';
import { createDraft } from './journal/drafts.ts';
import { postEntries } from './journal/post-entries.ts';
import { PostingQueue } from './journal/posting-queue.ts';
import { getEntry, getPosted, listEntries } from './journal/read-entries.ts';
import { runRecurring } from './recurring/run-recurring.ts';
import { balanceSheet } from './reports/balance-sheet.ts';
import { trialBalance } from './reports/trial-balance.ts';
import { verifyBooks } from './verify/verify-books.ts';

let house: TestHouse;
let books: BranchBooks;
before(async () => {
  house = await openTestHouse();
  books = await createBranchBooks(house.db);
});
after(() => house.close());

const userId = randomUUID();
const ktm = limitedActor(userId, ['KTM']);
const as = <T>(actor: Actor, work: (tx: TenantTx) => Promise<T>): Promise<T> =>
  books.company.run(work, actor);

const query = {
  dimensions: {},
  by: null,
  knownOn: null,
  compare: null,
  layout: 'flat',
  zero: false,
} as const;

/** What stands on the accounts, debit positive. */
async function standing(
  actor: Actor | undefined,
  dimensions: Record<string, string> = {},
): Promise<string[]> {
  const { sections } = await books.company.run(
    (tx) => balanceSheet(tx, '2027-12-31', { ...query, dimensions }),
    actor,
  );
  return sections.map(({ key, figures }) => `${key} ${figures[0]?.amount}`);
}

describe('the figures of a limited member', () => {
  test('are those of the lines of their branches, as anybody gets them who asks for those', async () => {
    assert.deepEqual(await standing(ktm), await standing(undefined, { branch: 'KTM' }));
    const of = async (actor: Actor) => (await as(actor, (tx) => trialBalance(tx, '2027-12-31'))).totals.debit;
    const [one, two, none] = [
      await of(ktm),
      await of(limitedActor(userId, ['PKR'])),
      await of(limitedActor(userId, ['BRT'])),
    ];
    assert.equal(none, '0.00');
    const both = await of(limitedActor(userId, ['PKR', 'KTM', 'PKR']));
    assert.equal(both, (Number(one) + Number(two)).toFixed(2));
  });

  test('are the same when no balances are kept of branches, and when only some was known', async () => {
    const told = await standing(ktm);
    const now = new Date().toISOString();
    const known = { ...query, knownOn: now };
    const before_ = await as(ktm, (tx) => balanceSheet(tx, '2027-12-31', known));
    await as(ktm, (tx) => postEntries(tx, [saleOf({ branch: 'KTM' }, '3.00', 'Later')]));
    assert.deepEqual(await as(ktm, (tx) => balanceSheet(tx, '2027-12-31', known)), before_);
    const keep = (keeps: boolean) =>
      books.company.run((tx) => sql`select keep_dimension_balances('branch', ${keeps})`.execute(tx.db));
    const kept = await standing(ktm);
    assert.notDeepEqual(kept, told);
    await keep(false);
    assert.deepEqual(await standing(ktm), kept);
    await keep(true);
    assert.deepEqual(await standing(ktm), kept);
  });

  test('of a project are those of their branches’ lines of it', async () => {
    const own = await standing(ktm, { project: 'P' });
    assert.equal(own[0], 'assets 100.00');
    assert.notEqual((await standing(undefined, { project: 'P' }))[0], own[0]);
  });

  test('are nothing for who is limited to none, and for a branch that there is not', async () => {
    for (const branches of [[], ['NO'], ["KTM'; reset role; --"], ['SECRET"']])
      assert.deepEqual(
        await as(limitedActor(userId, branches), (tx) => listEntries(tx, {}, pageNumber(1, 50))),
        { count: 0, results: [], next: null },
        JSON.stringify(branches),
      );
  });

  test('and the ledger that is exported for them hold nothing of another branch', async () => {
    for (const format of ['csv', 'hledger'] as const) {
      const text = await inTenant(
        house.db,
        books.company.tenant,
        ktm,
        async (tx) => (await Array.fromAsync(exportLedger(tx, { format }))).join(''),
        { snapshot: true },
      );
      assert.match(text, /Sale in Kathmandu/);
      assert.deepEqual(telltales(text), []);
    }
  });
});

describe('who is limited to a branch', () => {
  test('posts no line of another branch, of none, in another’s draft’s place, nor the reversal of what is hidden', async () => {
    const { ids } = books;
    const bad = [
      saleOf({}, '1', 'x'),
      saleOf({ branch: 'PKR' }, '1', 'x'),
      saleOf({ branch: 'KTM' }, '1', 'x', { id: ids.otherDraft ?? '' }),
      saleOf({ branch: 'KTM' }, '41', 'x', { reverses_id: ids.between ?? '' }),
      saleOf({ branch: 'KTM' }, '7313.13', 'x', { reverses_id: ids.other ?? '' }),
    ];
    const stored = await fingerprint(house, books.company);
    const results = await as(ktm, (tx) => postEntries(tx, bad));
    assert.deepEqual(
      results.map((result) => !result.posted && [...new Set(result.faults.map(({ code }) => code))].join()),
      [
        'accounting/branch-not-yours',
        'accounting/branch-not-yours',
        'accounting/id-taken',
        'accounting/other-branches',
        'accounting/other-branches',
      ],
    );
    for (const each of bad.slice(0, 2))
      await assert.rejects(
        as(ktm, (tx) => createDraft(tx, each)),
        { code: '42501' },
      );
    assert.deepEqual(await fingerprint(house, books.company), stored);
  });

  test('gets the rounding of currencies in the branch, too, and so the whole entry', async () => {
    await books.company.run((tx) =>
      setRates(tx, [{ currency: 'CHF', rate_date: '2024-01-01', rate: '1.005' }]),
    );
    const line = (amount: string, side: 'debit' | 'credit') => ({
      account: '1010',
      [side]: amount,
      currency: 'CHF',
      dimensions: { branch: 'KTM' },
    });
    const entry = {
      entry_date: '2024-03-01',
      memo: 'Francs',
      lines: [line('0.33', 'debit'), line('0.33', 'debit'), line('0.34', 'debit'), line('1.00', 'credit')],
    };
    const [result] = await as(ktm, (tx) => postEntries(tx, [entry]));
    assert.ok(result?.posted, JSON.stringify(result));
    const [seen] = await as(ktm, (tx) => getPosted(tx, [result.id]));
    assert.equal(seen?.partial, undefined);
    const [all] = await books.company.run((tx) => getPosted(tx, [result.id]));
    assert.deepEqual(seen?.lines, all?.lines);
  });

  test('runs what recurs in their branches, and leaves the rest', async () => {
    const { results } = await as(ktm, (tx) => runRecurring(tx, '2027-12-31', { dryRun: true }));
    assert.ok(results.length > 0);
    assert.deepEqual(telltales(JSON.stringify(results)), []);
  });

  test('gets no answer again that was given when they were limited to more', async () => {
    const queue = new PostingQueue(house.db);
    const { tenant } = books.company;
    const claim = { actorId: userId, key: 'one', fingerprint: Buffer.alloc(32) };
    const entry = saleOf({ branch: 'PKR' }, '9.17', 'SECRET answer');
    const ask = (branches: string[]) =>
      queue.post({ tenant, actor: limitedActor(userId, branches), entry, claim });
    const first = await ask(['KTM', 'PKR']);
    assert.equal((await ask(['PKR', 'KTM', 'BRT'])).replayed, true);
    assert.equal((await ask(['KTM', 'PKR'])).body.id, first.body.id);
    await assert.rejects(ask(['KTM']), (error: Error) => telltales(JSON.stringify(error)).length === 0);
  });

  test('shares a set of postings with those who are limited alike, and with nobody else', async () => {
    const queue = new PostingQueue(house.db);
    const { tenant } = books.company;
    const system = { ...ktm, branches: null };
    const post = (actor: Actor, branch: string | null) =>
      queue
        .post({
          tenant,
          actor,
          entry: saleOf(branch === null ? {} : { branch }, '1.00', 'Together'),
          claim: null,
        })
        .then(
          ({ body }) => body.lines[0]?.dimensions.branch ?? 'none',
          () => 'refused',
        );
    const told = await Promise.all([
      post(ktm, 'KTM'),
      post(system, null),
      post(ktm, 'PKR'),
      post(limitedActor(userId, ['PKR']), 'PKR'),
      post(system, 'PKR'),
      post(ktm, null),
    ]);
    assert.deepEqual(told, ['KTM', 'none', 'refused', 'PKR', 'PKR', 'refused']);
    const mixed = inTenant(house.db, tenant, ktm, async () => {}, { actors: [ktm, system] });
    await assert.rejects(mixed, /limited to the same branches/);
  });

  test('sees other branches’ names no more than their books', async () => {
    const { rows } = await as(ktm, (tx) =>
      sql<{ code: string }>`select code from dimension_values order by code`.execute(tx.db),
    );
    assert.deepEqual(
      rows.map(({ code }) => code),
      ['KTM', 'P'],
    );
  });
});

test('books that limited members have posted in hold every claim', async () => {
  await assertBooksHold(house, books.company);
  const verdicts = await inTenant(house.db, books.company.tenant, { ...ktm, branches: null }, verifyBooks, {
    snapshot: true,
  });
  assert.deepEqual(
    verdicts.filter(({ breaches }) => breaches > 0),
    [],
  );
});

test('a company that has no branches shows a limited member nothing, and everybody else all', async () => {
  const plain = await createCompany(house.db);
  const [id = ''] = await plain.post(saleOf({}, '5.00', 'Plain'));
  assert.equal(await plain.run((tx) => getEntry(tx, id), ktm), null);
  assert.equal((await plain.run((tx) => getEntry(tx, id)))?.total, '5.00');
});
