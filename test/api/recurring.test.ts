// Keeps, changes, previews and runs recurring entries over the API, and sends it faulty ones.
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
import { faultsOf } from './problem.ts';

let house: TestHouse;
let company: TestCompany;
let api: TestApi;
let accountant: Call;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
  api = await openTestApi(house.db);
  accountant = await api.as(await addMember(house.db, company, 'accountant'));
});

after(async () => {
  await api.close();
  await house.close();
});

const lines = [
  { account: '1010', debit: '100.00', memo: 'in hand' },
  { account: '4010', credit: '100.00' },
];
const rent = (more: object = {}) => ({
  name: 'Rent',
  memo: 'Rent received',
  unit: 'month',
  starts_on: '2024-01-31',
  lines,
  ...more,
});

test('a template is kept as it was given, and tells the days that it will bring', async () => {
  const made = await accountant(
    'POST',
    '/recurring-entries/',
    rent({ ends_on: '2024-04-30', reverses: 'next_day' }),
  );
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.headers.location, `/api/v1/recurring-entries/${made.body.id}/`);
  const { id: _, lines: read, ...rest } = made.body;
  assert.deepEqual(rest, {
    name: 'Rent',
    memo: 'Rent received',
    reference: null,
    unit: 'month',
    every: 1,
    day: null,
    starts_on: '2024-01-31',
    ends_on: '2024-04-30',
    next_on: '2024-01-31',
    reverses: 'next_day',
    active: true,
    created_by: 'The accountant',
    version: 1,
  });
  assert.deepEqual(
    read.map(({ account, debit, credit, memo }) => [account, debit, credit, memo]),
    [
      ['1010', '100.00', null, 'in hand'],
      ['4010', null, '100.00', null],
    ],
  );
  const path = `/recurring-entries/${made.body.id}/`;
  const got = await accountant('GET', path);
  assert.deepEqual([got.body, got.headers.etag], [made.body, '"1"']);
  const days = await accountant('GET', `${path}occurrences/?until=2024-03-30`);
  assert.deepEqual(days.body.results, [
    { date: '2024-01-31', reverse_on: '2024-02-01' },
    { date: '2024-02-29', reverse_on: '2024-03-01' },
  ]);
  await accountant('DELETE', path);
});

test('a template is replaced at the version seen, rests, is listed and deleted', async () => {
  const { body } = await accountant('POST', '/recurring-entries/', rent());
  const path = `/recurring-entries/${body.id}/`;
  const other = rent({ name: 'Resting', active: false, day: 1 });
  assert.equal((await accountant('PUT', path, other)).status, 428);
  const put = await accountant('PUT', path, other, { 'if-match': '"1"' });
  assert.deepEqual(
    [put.status, put.body.active, put.body.next_on, put.headers.etag],
    [200, false, '2024-02-01', '"2"'],
  );
  faultsOf(await accountant('PUT', path, other, { 'if-match': '"1"' }), 412);
  faultsOf(await accountant('DELETE', path, undefined, { 'if-match': '"1"' }), 412);
  const list = async (query: string) => (await accountant('GET', `/recurring-entries/${query}`)).body;
  assert.deepEqual([(await list('?active=false')).count, (await list('?active=true')).count], [1, 0]);
  assert.equal((await list('')).results[0]?.created_by, 'The accountant');
  assert.equal((await accountant('DELETE', path, undefined, { 'if-match': '"2"' })).status, 204);
  faultsOf(await accountant('GET', path), 404);
  faultsOf(await accountant('GET', `${path}occurrences/`), 404);
});

