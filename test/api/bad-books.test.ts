// Sends faulty accounts, fiscal years, periods, reversals and report queries, and looks for every fault named.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
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
let company: TestCompany;
let api: TestApi;
let owner: Call;
let stored: unknown;
let entry: string;
let reversed: string;
let draft: string;
let openPeriod: unknown;
let lockedPeriod: unknown;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
  api = await openTestApi(house.db);
  owner = await api.as(await addMember(house.db, company, 'owner'));
  [entry = '', reversed = ''] = await company.post(cashSale('2024-06-10', '1'), cashSale('2024-01-11', '2'));
  await owner('POST', `/journal-entries/${reversed}/reversal/`);
  draft = (await owner('POST', '/journal-entries/', { ...cashSale('2024-01-01', '5'), status: 'draft' })).body
    .id;
  const { body } = await owner('GET', '/periods/?fiscal_year=2024');
  [openPeriod, lockedPeriod] = [body.results[0]?.id, body.results[5]?.id];
  for (const status of ['closed', 'locked']) await owner('PATCH', `/periods/${lockedPeriod}/`, { status });
  stored = await fingerprint(house, company);
});

after(async () => {
  await api.close();
  await house.close();
});

afterEach(async () => assert.deepEqual(await fingerprint(house, company), stored));

type Case = [string, object, string[]];

const newAccounts: Case[] = [
  [
    'nothing but faults',
    { code: '1010', name: '', type: 'money', parent: '9999', group: 'yes', category: 'x', extra: 1 },
    [
      '/category request/enum',
      '/code accounting/account-exists',
      '/extra request/unknown-field',
      '/group request/type',
      '/name request/minLength',
      '/parent accounting/account-unknown',
      '/type request/enum',
    ],
  ],
  ['nothing', {}, ['/code request/required', '/name request/required', '/type request/required']],
  ['a parent that posts', { parent: '1010' }, ['/parent accounting/account-parent-is-posting']],
  ['a parent of another type', { parent: '4000' }, ['/parent accounting/account-type-differs-from-parent']],
  [
    'a blank code and name',
    { code: ' ', name: '\t' },
    ['/code accounting/account-code-invalid', '/name accounting/account-name-blank'],
  ],
  ['a code with a space at its end', { code: 'x ' }, ['/code accounting/account-code-invalid']],
  ['a code that does not end', { code: 'x'.repeat(201) }, ['/code request/maxLength']],
  [
    'a null byte',
    { code: 'a\0', name: '\0', parent: '1010' },
    ['/code request/text', '/name request/text', '/parent accounting/account-parent-is-posting'],
  ],
  ['an array for a code', { code: ['1010'] }, ['/code request/type']],
  ['its parent in its own code', { code: 'new', parent: 'new' }, ['/parent accounting/account-unknown']],
];

describe('a new account', () => {
  for (const [what, fields, expected] of newAccounts) {
    test(`with ${what} is refused with every fault`, async () => {
      const body = what.startsWith('nothing')
        ? fields
        : { code: '1099', name: 'New', type: 'asset', ...fields };
      assert.deepEqual(faultsOf(await owner('POST', '/accounts/', body), 422), expected);
    });
  }
});

const changes: Case[] = [
  ['a parent below itself', { parent: '1002' }, ['/parent accounting/account-cycle']],
  ['itself for a parent', { parent: '1001' }, ['/parent accounting/account-cycle']],
  ['no change', {}, [' request/minProperties']],
  [
    'faults of shape and of the books',
    { name: '', parent: '9999', active: 1, code: 'x' },
    [
      '/active request/type',
      '/code request/unknown-field',
      '/name request/minLength',
      '/parent accounting/account-unknown',
    ],
  ],
];

describe('a change of an account', () => {
  for (const [what, fields, expected] of changes) {
    test(`to ${what} is refused with every fault`, async () => {
      assert.deepEqual(faultsOf(await owner('PATCH', '/accounts/1001/', fields), 422), expected);
    });
  }

  test('names the version that it has seen, and another is refused', async () => {
    for (const version of ['"99"', 'W/"1"', '"x"', '1', '"1", "2"', '"99999999999999999999"']) {
      faultsOf(await owner('PATCH', '/accounts/1001/', { name: 'x' }, { 'if-match': version }), 412);
    }
  });

  test('of an account that is used or has children leaves it in place', async () => {
    for (const code of ['1010', '1001']) {
      const answer = await owner('DELETE', `/accounts/${code}/`);
      faultsOf(answer, 409);
      assert.equal(answer.body.code, 'accounting/account-in-use');
    }
    faultsOf(await owner('DELETE', '/accounts/9999/'), 404);
    faultsOf(await owner('PATCH', '/accounts/9999/', { name: 'x' }), 404);
  });
});

const years: Case[] = [
  ['an overlap', { starts_on: '2025-07-01' }, ['/starts_on accounting/fiscal-year-overlaps']],
  [
    'an overlap and too many years',
    { starts_on: '2025-07-01', years: 11 },
    ['/starts_on accounting/fiscal-year-overlaps', '/years request/maximum'],
  ],
  ['a day that some months lack', { starts_on: '2026-01-31' }, ['/starts_on accounting/first-day-unfit']],
  ['no day', { years: 0 }, ['/starts_on request/required', '/years request/minimum']],
  ['half a year', { starts_on: '2026-01-01', years: 0.5 }, ['/years request/minimum', '/years request/type']],
  [
    'the end of the calendar',
    { starts_on: '2200-06-01', years: 10 },
    ['/starts_on accounting/first-day-unfit'],
  ],
];

