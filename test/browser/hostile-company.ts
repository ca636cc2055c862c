// A company in which every text that can be stored is hostile, also what no form takes.
import assert from 'node:assert/strict';
import { createAccount } from '#accounting';
import { cashSale, type TestCompany } from '#test/company';
import { createNepaliCompany, day, originOf, sessionOf, testHouse, tokenOf } from './browser.ts';
import { hostile } from './hostile-payloads.ts';

/** A hostile text that says what it is, so that one sees in which page it is shown again. */
export const named = (what: string) => `${hostile} ${what}`;

/** The texts that pages show; each has to be found in one of them as it was stored. */
export const shownTexts = [
  'company',
  'owner',
  'clerk',
  'account',
  'memo',
  'reference',
  'line',
  'role',
  'key',
  'draft',
  'provider',
].map(named);

type Post = (path: string, body: object) => Promise<void>;

async function postAll(post: Post): Promise<void> {
  const lines = [
    { account: '1010', debit: '5.00', memo: named('line') },
    { account: 'hacked', credit: '5.00', memo: named('line') },
  ];
  await post('/journal-entries/', {
    entry_date: day,
    memo: named('memo'),
    reference: named('reference'),
    lines,
  });
  await post('/roles/', { key: 'hacked', title: named('role'), permissions: ['dashboard.view'] });
  await post('/api-keys/', { name: named('key'), expires_in_days: 30 });
  const client = { client_id: named('client'), client_secret: 'not one of theirs' };
  await post('/identity-providers/', { kind: 'google', name: named('provider'), ...client });
  await post('/dimensions/branch/values/', { code: 'HACKED', name: named('branch') });
  const template = {
    name: named('template'),
    memo: named('template'),
    unit: 'month',
    every: 1,
    starts_on: day,
    lines,
  };
  await post('/recurring-entries/', template);
  await post('/exchange-rates/', {
    currency: 'EUR',
    rate_date: day,
    rate: '130',
    source: named('source').slice(0, 60),
  });
}

/** Makes the company: over the API where there is a way, and in the tables where there is none. */
export async function createHostileCompany(): Promise<TestCompany> {
  const { superuser } = testHouse();
  const company = await createNepaliCompany();
  for (const role of ['owner', 'clerk'] as const) {
    await sessionOf(company, role);
    const email = `${role}@${company.tenant.slug}.test`;
    await superuser.query('update users set name = $2 where email = $1', [email, named(role)]);
  }
  await superuser.query('update tenants set name = $2 where id = $1', [company.tenant.id, named('company')]);
  await company.run((tx) => createAccount(tx, { code: 'hacked', name: named('account'), type: 'expense' }));
  await company.post(cashSale(day, '7.00', { memo: named('memo') }));
  const headers = {
    authorization: `Bearer ${await tokenOf(company, 'owner')}`,
    'content-type': 'application/json',
  };
  await postAll(async (path, body) => {
    const url = `${originOf().replace('localhost', '127.0.0.1')}/api/v1${path}`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path} ${answer.status} ${await answer.clone().text()}`);
  });
  return company;
}