const faulty: [string, object, string[]][] = [
  [
    'a template of faults',
    {
      name: ' ',
      unit: 'fortnight',
      every: 0,
      day: 33,
      starts_on: '2024-02-30',
      reverses: 'never',
      lines: [
        { account: '9999', debit: '1' },
        { account: '1000', credit: 'x' },
      ],
      extra: 1,
    },
    [
      '/day request/maximum',
      '/every request/minimum',
      '/extra request/unknown-field',
      '/lines/0/account accounting/account-unknown',
      '/lines/1/account accounting/account-is-group',
      '/lines/1/credit accounting/amount-invalid',
      '/name accounting/template-name-blank',
      '/reverses request/enum',
      '/starts_on request/date',
      '/unit request/enum',
    ],
  ],
  [
    'one that does not balance',
    { lines: [lines[0], { account: '4010', credit: '99' }] },
    ['/lines accounting/entry-unbalanced'],
  ],
  [
    'one with a single line',
    { lines: [lines[0]] },
    ['/lines accounting/entry-unbalanced', '/lines accounting/too-few-lines'],
  ],
  [
    'an unknown dimension',
    { lines: [lines[0], { ...lines[1], dimensions: { moon: 'x' } }] },
    ['/lines/1/dimensions/moon accounting/dimension-unknown'],
  ],
  ['a day for weeks', { unit: 'week', day: 3 }, ['/day accounting/schedule-day-unfit']],
  ['a day that no month has', { day: 32 }, ['/day accounting/schedule-day-unfit']],
  ['an end before the start', { ends_on: '2024-01-30' }, ['/ends_on accounting/schedule-ends-before-start']],
  ['no day until the end', { day: 1, ends_on: '2024-01-31' }, ['/ends_on accounting/schedule-without-days']],
  ['a next day that is none', { next_on: '2024-02-28' }, ['/next_on accounting/next-on-not-scheduled']],
  [
    'nothing',
    { name: undefined, memo: undefined, unit: undefined, starts_on: undefined, lines: undefined },
    [
      '/lines request/required',
      '/memo request/required',
      '/name request/required',
      '/starts_on request/required',
      '/unit request/required',
    ],
  ],
];

test('a faulty template is refused with every fault, as a new one and as a change, and nothing is stored', async () => {
  const { body } = await accountant('POST', '/recurring-entries/', rent());
  const stored = await fingerprint(house, company);
  for (const [what, more, faults] of faulty) {
    const sent = rent(more);
    assert.deepEqual(faultsOf(await accountant('POST', '/recurring-entries/', sent), 422), faults, what);
    const put = await accountant('PUT', `/recurring-entries/${body.id}/`, sent, { 'if-match': '"1"' });
    assert.deepEqual(faultsOf(put, 422), faults, what);
  }
  assert.deepEqual(await fingerprint(house, company), stored);
  await accountant('DELETE', `/recurring-entries/${body.id}/`);
});

test('a template may wait for its period, its rate and its year', async () => {
  const foreign = [
    { account: '1010', debit: '10', currency: 'EUR' },
    { account: '4010', credit: '10', currency: 'EUR' },
  ];
  const made = await accountant(
    'POST',
    '/recurring-entries/',
    rent({ starts_on: '2031-01-01', lines: foreign }),
  );
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const run = await accountant('POST', '/recurring-entries/run/', { date: '2031-01-01', dry_run: true });
  const [result] = run.body.results as { errors: { code: string }[] }[];
  const codes = result?.errors.map(({ code }) => code);
  assert.deepEqual([...new Set(codes)].sort(), ['accounting/no-exchange-rate', 'accounting/no-period']);
  await accountant('DELETE', `/recurring-entries/${made.body.id}/`);
});

