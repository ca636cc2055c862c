// Sends journal entries with every fault that a program could make, and looks for all faults named and nothing stored.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setPeriodStatus } from '#accounting';
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
import { faultsOf } from './problem.ts';

let house: TestHouse;
let api: TestApi;
const companies: Record<string, { company: TestCompany; call: Call; stored: unknown }> = {};
let draft: { id: string; etag: string };

async function open(currency: string): Promise<void> {
  const company = await createCompany(house.db, { currency });
  const call = await api.as(await addMember(house.db, company, 'accountant'));
  await company.post(cashSale('2024-01-10', '100'));
  const close = (first: string) =>
    company.run(async (tx) => {
      const where = tx.db.selectFrom('periods').select('id').where('starts_on', '=', first);
      await setPeriodStatus(tx, (await where.executeTakeFirstOrThrow()).id, 'closed');
    });
  await close('2024-05-01');
  await call('PATCH', '/accounts/1015/', { active: false });
  companies[currency] = { company, call, stored: '' };
}

before(async () => {
  house = await openTestHouse(4);
  api = await openTestApi(house.db);
  for (const currency of ['USD', 'JPY', 'KWD']) await open(currency);
  const kept = await as('USD')('POST', '/journal-entries/', {
    ...cashSale('2024-01-01', '5'),
    status: 'draft',
  });
  draft = { id: kept.body.id, etag: String(kept.headers.etag) };
  for (const each of Object.values(companies)) each.stored = await fingerprint(house, each.company);
});

after(async () => {
  await api.close();
  await house.close();
});

afterEach(async () => {
  for (const { company, stored } of Object.values(companies))
    assert.deepEqual(await fingerprint(house, company), stored);
});

const as = (currency: string): Call => companies[currency]?.call ?? assert.fail(currency);

type Line = Record<string, unknown>;
const dr = (debit: unknown, more: Line = {}): Line => ({ account: '1010', debit, ...more });
const cr = (credit: unknown, more: Line = {}): Line => ({ account: '4010', credit, ...more });
const with2 = (...lines: unknown[]) => ({ lines });
const both = (amount: unknown) => with2(dr(amount), cr(amount));
const at = (code: string, ...pointers: string[]) => pointers.map((pointer) => `${pointer} ${code}`);
const bothSides = ['/lines/0/debit', '/lines/1/credit'];
const invalid = at('accounting/amount-invalid', ...bothSides);
const nul = '\0';

/** What is wrong, the fields that differ from a good entry, and every fault to be named. */
const cases: [string, Record<string, unknown>, string[], string?][] = [
  ['unbalanced', with2(dr('100.00'), cr('99.99')), at('accounting/entry-unbalanced', '/lines')],
  [
    'one line',
    with2(dr('100.00')),
    [...at('accounting/entry-unbalanced', '/lines'), ...at('accounting/too-few-lines', '/lines')],
  ],
  ['no lines', with2(), at('accounting/too-few-lines', '/lines')],
  [
    'an unknown account',
    with2(dr('1', { account: '9999' }), cr('1')),
    at('accounting/account-unknown', '/lines/0/account'),
  ],
  [
    'a group account',
    with2(dr('1', { account: '1000' }), cr('1')),
    at('accounting/account-is-group', '/lines/0/account'),
  ],
  [
    'an inactive account',
    with2(dr('1', { account: '1015' }), cr('1')),
    at('accounting/account-inactive', '/lines/0/account'),
  ],
  [
    'both sides in one line',
    with2(dr('1', { credit: '1' }), cr('1'), dr('1')),
    [...at('accounting/line-both-sides', '/lines/0')],
  ],
  [
    'no side in a line',
    with2(dr('1'), cr('1'), { account: '1010' }),
    at('accounting/line-without-amount', '/lines/2'),
  ],
  ['zero', both('0.00'), at('accounting/line-without-amount', '/lines/0', '/lines/1')],
  ['negative zero', both('-0'), at('accounting/line-without-amount', '/lines/0', '/lines/1')],
  ['negative amounts', both('-1.00'), at('accounting/amount-negative', ...bothSides)],
  ['NaN as text', both('NaN'), invalid],
  ['Infinity as text', both('Infinity'), invalid],
  ['an exponent', both('1e3'), invalid],
  ['a hexadecimal number', both('0x10'), invalid],
  ['thousands separators', both('1,000.00'), invalid],
  ['spaces around', both(' 1.00'), invalid],
  ['digits of another script', both('१००'), invalid],
  ['a plus', both('+1'), invalid],
  ['half a number', both('1.'), invalid],
  ['thirty digits', both('1'.repeat(30)), invalid],
  ['sixteen digits', both(`1${'0'.repeat(15)}`), invalid],
  ['twenty thousand decimals', both(`1.${'0'.repeat(20_000)}`), invalid],
  ['a third decimal', both('1.005'), invalid],
  ['a decimal of yen', both('1.5'), invalid, 'JPY'],
  ['a fourth decimal of dinars', both('1.0005'), invalid, 'KWD'],
  ['numbers for amounts', both(1.5), at('request/type', ...bothSides)],
  ['an object for an amount', both({ amount: '1' }), at('request/type', ...bothSides)],
  ['SQL for an amount', both("1'; drop table accounts; --"), invalid],
  [
    'SQL for an account',
    with2(dr('1', { account: "' or '1'='1" }), cr('1')),
    at('accounting/account-unknown', '/lines/0/account'),
  ],
  ['a day in no period', { entry_date: '2031-01-01' }, at('accounting/no-period', '/entry_date')],
  ['a day in a closed period', { entry_date: '2024-05-31' }, at('accounting/period-closed', '/entry_date')],
  ['a day that does not exist', { entry_date: '2024-02-30' }, at('request/date', '/entry_date')],
  ['the year 0000', { entry_date: '0000-01-01' }, at('request/date', '/entry_date')],
  ['a time for a day', { entry_date: '2024-01-01T00:00:00Z' }, at('request/date', '/entry_date')],
  ['a word for a day', { entry_date: 'today' }, at('request/date', '/entry_date')],
  ['a number for a day', { entry_date: 20240101 }, at('request/type', '/entry_date')],
  ['no day', { entry_date: null }, at('request/type', '/entry_date')],
  ['a number for a memo', { memo: 7 }, at('request/type', '/memo')],
  ['a memo without end', { memo: 'x'.repeat(1001) }, at('request/maxLength', '/memo')],
  ['a null byte', { memo: `a${nul}b`, reference: nul }, at('request/text', '/memo', '/reference')],
  ['half a surrogate pair', { memo: '\ud800' }, at('request/text', '/memo')],
  [
    'a null byte in an account',
    with2(dr('1', { account: nul }), cr('1')),
    at('request/text', '/lines/0/account'),
  ],
  ['a blank account', with2(dr('1', { account: ' ' }), cr('1')), at('request/required', '/lines/0/account')],
  ['a line that is a text', with2('1010', cr('1'), dr('1')), at('request/type', '/lines/0')],
  ['a line that is nothing', with2(null, cr('1'), dr('1')), at('request/type', '/lines/0')],
  ['an object for the lines', { lines: {} }, at('request/type', '/lines')],
  ['a status of its own', { status: 'reversed' }, at('request/enum', '/status')],
  [
    'fields of ours',
    { number: 'JV-1', posted_by: 'x', id: 'y' },
    at('request/unknown-field', '/id', '/number', '/posted_by'),
  ],
  [
    'fields of ours in a line',
    with2(dr('1', { account_id: 7 }), cr('1')),
    at('request/unknown-field', '/lines/0/account_id'),
  ],
];

