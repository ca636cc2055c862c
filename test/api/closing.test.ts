// Closes, locks and opens periods and years over the API as each role may, and looks for every refusal named.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
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
import { assertProved, periodOf, yearOf } from '#test/years';
import type { Role } from '#users';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let owner: Call;
let accountant: Call;
let clerk: Call;
let march: string;
let year: string;

before(async () => {
  house = await openTestHouse(6);
  api = await openTestApi(house.db);
});
after(async () => {
  await api.close();
  await house.close();
});
beforeEach(async () => {
  company = await createCompany(house.db);
  const as = async (role: Role) => await api.as(await addMember(house.db, company, role));
  [owner, accountant, clerk] = [await as('owner'), await as('accountant'), await as('clerk')];
  march = `/periods/${(await periodOf(company, 'Mar 2024')).id}/`;
  year = `/fiscal-years/${(await yearOf(company, '2024')).id}/`;
});

const permissionMissing = (answer: { status: number; body: { code: string } }) =>
  assert.deepEqual([answer.status, answer.body.code], [403, 'users/permission-missing']);

describe('a period', () => {
  test('is opened again with a reason, by an accountant too; a lock is the owner’s to take off', async () => {
    const set = (call: Call, status: string, reason?: string) => call('PATCH', march, { status, reason });
    assert.equal((await set(accountant, 'closed')).status, 200);
    assert.deepEqual(faultsOf(await set(accountant, 'open'), 422), ['/reason accounting/reason-required']);
    assert.deepEqual(faultsOf(await set(accountant, 'open', ' '), 422), [
      '/reason accounting/reason-required',
    ]);
    assert.equal((await set(accountant, 'open', 'a late invoice')).body.status, 'open');
    for (const status of ['closed', 'locked']) assert.equal((await set(accountant, status)).status, 200);
    permissionMissing(await set(accountant, 'closed', 'please'));
    permissionMissing(await set(accountant, 'closed'));
    assert.deepEqual(faultsOf(await set(accountant, 'open', 'x'), 422), [
      '/status accounting/period-status-transition',
    ]);
    permissionMissing(await set(clerk, 'locked'));
    assert.equal((await accountant('GET', march)).body.status, 'locked');
    assert.deepEqual(faultsOf(await set(owner, 'closed'), 422), ['/reason accounting/reason-required']);
    assert.equal((await set(owner, 'closed', 'the auditor asked')).body.status, 'closed');
  });

  test('is closed together with those before it', async () => {
    const answer = await accountant('POST', '/periods/closing/', { through: '2024-04-29' });
    assert.deepEqual(
      answer.body.results.map(({ name, status }) => `${name} ${status}`),
      ['Jan 2024 closed', 'Feb 2024 closed', 'Mar 2024 closed'],
    );
    const again = await accountant('POST', '/periods/closing/', { through: '2024-04-29', reason: 'again' });
    assert.deepEqual([again.status, again.body.results], [200, []]);
    permissionMissing(await clerk('POST', '/periods/closing/', { through: '2024-04-29' }));
  });
});

