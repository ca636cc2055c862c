// Dimensions over the API: kept by those who may, asked for by accounts, and carried by every way in which entries come.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { compareJournal } from '#accounting';
import { inTenant, systemActor } from '#lib/tenant-tx';
import {
  addMember,
  type Call,
  createCompany,
  fingerprint,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { assertBooksHold } from '#test/invariants';
import type { Member } from '#users';
import { faultsOf } from '../../../test/api/problem.ts';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let member: Member;
let call: Call;

before(async () => {
  house = await openTestHouse();
  api = await openTestApi(house.db);
  company = await createCompany(house.db);
  member = await addMember(house.db, company, 'accountant');
  call = await api.as(member);
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const values = ['KTM', 'PKR', 'OLD'].map((code) => ({ code, name: code }));
  await call('POST', '/dimensions/branch/values/bulk/', { values });
  await call('POST', '/dimensions/project/values/', { code: 'N001', name: 'Project' });
});

after(async () => {
  await assertBooksHold(house, company);
  await api.close();
  await house.close();
});

const state = () => fingerprint(house, company);
const sale = (dimensions: unknown, more: object = {}) => ({
  entry_date: '2024-03-01',
  memo: 'Sale',
  lines: [
    { account: '1010', debit: '5.00' },
    { account: '4010', credit: '5.00', dimensions },
  ],
  ...more,
});
const post = (body: object, path = '') => call('POST', `/journal-entries/${path}`, body);
const dimensionsOf = (lines: unknown) =>
  (lines as { dimensions: unknown }[]).map(({ dimensions }) => dimensions);

describe('the resource', () => {
  test('has four dimensions from the start, and takes the company’s own', async () => {
    const { body } = await call('GET', '/dimensions/');
    assert.deepEqual(
      body.results.map(({ code, keeps_balances }) => [code, keeps_balances]),
      [
        ['branch', true],
        ['cost_centre', true],
        ['department', true],
        ['project', true],
      ],
    );
    const made = await call('POST', '/dimensions/', { code: 'vehicle', name: ' Vehicle ' });
    assert.equal(made.status, 201);
    assert.equal(made.headers.location, '/api/v1/dimensions/vehicle/');
    const vehicle = { code: 'vehicle', name: 'Vehicle', keeps_balances: false, active: true };
    assert.deepEqual(made.body, vehicle);
    const changed = await call('PATCH', '/dimensions/vehicle/', {
      keeps_balances: true,
      active: false,
      name: 'Car',
    });
    assert.deepEqual(changed.body, { code: 'vehicle', name: 'Car', keeps_balances: true, active: false });
    assert.deepEqual((await call('GET', '/dimensions/vehicle/')).body, changed.body);
    assert.equal((await call('DELETE', '/dimensions/vehicle/')).status, 204);
    faultsOf(await call('GET', '/dimensions/vehicle/'), 404);
  });

  test('names every fault at once and stores nothing', async () => {
    const stored = await state();
    assert.deepEqual(faultsOf(await call('POST', '/dimensions/', { code: 'branch', name: ' ', x: 1 }), 422), [
      '/code accounting/dimension-exists',
      '/name accounting/dimension-name-blank',
      '/x request/unknown-field',
    ]);
    faultsOf(await call('POST', '/dimensions/', { code: 'Not Good', name: 'x' }), 422);
    faultsOf(await call('PATCH', '/dimensions/branch/', { code: 'x' }), 422);
    faultsOf(await call('PATCH', '/dimensions/none/', { name: 'x' }), 404);
    faultsOf(await call('DELETE', '/dimensions/none/'), 404);
    assert.deepEqual(await state(), stored);
  });

  test('is seen by clerks and auditors, and changed by neither', async () => {
    for (const role of ['clerk', 'auditor'] as const) {
      const as = await api.as(await addMember(house.db, company, role));
      assert.equal((await as('GET', '/dimensions/branch/values/')).status, 200);
      for (const [method, path, body] of [
        ['POST', '/dimensions/', { code: 'x', name: 'x' }],
        ['PATCH', '/dimensions/branch/', { keeps_balances: false }],
        ['DELETE', '/dimensions/project/', undefined],
        ['POST', '/dimensions/branch/values/', { code: 'x', name: 'x' }],
        ['DELETE', '/dimensions/branch/values/KTM/', undefined],
      ] as const)
        faultsOf(await as(method, path, body), 403, 404);
    }
  });
});

describe('accounts', () => {
  test('tell and take the dimensions that they ask for', async () => {
    const input = {
      code: '4999',
      name: 'Other sales',
      type: 'income',
      required_dimensions: ['project', 'branch'],
    };
    const made = await call('POST', '/accounts/', input);
    assert.deepEqual(made.body.required_dimensions, ['branch', 'project']);
    const changed = await call('PATCH', '/accounts/4999/', { required_dimensions: ['branch'] });
    assert.deepEqual(changed.body.required_dimensions, ['branch']);
    const listed = await call('GET', '/accounts/?search=4999');
    assert.deepEqual(listed.body.results[0]?.required_dimensions, ['branch']);
    const bad = await call('PATCH', '/accounts/4999/', { name: 'New', required_dimensions: ['none'] });
    assert.deepEqual(faultsOf(bad, 422), ['/required_dimensions/0 accounting/dimension-unknown']);
    assert.equal((await call('GET', '/accounts/4999/')).body.name, 'Other sales');
    assert.equal((await call('DELETE', '/accounts/4999/')).status, 204);
  });

  test('that ask for one refuse a line without; a draft may wait', async () => {
    await call('PATCH', '/accounts/4010/', { required_dimensions: ['branch'] });
    const stored = await state();
    assert.deepEqual(faultsOf(await post(sale({})), 422), [
      '/lines/1/dimensions/branch accounting/dimension-required',
    ]);
    assert.deepEqual(await state(), stored);
    const draft = await post(sale({}, { status: 'draft' }));
    assert.equal(draft.status, 201);
    assert.deepEqual(faultsOf(await post({}, `${draft.body.id}/posting/`), 422), [
      '/lines/1/dimensions/branch accounting/dimension-required',
    ]);
    const put = await call('PUT', `/journal-entries/${draft.body.id}/`, sale({ branch: 'KTM' }), {
      'if-match': '*',
    });
    assert.deepEqual(dimensionsOf(put.body.lines), [{}, { branch: 'KTM' }]);
    const posted = await post({}, `${draft.body.id}/posting/`);
    assert.deepEqual(dimensionsOf(posted.body.lines), [{}, { branch: 'KTM' }]);
    await call('PATCH', '/accounts/4010/', { required_dimensions: [] });
  });
});

describe('an entry', () => {
  test('with an unknown or inactive dimension or value is refused by its place, as a draft too', async () => {
    await call('PATCH', '/dimensions/branch/values/OLD/', { active: false });
    await call('PATCH', '/dimensions/department/', { active: false });
    const stored = await state();
    const lines = { branch: 'OLD', 'a/b~c': 'x', department: 'x', project: 'NONE' };
    for (const status of ['posted', 'draft'])
      assert.deepEqual(faultsOf(await post(sale(lines, { status })), 422), [
        '/lines/1/dimensions/a~1b~0c accounting/dimension-unknown',
        '/lines/1/dimensions/branch accounting/dimension-value-unknown',
        '/lines/1/dimensions/department accounting/dimension-unknown',
        '/lines/1/dimensions/project accounting/dimension-value-unknown',
      ]);
    for (const shape of [{ branch: 5 }, { branch: null }, { 'a\nb': 5 }, ['KTM'], 'KTM', 7])
      assert.match(
        faultsOf(await post(sale(shape)), 422).join(),
        /^\/lines\/1\/dimensions(\/\S+|\/a\nb)? request\/type$/,
      );
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`d${i}`, 'x']));
    assert.match(faultsOf(await post(sale(many)), 422).join(), /maxProperties/);
    assert.deepEqual(await state(), stored);
  });

  test('keeps them by whichever way it comes, and in its reversal', async () => {
    const wanted = [{}, { branch: 'PKR', project: 'N001' }];
    const given = sale(wanted[1]);
    const tried = await post(given, '?dry_run=true');
    assert.deepEqual(dimensionsOf((tried.body.entries as { lines: unknown }[])[0]?.lines), wanted);
    const single = await post(given);
    assert.deepEqual(dimensionsOf(single.body.lines), wanted);
    const bulk = await post({ entries: [given] }, 'bulk/');
    const { access } = await api.tokens.issue(member);
    const { port } = api.app.server.address() as AddressInfo;
    const streamed = await fetch(`http://127.0.0.1:${port}/api/v1/journal-entries/stream/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access}`, 'content-type': 'application/x-ndjson' },
      body: `${JSON.stringify(given)}\n`,
    });
    const line = JSON.parse((await streamed.text()).split('\n')[0] ?? '') as { id: string };
    const reversal = await post({ entry_date: '2024-03-02' }, `${single.body.id}/reversal/`);
    for (const id of [bulk.body.results[0]?.id, line.id, reversal.body.id]) {
      const entry = await call('GET', `/journal-entries/${id}/`);
      assert.deepEqual(dimensionsOf(entry.body.lines), wanted);
    }
    const found = await call('GET', '/journal-entries/?dimension.branch=PKR&dimension.project=N001');
    assert.equal(found.body.count, 4);
    assert.match(
      String((await call('GET', '/journal-entries/?dimension.branch=PKR&page_size=1')).body.next),
      /dimension\.branch=PKR/,
    );
    assert.equal(
      (await call('GET', '/journal-entries/?dimension.branch=PKR&dimension.project=N002')).body.count,
      0,
    );
    faultsOf(await call('GET', '/journal-entries/?dimension.branch='), 422);
    faultsOf(await call('GET', '/journal-entries/?dimension.a%2Fb=x'), 422);
  });

  test('stands in the audit log with its dimensions', async () => {
    const { rows } = await house.superuser.query<{ content: string }>(
      `select content from ${company.tenant.schema}.audit_rows where subject = 'journal_entry' order by 1 desc`,
    );
    const told = rows.filter(({ content }) =>
      content.includes('"dimensions":{"branch":"PKR","project":"N001"}'),
    );
    assert.equal(told.length, 4);
    const read = { snapshot: true };
    assert.equal(await inTenant(house.db, company.tenant, systemActor, compareJournal, read), null);
  });
});
