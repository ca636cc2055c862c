// Proves that a draft edited in the grid loses nothing: what the grid cannot show is refused or kept, and shown on its page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Problem } from '#lib/problem';
import {
  addMember,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { openSession, sessionCookie } from '#users';
import { createValues } from '../dimensions/keep-values.ts';
import { createDraft } from '../journal/drafts.ts';
import type { EntryInput, LineInput } from '../journal/entry.ts';
import { getEntry } from '../journal/read-entries.ts';
import { createSeries } from '../series/keep-series.ts';
import { entryFormOf } from './read-entry-form.ts';
import { saveEntryForm } from './save-entry-form.ts';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let headers: Record<string, string>;

before(async () => {
  house = await openTestHouse(4);
  api = await openTestApi(house.db);
  company = await createCompany(house.db);
  const member = await addMember(house.db, company, 'accountant');
  const token = await openSession(house.db, member, { ip: '127.0.0.1', userAgent: undefined });
  headers = { host: `${company.tenant.slug}.localhost`, cookie: `${sessionCookie}=${token}` };
  await company.run((tx) => createValues(tx, 'cost_centre', [{ code: '<b>', name: 'Bold' }]));
  await company.run((tx) => createSeries(tx, { code: 'SI', name: 'Sales' }));
});

after(async () => {
  await api.close();
  await house.close();
});

const draft = (more: Partial<EntryInput>, ...lines: LineInput[]) =>
  company.run((tx) =>
    createDraft(tx, {
      entry_date: '2024-03-01',
      memo: 'Draft',
      lines: [...lines, { account: '4010', credit: '200' }],
      ...more,
    }),
  );

const stored = async (id: string) => {
  const entry = await company.run((tx) => getEntry(tx, id));
  return entry ?? assert.fail('no such entry');
};

async function save(id: string, action: 'post' | 'draft', memo: string) {
  const form = entryFormOf(await stored(id), company.tenant.currency);
  return await company.run((tx) => saveEntryForm(tx, { ...form, memo }, action));
}

const beyond: [string, LineInput][] = [
  ['dimensions', { account: '1010', debit: '200', dimensions: { cost_centre: '<b>' } }],
  ['another currency', { account: '1010', debit: '100', currency: 'EUR', rate: '2' }],
  ['another currency and no amount yet', { account: '1010', currency: 'EUR' }],
];

for (const [what, line] of beyond) {
  describe(`a draft with ${what}`, () => {
    test('is not edited in the grid, says so, and stays as it is', async () => {
      const id = await draft({}, line);
      const before = await stored(id);
      for (const action of ['post', 'draft'] as const) {
        const problem = await save(id, action, 'Changed').catch((error: unknown) => error);
        assert.ok(problem instanceof Problem && problem.code === 'accounting/draft-beyond-grid');
      }
      const edit = await api.app.inject({ url: `/journal-entries/${id}/edit/`, headers });
      assert.equal(edit.statusCode, 409);
      assert.match(edit.body, /cannot be keyed here/);
      const page = await api.app.inject({ url: `/journal-entries/${id}/`, headers });
      assert.doesNotMatch(page.body, /\/edit\//);
      assert.match(page.body, /\/posting\//);
      assert.deepEqual(await stored(id), before);
    });
  });
}

test('a draft’s series and the day of its reversal outlive an edit in the grid', async () => {
  const id = await draft({ series: 'SI', reverse_on: '2024-04-01' }, { account: '1010', debit: '200' });
  await save(id, 'draft', 'Changed');
  const { memo, series, reverse_on } = await stored(id);
  assert.deepEqual({ memo, series, reverse_on }, { memo: 'Changed', series: 'SI', reverse_on: '2024-04-01' });
  const { number } = await save(id, 'post', 'Posted');
  assert.equal(number, 'SI-2024-000001');
  assert.equal((await stored(id)).reverse_on, '2024-04-01');
});

test('the page of an entry shows dimensions and foreign amounts below the account, and totals in the company’s currency', async () => {
  const [id = ''] = await company.post({
    entry_date: '2024-03-01',
    memo: 'Abroad',
    series: 'SI',
    reverse_on: '2024-04-02',
    lines: [
      { account: '1010', debit: '100', currency: 'EUR', rate: '2.5', dimensions: { cost_centre: '<b>' } },
      { account: '4010', credit: '250' },
    ],
  });
  const { body } = await api.app.inject({ url: `/journal-entries/${id}/`, headers });
  assert.match(body, /EUR 100\.00 at 2\.5 · cost centre &lt;b&gt;/);
  assert.equal(body.match(/250\.00/g)?.length, 4);
  assert.match(body, /<dt>Series<\/dt><dd>SI</);
  assert.match(body, /<dt>Reversed by itself on<\/dt>/);
});