describe('a fiscal year', () => {
  test('tells its status and the entry that closed it, in the list and by its id', async () => {
    await company.post(cashSale('2024-03-01', '5.00'));
    const before = await clerk('GET', year);
    assert.deepEqual(
      [before.body.status, before.body.closing_entry, before.body.name],
      ['open', null, '2024'],
    );
    const closed = await accountant('POST', `${year}closing/`, { reason: 'audited' });
    assert.equal(closed.status, 200);
    const { results } = (await clerk('GET', '/fiscal-years/')).body;
    assert.deepEqual(results[0], closed.body);
    assert.deepEqual((await clerk('GET', year)).body, closed.body);
    const { id, number } = closed.body.closing_entry as { id: string; number: string };
    assert.equal(number, 'CL-2024-000001');
    assert.equal((await clerk('GET', `/journal-entries/${id}/`)).body.number, number);
    assert.deepEqual(
      faultsOf(await owner('POST', `/journal-entries/${id}/reversal/`, { entry_date: '2025-01-01' }), 422),
      [' accounting/closing-entry'],
    );
    faultsOf(await clerk('GET', '/fiscal-years/999/'), 404);
    await assertProved(house, company);
  });

  test('with a slash in its name is addressed like any other', async () => {
    company = await createCompany(house.db, {
      currency: 'NPR',
      calendar: 'bikram_sambat',
      firstYear: '2024-07-16',
    });
    owner = await api.as(await addMember(house.db, company, 'owner'));
    await company.post(cashSale('2024-08-01', '5.00'));
    const { id } = await yearOf(company, '2081/82');
    const answer = await owner('POST', `/fiscal-years/${id}/closing/`, {});
    assert.deepEqual([answer.body.name, answer.body.status], ['2081/82', 'closed']);
    const periods = await owner('GET', '/periods/?fiscal_year=2081%2F82');
    assert.equal(periods.body.count, 12);
  });

  test('tries its closing first, and stores nothing', async () => {
    await company.post(cashSale('2024-03-01', '5.00'));
    const stored = await fingerprint(house, company);
    const { status, body } = await accountant('POST', `${year}closing/?dry_run=true`, {});
    assert.deepEqual([status, body.result, body.obstacles, body.warnings], [200, '5.00', [], []]);
    assert.deepEqual(
      body.lines.map(({ account, debit, credit }) => [account, debit, credit]),
      [
        ['4010', '5.00', null],
        ['3100', null, '5.00'],
      ],
    );
    const later = `/fiscal-years/${(await yearOf(company, '2025')).id}/closing/`;
    const plan = await accountant('POST', `${later}?dry_run=true`, {});
    assert.deepEqual(
      (plan.body.obstacles as { code: string }[]).map(({ code }) => code),
      ['accounting/earlier-year-open'],
    );
    assert.deepEqual(faultsOf(await accountant('POST', later, {}), 422), [' accounting/earlier-year-open']);
    assert.deepEqual(faultsOf(await accountant('POST', later, { reason: 5, nonsense: 1 }), 422), [
      ' accounting/earlier-year-open',
      '/nonsense request/unknown-field',
      '/reason request/type',
    ]);
    permissionMissing(await clerk('POST', `${year}closing/?dry_run=true`, {}));
    assert.deepEqual(await fingerprint(house, company), stored);
  });

  test('is reopened by the owner alone, with a reason', async () => {
    await company.post(cashSale('2024-03-01', '5.00'));
    await accountant('POST', `${year}closing/`, {});
    const stored = await fingerprint(house, company);
    for (const call of [accountant, clerk])
      permissionMissing(await call('POST', `${year}reopening/`, { reason: 'x' }));
    assert.deepEqual(faultsOf(await owner('POST', `${year}reopening/`, {}), 422), [
      '/reason request/required',
    ]);
    assert.deepEqual(faultsOf(await owner('POST', `${year}reopening/`, { reason: ' ' }), 422), [
      '/reason accounting/reason-required',
    ]);
    const set = { status: 'open', reason: 'x' };
    assert.deepEqual(faultsOf(await owner('PATCH', march, set), 422), [
      '/status accounting/fiscal-year-closed',
    ]);
    assert.deepEqual(await fingerprint(house, company), stored);
    const opened = await owner('POST', `${year}reopening/`, { reason: 'a late invoice' });
    assert.deepEqual([opened.body.status, opened.body.closing_entry], ['open', null]);
    assert.equal((await owner('PATCH', march, set)).body.status, 'open');
    await assertProved(house, company);
  });

  test('is closed once under one Idempotency-Key, and answered alike after it was reopened', async () => {
    await company.post(cashSale('2024-03-01', '5.00'));
    const key = { 'idempotency-key': 'close-2024' };
    const first = await owner('POST', `${year}closing/`, {}, key);
    await owner('POST', `${year}reopening/`, { reason: 'x' }, { 'idempotency-key': 'open-2024' });
    const again = await owner('POST', `${year}closing/`, {}, key);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.deepEqual(again.body, first.body);
    assert.equal((await owner('GET', year)).body.status, 'open');
    const other = await owner('POST', `${year}closing/`, { reason: 'other' }, key);
    assert.equal(other.body.code, 'request/key-reused');
    await assertProved(house, company);
  });
});
