// Trying entries dry over the API: the lines and balances that would result, and nothing stored.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  addMember,
  type Call,
  cashSale,
  createCompany,
  fingerprint,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';

type Tried = {
  status: string;
  duplicate_of: { number: string } | null;
  total: string;
  lines: { line: number; account_name: string; debit: string | null; credit: string | null }[];
  balances: { account: string; before: string; after: string }[];
};

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let call: Call;

before(async () => {
  house = await openTestHouse();
  api = await openTestApi(house.db);
  company = await createCompany(house.db);
  call = await api.as(await addMember(house.db, company, 'accountant'));
  await company.post(
    cashSale('2024-01-31', '100.00'),
    cashSale('2024-03-10', '20.00'),
    cashSale('2024-03-20', '3.00'),
    cashSale('2025-02-01', '4000.00'),
  );
});

after(async () => {
  await api.close();
  await house.close();
});

const single = '/journal-entries/?dry_run=true';
const bulk = '/journal-entries/bulk/?dry_run=true';

/** Sends what must store nothing. */
async function dry(path: string, body: unknown, headers = {}) {
  const before = await fingerprint(house, company);
  const answer = await call('POST', path, body, headers);
  assert.deepEqual(await fingerprint(house, company), before);
  return { ...answer, entries: (answer.body.entries ?? []) as Tried[] };
}

const cash = (entries: Tried[]) =>
  entries.map(({ balances }) => {
    const { before, after } = balances.find(({ account }) => account === '1010') ?? {};
    return [before, after];
  });

test('a single entry is answered with its lines, account names, and balances as of its date', async () => {
  const { status, body, entries } = await dry(single, cashSale('2024-03-15', '7.5'));
  assert.deepEqual([status, body.valid], [200, true]);
  assert.equal(entries[0]?.total, '7.50');
  assert.deepEqual(
    entries[0]?.lines.map(({ line, debit, credit }) => [line, debit, credit]),
    [
      [1, '7.50', null],
      [2, null, '7.50'],
    ],
  );
  const { body: account } = await call('GET', '/accounts/1010/');
  assert.equal(entries[0]?.lines[0]?.account_name, account.name);
  assert.deepEqual(cash(entries), [['120.00', '127.50']]);
});

test('the balances are those of the trial balance, on the first and the last day of a period too', async () => {
  for (const day of ['2024-01-01', '2024-01-31', '2024-02-01', '2024-03-31', '2024-12-31', '2025-02-01']) {
    const { entries } = await dry(single, cashSale(day, '1.00'));
    const { body } = await call('GET', `/reports/trial-balance/?as_of=${day}`);
    const row = body.rows.find(({ account }) => account === '1010');
    assert.equal(cash(entries)[0]?.[0], row?.debit ?? '0.00', day);
  }
});

test('entries of one bulk build on those before them, as far as their dates allow', async () => {
  const body = {
    entries: [cashSale('2024-03-15', '1.00'), cashSale('2024-03-14', '2.00'), cashSale('2024-03-15', '4.00')],
  };
  const { status, entries } = await dry(bulk, body, { 'idempotency-key': 'dry' });
  assert.equal(status, 200);
  assert.deepEqual(cash(entries), [
    ['120.00', '121.00'],
    ['120.00', '122.00'],
    ['123.00', '127.00'],
  ]);
});

test('the balances come true when the entry is posted', async () => {
  const entry = cashSale('2025-06-01', '9.00');
  const { entries } = await dry(single, entry);
  assert.equal((await call('POST', '/journal-entries/', entry)).status, 201);
  const { body } = await call('GET', '/reports/trial-balance/?as_of=2025-06-01');
  assert.equal(body.rows.find(({ account }) => account === '1010')?.debit, cash(entries)[0]?.[1]);
});

test('faults are told as they would be, and a draft is only held to what drafts are held to', async () => {
  const bad = { ...cashSale('2031-01-01', '1.00'), extra: 1, lines: [{ account: '9999', debit: '-1' }] };
  const posted = await call('POST', '/journal-entries/', bad);
  const tried = await dry(single, bad);
  assert.equal(tried.status, 422);
  assert.deepEqual(tried.body.errors, posted.body.errors);
  const inBulk = await dry(`${bulk}&atomic=false`, { entries: [cashSale('2024-03-15', '1.00'), bad] });
  assert.equal(inBulk.status, 422);
  assert.deepEqual(
    inBulk.body.errors.map(({ pointer }) => pointer),
    posted.body.errors.map(({ pointer }) => `/entries/1${pointer}`),
  );
  const draft = { ...cashSale('2031-01-01', '1.00'), status: 'draft' };
  assert.equal((await dry(single, draft)).status, 200);
  assert.equal((await dry(single, { ...draft, lines: bad.lines })).status, 422);
});

test('what was posted before under its source_key is told as a duplicate', async () => {
  const keyed = { ...cashSale('2024-04-01', '1.00'), source_key: 'once' };
  const { body } = await call('POST', '/journal-entries/bulk/', { entries: [keyed] });
  const { entries } = await dry(bulk, { entries: [keyed, cashSale('2024-04-01', '1.00')] });
  assert.deepEqual(
    entries.map(({ status, duplicate_of }) => [status, duplicate_of?.number]),
    [
      ['duplicate', body.results[0]?.number],
      ['valid', undefined],
    ],
  );
  assert.deepEqual(entries[0]?.balances, []);
});

test('dry_run=false posts, and anything else but true is refused', async () => {
  const entry = cashSale('2024-03-15', '1.00');
  assert.equal((await call('POST', '/journal-entries/?dry_run=false', entry)).status, 201);
  assert.equal((await dry('/journal-entries/?dry_run=perhaps', entry)).status, 422);
  assert.equal((await dry('/journal-entries/?dry-run=true', entry)).status, 422);
});