test('a run posts what is due as whoever asked, again under its key it only answers, and a dry one stores nothing', async () => {
  const made = await accountant(
    'POST',
    '/recurring-entries/',
    rent({ reverses: 'next_day', ends_on: '2024-02-29' }),
  );
  const stored = await fingerprint(house, company);
  const dry = await accountant('POST', '/recurring-entries/run/', { date: '2024-02-01', dry_run: true });
  assert.deepEqual([dry.status, dry.body.posted, dry.body.refused], [200, 2, 0]);
  assert.deepEqual(await fingerprint(house, company), stored);
  const ask = () =>
    accountant('POST', '/recurring-entries/run/', { date: '2024-02-01' }, { 'idempotency-key': 'night-1' });
  const [first, again] = [await ask(), await ask()];
  assert.deepEqual(again.body, first.body);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  const [entry, reversal] = first.body.results as { date: string; entry: { id: string; number: string } }[];
  const read = await accountant('GET', `/journal-entries/${entry?.entry.id}/`);
  assert.deepEqual(
    [read.body.created_by, read.body.reverse_on, (read.body.reversed_by as { id: string }).id],
    ['The accountant', '2024-02-01', reversal?.entry.id],
  );
  faultsOf(
    await accountant('PUT', `/recurring-entries/${made.body.id}/`, rent(), { 'if-match': '"1"' }),
    412,
  );
  const listed = await accountant('GET', '/scheduled-reversals/?done=true&until=2024-02-01');
  assert.deepEqual(listed.body.results, [
    {
      entry: { id: entry?.entry.id, number: entry?.entry.number },
      entry_date: '2024-01-31',
      memo: 'Rent received',
      total: '100.00',
      reverse_on: '2024-02-01',
      reversed_by: { id: reversal?.entry.id, number: reversal?.entry.number },
    },
  ]);
  assert.equal((await accountant('GET', '/scheduled-reversals/?done=false')).body.count, 0);
});

test('an entry takes the day of its reversal alone, in bulk, as a draft and dry, and never one before its own', async () => {
  const sale = { ...cashSale('2024-05-05', '1'), reverse_on: '2024-06-01' };
  const wrong = { ...sale, reverse_on: '2024-05-05' };
  const code = 'accounting/reverse-on-not-after';
  const dry = await accountant('POST', '/journal-entries/?dry_run=true', sale);
  assert.equal(dry.status, 200, JSON.stringify(dry.body));
  const single = await accountant('POST', '/journal-entries/', sale);
  assert.equal(single.body.reverse_on, '2024-06-01');
  const bulk = await accountant('POST', '/journal-entries/bulk/', { entries: [sale] });
  assert.equal(bulk.status, 201);
  const draft = await accountant('POST', '/journal-entries/', { ...sale, status: 'draft' });
  assert.equal(draft.body.reverse_on, '2024-06-01');
  const posting = await accountant('POST', `/journal-entries/${draft.body.id}/posting/`);
  assert.equal(posting.body.reverse_on, '2024-06-01');
  assert.equal((await accountant('GET', '/scheduled-reversals/?done=false&until=2024-06-01')).body.count, 3);
  const stored = await fingerprint(house, company);
  const refusals: [string, object, string][] = [
    ['/journal-entries/', wrong, `/reverse_on ${code}`],
    ['/journal-entries/?dry_run=true', wrong, `/reverse_on ${code}`],
    ['/journal-entries/', { ...wrong, status: 'draft' }, `/reverse_on ${code}`],
    ['/journal-entries/bulk/', { entries: [wrong] }, `/entries/0/reverse_on ${code}`],
    ['/journal-entries/', { ...sale, reverse_on: '2024-06-31' }, '/reverse_on request/date'],
  ];
  for (const [path, body, fault] of refusals)
    assert.deepEqual(faultsOf(await accountant('POST', path, body), 422), [fault], path);
  assert.deepEqual(await fingerprint(house, company), stored);
});

test('a clerk neither sees nor runs recurring entries, and an auditor only sees them', async () => {
  const clerk = await api.as(await addMember(house.db, company, 'clerk'));
  const auditor = await api.as(await addMember(house.db, company, 'auditor'));
  const statuses = async (who: Call) => [
    (await who('GET', '/recurring-entries/')).status,
    (await who('POST', '/recurring-entries/', rent())).status,
    (await who('POST', '/recurring-entries/run/', { date: '2024-01-01' })).status,
  ];
  assert.deepEqual(await statuses(clerk), [403, 403, 403]);
  assert.deepEqual(await statuses(auditor), [200, 403, 403]);
});
