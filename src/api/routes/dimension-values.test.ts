// The values of dimensions over the API: any characters in their codes, pages, search, and many at once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
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
import { faultsOf } from '../../../test/api/problem.ts';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let call: Call;

before(async () => {
  house = await openTestHouse(4);
  api = await openTestApi(house.db);
  company = await createCompany(house.db);
  call = await api.as(await addMember(house.db, company, 'accountant'));
});

after(async () => {
  await api.close();
  await house.close();
});

const state = () => fingerprint(house, company);

describe('values', () => {
  const path = '/dimensions/project/values/';

  test('may have codes of any characters, which addresses hold encoded', async () => {
    for (const code of [
      'a/b',
      '50 %',
      'काठमाडौं',
      '?x=1&y#z',
      "o'; drop",
      'bulk',
      '{"a":1}',
      '~0~1',
      '😀'.repeat(60),
    ]) {
      const made = await call('POST', path, { code, name: code });
      assert.equal(made.status, 201, code);
      const own = String(made.headers.location).slice('/api/v1'.length);
      assert.deepEqual((await call('GET', own)).body, { code, name: code, active: true });
      const changed = await call('PATCH', own, { name: 'Renamed', active: false });
      assert.deepEqual(changed.body, { code, name: 'Renamed', active: false });
      assert.equal((await call('DELETE', own)).status, 204, code);
    }
  });

  test('are listed by pages and searched', async () => {
    const values = Array.from({ length: 1000 }, (_, i) => ({
      code: `N${String(i).padStart(3, '0')}`,
      name: `100%_${i}`,
    }));
    const made = await call('POST', `${path}bulk/`, { values });
    assert.equal(made.status, 201);
    const page = await call('GET', `${path}?page_size=2&page=2`);
    assert.deepEqual([page.body.count, page.body.results.map(({ code }) => code)], [1000, ['N002', 'N003']]);
    await call('PATCH', `${path}N999/`, { active: false });
    const found = await call('GET', `${path}?search=${encodeURIComponent('%_99')}&active=true`);
    assert.deepEqual(
      found.body.results.map(({ code }) => code),
      ['N099', 'N990', 'N991', 'N992', 'N993', 'N994', 'N995', 'N996', 'N997', 'N998'],
    );
    faultsOf(await call('GET', '/dimensions/none/values/'), 404);
  });

  test('come together or not at all, with every fault of every one', async () => {
    const stored = await state();
    const values = [
      { code: 'N001', name: 'x' },
      { code: 'NEW', name: ' ' },
      { code: 'NEW', name: 'twice' },
      { code: ' y', name: 'x'.repeat(201) },
      { code: 'x'.repeat(61) },
      { code: '..', name: '\0' },
      5,
    ];
    assert.deepEqual(
      faultsOf(await call('POST', `${path}bulk/`, { values }), 422).filter(
        (fault) => !fault.startsWith('/values/6'),
      ),
      [
        '/values/0/code accounting/dimension-value-exists',
        '/values/1/name accounting/dimension-value-name-blank',
        '/values/2/code accounting/dimension-value-exists',
        '/values/3/code accounting/dimension-value-code-invalid',
        '/values/3/name request/maxLength',
        '/values/4/code request/maxLength',
        '/values/4/name request/required',
        '/values/5/code accounting/dimension-value-code-invalid',
        '/values/5/name request/text',
      ],
    );
    const many = Array.from({ length: 1001 }, (_, i) => ({ code: `${i}`, name: 'x' }));
    assert.deepEqual(faultsOf(await call('POST', `${path}bulk/`, { values: many }), 422), [
      '/values request/maxItems',
    ]);
    assert.deepEqual(await state(), stored);
  });
});
