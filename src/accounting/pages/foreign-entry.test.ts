// Shows entries in other currencies on their page, and looks that the grid does not lose the currency of a draft.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  addMember,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { findSession, openSession, sessionCookie } from '#users';
import { createDraft } from '../journal/drafts.ts';
import { getEntry } from '../journal/read-entries.ts';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let headers: Record<string, string>;
let csrf: string;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db, { currency: 'NPR' });
  api = await openTestApi(house.db);
  const member = await addMember(house.db, company, 'owner');
  const token = await openSession(house.db, member, { ip: '127.0.0.1', userAgent: undefined });
  csrf = (await findSession(house.db, token))?.csrfToken ?? '';
  headers = { host: `${company.tenant.slug}.localhost`, cookie: `${sessionCookie}=${token}` };
});

after(async () => {
  await api.close();
  await house.close();
});

const foreign = {
  entry_date: '2024-03-01',
  memo: 'Oil',
  lines: [
    { account: '1020', currency: 'KWD', debit: '1234.567', rate: '430' },
    { account: '4010', credit: '530863.81' },
  ],
};

test('an entry’s page has the columns in the company’s currency, and each line’s own amount and rate', async () => {
  const [id = ''] = await company.post(foreign);
  const { statusCode, body } = await api.app.inject({ url: `/journal-entries/${id}/`, headers });
  assert.equal(statusCode, 200);
  assert.match(body, /KWD 1,234\.567 at 430/);
  assert.match(body, /Total NPR[\s\S]*5,30,863\.81[\s\S]*5,30,863\.81/);
});

test('a draft in another currency is neither offered to the grid nor overwritten by it', async () => {
  const id = await company.run((tx) => createDraft(tx, foreign));
  const page = await api.app.inject({ url: `/journal-entries/${id}/`, headers });
  assert.doesNotMatch(page.body, /\/edit\//);
  const edit = await api.app.inject({ url: `/journal-entries/${id}/edit/`, headers });
  assert.equal(edit.statusCode, 409);
  const keyed = new URLSearchParams({
    _csrf: csrf,
    version: '1',
    action: 'draft',
    entry_date: '2024-03-01',
    memo: 'Oil',
    'lines[0][account]': '1020',
    'lines[0][debit]': '1234.56',
  });
  const saved = await api.app.inject({
    method: 'POST',
    url: `/journal-entries/${id}/edit/`,
    payload: keyed.toString(),
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(saved.statusCode, 409);
  assert.match(saved.body, /in another currency/);
  const kept = await company.run((tx) => getEntry(tx, id));
  assert.deepEqual([kept?.version, kept?.lines[0]?.currency, kept?.lines[0]?.debit], [1, 'KWD', '1234.567']);
});