/** The faults of a line that is not readable at all include what it lacks; the place itself must be named. */
const named = (faults: string[], expected: string[]) => expected.every((each) => faults.includes(each));

for (const [what, fields, expected, currency = 'USD'] of cases) {
  test(`an entry with ${what} is refused, and so is a draft that can never be posted`, async () => {
    const body = { ...cashSale('2024-01-20', currency === 'JPY' ? '10' : '10.00'), ...fields };
    const faults = faultsOf(await as(currency)('POST', '/journal-entries/', body), 422);
    assert.ok(named(faults, expected), `${faults} instead of ${expected}`);
    if (!/a line that is/.test(what)) assert.deepEqual(faults, expected.toSorted());
    const mayWait = /unbalanced|too-few|no-period|period-closed|without-amount/.test(expected.join());
    if (mayWait || 'status' in fields) return;
    const asDraft = faultsOf(
      await as(currency)('POST', '/journal-entries/', { ...body, status: 'draft' }),
      422,
    );
    assert.deepEqual(asDraft, faults);
    if (currency !== 'USD') return;
    const replaced = await as(currency)('PUT', `/journal-entries/${draft.id}/`, body, {
      'if-match': draft.etag,
    });
    assert.deepEqual(faultsOf(replaced, 422), faults);
  });
}

test('all faults of an entry are told at once, those of its shape and those of the books', async () => {
  const body = {
    entry_date: '2024-05-10',
    memo: 'x'.repeat(1001),
    extra: true,
    lines: [
      dr('1.005'),
      cr('-2', { account: '9999' }),
      { account: '1000', debit: '1', credit: '1', note: 'x' },
      7,
    ],
  };
  assert.deepEqual(faultsOf(await as('USD')('POST', '/journal-entries/', body), 422), [
    '/entry_date accounting/period-closed',
    '/extra request/unknown-field',
    '/lines/0/debit accounting/amount-invalid',
    '/lines/1/account accounting/account-unknown',
    '/lines/1/credit accounting/amount-negative',
    '/lines/2 accounting/line-both-sides',
    '/lines/2/account accounting/account-is-group',
    '/lines/2/note request/unknown-field',
    '/lines/3 request/type',
    '/lines/3/account request/required',
    '/memo request/maxLength',
  ]);
});

test('an empty object misses every field that an entry needs', async () => {
  const faults = faultsOf(await as('USD')('POST', '/journal-entries/', {}), 422);
  assert.deepEqual(faults, [
    '/entry_date request/required',
    '/lines request/required',
    '/memo request/required',
  ]);
});

test('more lines than an entry may have are refused in one answer of bounded length', async () => {
  const lines = Array.from({ length: 10_001 }, () => ({ account: 'x', debit: 'y' }));
  const answer = await as('USD')('POST', '/journal-entries/', { ...cashSale('2024-01-20', '1'), lines });
  faultsOf(answer, 422);
  assert.equal(answer.body.errors.length, 1000);
});
