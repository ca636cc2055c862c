// Posts, reads and closes from many connections at once, and holds the books to their promises.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { postEntries, setPeriodStatus } from '#accounting';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  house = await openTestHouse(24);
  company = await createCompany(house.db);
});

after(() => house.close());

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const periodOf = (date: string) =>
  company.run((tx) =>
    tx.db
      .selectFrom('periods')
      .select('id')
      .where('starts_on', '<=', date)
      .where('ends_on', '>=', date)
      .executeTakeFirstOrThrow(),
  );

test('entries that name their accounts in opposite orders never block each other', async () => {
  const codes = ['1010', '1020', '1110', '4010'];
  const amount = { debit: '3.00' };
  await times(48, async (client) => {
    for (let round = 0; round < 4; round += 1) {
      const order = client % 2 ? codes : codes.toReversed();
      const lines = order.map((account) => ({
        account,
        ...(account === '4010' ? { credit: '9.00' } : amount),
      }));
      await company.post({ entry_date: `2024-0${5 + (client % 4)}-0${1 + round}`, memo: 'x', lines });
    }
  });
  await assertBooksHold(house, company);
});

test('one source posted from many places at once is posted once', async () => {
  const results = await times(12, () =>
    company
      .run((tx) => postEntries(tx, [cashSale('2024-04-02', '4.00', { source_key: 'once' })]))
      .catch((error) => error),
  );
  const posted = results.filter((result) => Array.isArray(result) && result[0]?.posted);
  assert.equal(posted.length, 1);
  const told = (result: unknown) =>
    Array.isArray(result) ? result[0]?.faults?.[0]?.code : (result as { code?: string }).code;
  const answers = new Set(results.filter((result) => !posted.includes(result)).map(told));
  assert.deepEqual(
    [...answers].filter((code) => code !== '23505' && code !== 'accounting/already-posted'),
    [],
  );
  await assertBooksHold(house, company);
});

test('two moves in the chart that would close a circle together do not both succeed', async () => {
  const add = (code: string, parent: number | null) =>
    company.run((tx) =>
      tx.db
        .insertInto('accounts')
        .values({ code, name: code, type: 'asset', is_group: true, parent_id: parent })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
  for (let round = 0; round < 5; round += 1) {
    const [a, b] = [await add(`A${round}`, null), await add(`B${round}`, null)];
    const [below, above] = [await add(`a${round}`, a.id), await add(`b${round}`, b.id)];
    const move = (id: number, parent: number) =>
      company.run((tx) =>
        tx.db.updateTable('accounts').set({ parent_id: parent }).where('id', '=', id).execute(),
      );
    const moves = await Promise.allSettled([move(a.id, above.id), move(b.id, below.id)]);
    assert.deepEqual(moves.map((each) => each.status).sort(), ['fulfilled', 'rejected']);
  }
});

test('posting, reading and closing side by side leave every number and balance right', async () => {
  const days = ['2025-01-10', '2025-02-10', '2025-03-10'];
  const { id } = await periodOf('2025-02-10');
  await times(20, async (client) => {
    for (let round = 0; round < 5; round += 1) {
      const entries = days.map((day) => cashSale(day, `${client + 1}.${round}0`));
      await company.run((tx) =>
        postEntries(tx, client % 3 ? entries : entries.toReversed(), { atomic: client % 2 === 0 }),
      );
      if (client === 7)
        await company.run((tx) => setPeriodStatus(tx, id, round % 2 ? 'open' : 'closed', 'by turns'));
    }
  });
  await assertBooksHold(house, company);
});