describe('a fiscal year', () => {
  for (const [what, body, expected] of years) {
    test(`with ${what} is refused with every fault`, async () => {
      assert.deepEqual(faultsOf(await owner('POST', '/fiscal-years/', body), 422), expected);
    });
  }
});

describe('a period', () => {
  test('takes no status but those it may go to', async () => {
    const set = (id: unknown, status: unknown) => owner('PATCH', `/periods/${id}/`, { status });
    assert.deepEqual(faultsOf(await set(openPeriod, 'locked'), 422), [
      '/status accounting/period-status-transition',
    ]);
    assert.deepEqual(faultsOf(await set(lockedPeriod, 'open'), 422), [
      '/status accounting/period-status-transition',
    ]);
    assert.deepEqual(faultsOf(await set(openPeriod, 'ajar'), 422), ['/status request/enum']);
    assert.deepEqual(faultsOf(await set(openPeriod, null), 422), [
      '/status request/enum',
      '/status request/type',
    ]);
    faultsOf(await set(99_999, 'closed'), 404);
  });
});

describe('a reversal', () => {
  const reverse = (id: string, body?: object) => owner('POST', `/journal-entries/${id}/reversal/`, body);

  test('names every fault at once', async () => {
    const faulty = await reverse(entry, { entry_date: '2030-01-01', memo: 'x'.repeat(1001), lines: [] });
    assert.deepEqual(faultsOf(faulty, 422), [
      '/entry_date accounting/no-period',
      '/lines request/unknown-field',
      '/memo request/maxLength',
    ]);
    assert.deepEqual(faultsOf(await reverse(entry, { entry_date: '2024-06-31' }), 422), [
      '/entry_date request/date',
    ]);
  });

  test('without a day of its own falls on the entry’s, which must be open', async () => {
    assert.deepEqual(faultsOf(await reverse(entry), 422), ['/entry_date accounting/period-closed']);
  });

  test('of a reversed entry, a draft or nothing is refused', async () => {
    assert.equal((await reverse(reversed)).body.code, 'accounting/already-reversed');
    faultsOf(await reverse(reversed), 409);
    faultsOf(await reverse(draft), 409);
    faultsOf(await reverse('01930000-0000-7000-8000-000000000000'), 404);
    faultsOf(await owner('GET', `/journal-entries/${entry}/reversal/`), 404);
    faultsOf(await owner('GET', `/journal-entries/${draft}/posting/`), 404);
  });
});

describe('a draft', () => {
  test('is replaced or posted only at the version that was seen', async () => {
    const body = cashSale('2024-01-01', '6');
    faultsOf(await owner('PUT', `/journal-entries/${draft}/`, body), 428);
    for (const version of ['"7"', '"x"', 'W/"1"']) {
      const seen = { 'if-match': version };
      faultsOf(await owner('PUT', `/journal-entries/${draft}/`, body, seen), 412);
      faultsOf(await owner('POST', `/journal-entries/${draft}/posting/`, undefined, seen), 412);
      faultsOf(await owner('DELETE', `/journal-entries/${draft}/`, undefined, seen), 412);
    }
  });

  test('is what may be edited: a posted entry may not', async () => {
    const any = { 'if-match': '*' };
    faultsOf(await owner('PUT', `/journal-entries/${entry}/`, cashSale('2024-01-01', '6'), any), 409);
    faultsOf(await owner('DELETE', `/journal-entries/${entry}/`), 409);
    faultsOf(await owner('POST', `/journal-entries/${entry}/posting/`), 409);
  });
});

const queries: [string, string[], number?][] = [
  ['/reports/trial-balance/?as_of=yesterday', ['/query/as_of request/date']],
  [
    '/reports/trial-balance/?as_of=0000-01-01&until=x',
    ['/query/as_of request/date', '/query/until request/unknown-field'],
  ],
  ['/reports/trial-balance/?as_of=2024-01-01&as_of=2024-01-02', ['/query/as_of request/type']],
  ['/reports/general-ledger/', ['/query/account request/required']],
  ['/reports/general-ledger/?account=9999', [], 404],
  ['/reports/general-ledger/?account=1010&from=2024-02-30', ['/query/from request/date']],
  ['/reports/general-ledger/?account=1010&from=2024-03-01&to=2024-02-01', ['/query/from request/date-range']],
  ['/reports/general-ledger/?account=%00', ['/query/account request/text']],
  [
    '/journal-entries/?page=0&page_size=501&status=gone',
    ['/query/page request/minimum', '/query/page_size request/maximum', '/query/status request/enum'],
  ],
  ['/journal-entries/?page=1.5&from=x', ['/query/from request/date', '/query/page request/type']],
  ['/journal-entries/?search=a%00b', ['/query/search request/text']],
  ['/accounts/?type=money&active=perhaps', ['/query/active request/type', '/query/type request/enum']],
  ['/periods/?page=99999999999999999999', ['/query/page request/maximum']],
  ['/fiscal-years/?page_size=', ['/query/page_size request/type']],
];

for (const [path, expected, status = 422] of queries) {
  test(`the query ${path} is refused with every fault`, async () => {
    assert.deepEqual(faultsOf(await owner('GET', path), status), expected);
  });
}
