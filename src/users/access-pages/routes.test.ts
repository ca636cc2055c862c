// Works the pages of members, roles and duties as a browser without script would, and tries them without the right to.
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
import { type Member, openSession, sessionCookie } from '#users';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let clerk: Member;
let owner: Member;

before(async () => {
  house = await openTestHouse(4);
  api = await openTestApi(house.db);
  company = await createCompany(house.db);
  [owner, clerk] = [await addMember(house.db, company, 'owner'), await addMember(house.db, company, 'clerk')];
  const call = await api.as(owner);
  await call('POST', '/dimensions/branch/values/', { code: 'KTM', name: 'Kathmandu' });
});
after(async () => {
  await api.close();
  await house.close();
});

type Form = Record<string, string | string[]>;

/** The pages as one member sees them. */
async function as(member: Member) {
  const token = await openSession(house.db, member, { ip: '127.0.0.1', userAgent: 'test' });
  const headers = { cookie: `${sessionCookie}=${token}`, host: `${company.tenant.slug}.localhost` };
  const get = (url: string) => api.app.inject({ url, headers });
  const csrf = /name="_csrf" value="([^"]+)"/.exec((await get('/')).body)?.[1] ?? '';
  const post = (url: string, form: Form) => {
    const pairs = Object.entries({ _csrf: csrf, ...form }).flatMap(([name, value]) =>
      [value].flat().map((each): [string, string] => [name, each]),
    );
    return api.app.inject({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(pairs).toString(),
    });
  };
  return { get, post };
}

const memberPath = () => `/settings/members/${clerk.userId}/`;

test('an owner gives a member grants, denials, limits and a branch, and sees them again', async () => {
  const pages = await as(owner);
  assert.match((await pages.get('/settings/members/')).body, /The clerk/);
  const saved = await pages.post(memberPath(), {
    role: 'clerk',
    'permission:users.role.view': 'granted',
    'permission:accounting.report.view': 'denied',
    post_limit: '1,000.50',
    approve_limit: '',
    branches: 'KTM',
  });
  assert.deepEqual([saved.statusCode, saved.headers.location], [303, memberPath()]);
  const { body } = await pages.get(memberPath());
  assert.match(body, /name="post_limit"[^>]* value="1000\.50"/);
  assert.match(body, /value="KTM" checked/);
  assert.match(body, /name="permission:users\.role\.view"[\s\S]*?<option value="granted" selected>/);
  assert.match(
    (await pages.get('/settings/members/')).body,
    /1 granted; 1 denied; posts up to USD 1000\.50; only KTM/,
  );
  const theirs = await as(clerk);
  assert.equal((await theirs.get('/reports/trial-balance/')).statusCode, 403);
  const roles = await theirs.get('/settings/roles/');
  assert.equal(roles.statusCode, 200);
  assert.doesNotMatch(roles.body, /href="\/(settings\/(members|duties)|reports\/|settings\/roles\/new)/);
});

test('a refused change is told above the form, with what was keyed still in it', async () => {
  const pages = await as(owner);
  const answer = await pages.post(memberPath(), {
    role: 'clerk',
    post_limit: 'much',
    branches: ['KTM', 'PKR'],
  });
  assert.equal(answer.statusCode, 422);
  assert.match(answer.body, /is not a decimal number/);
  assert.match(answer.body, /There is no branch PKR/);
  assert.match(answer.body, /name="post_limit"[^>]* value="much"/);
  const demoted = await pages.post(`/settings/members/${owner.userId}/`, { role: 'clerk' });
  assert.equal(demoted.statusCode, 409);
  assert.match(demoted.body, /a company always has an owner/i);
});

test('a role is made, given, changed and, when nobody has it, removed', async () => {
  const pages = await as(owner);
  const make = (form: Form) => pages.post('/settings/roles/new/', form);
  const faulty = await make({ key: 'Cash ier', title: 'Cashier', permissions: ['accounting.account.view'] });
  assert.equal(faulty.statusCode, 422);
  assert.match(faulty.body, /value="Cash ier"/);
  assert.match(faulty.body, /value="accounting\.account\.view" checked/);
  const made = await make({ key: 'cashier', title: 'Cashier', permissions: ['accounting.account.view'] });
  assert.equal(made.statusCode, 303);
  assert.equal((await pages.post(memberPath(), { role: 'cashier' })).statusCode, 303);
  const used = await pages.post('/settings/roles/cashier/removal/', {});
  assert.equal(used.statusCode, 409);
  assert.match(used.body, /1 member has the role cashier/);
  const renamed = await pages.post('/settings/roles/cashier/', { title: 'Till', permissions: [] });
  assert.equal(renamed.statusCode, 303);
  assert.match((await pages.get('/settings/roles/')).body, />Till</);
  assert.equal((await pages.post(memberPath(), { role: 'clerk' })).statusCode, 303);
  assert.equal((await pages.post('/settings/roles/cashier/removal/', {})).statusCode, 303);
  const builtIn = await pages.get('/settings/roles/accountant/');
  assert.doesNotMatch(builtIn.body, /> Save<|Remove this role/);
  assert.equal((await pages.post('/settings/roles/accountant/', { title: 'X' })).statusCode, 409);
});

test('rules are kept and said, and the page answers who could do both', async () => {
  const pages = await as(owner);
  const [one, other] = ['accounting.journal_entry.post', 'accounting.period.reopen'];
  const saved = await pages.post('/settings/duties/', {
    approve_above: '5000',
    acts_apart: ['create+post', 'post+reverse'],
    one: [one, '', ''],
    other: [other, '', ''],
  });
  assert.equal(saved.statusCode, 303, saved.body);
  const { body } = await pages.get('/settings/duties/');
  assert.match(body, /name="approve_above"[^>]* value="5000\.00"/);
  assert.match(body, /value="create\+post" checked/);
  assert.match(body, /Nobody holds both: who may key entries and post them and open closed periods again/);
  assert.match(body, /owner@/);
  const asked = await pages.get(`/settings/duties/?one=${one}&other=accounting.account.view`);
  assert.match(asked.body, /clerk@/);
  const faulty = await pages.post('/settings/duties/', { approve_above: 'x', one: [one], other: [''] });
  assert.equal(faulty.statusCode, 422);
  assert.match(faulty.body, /There is no permission/);
  assert.equal((await pages.post('/settings/duties/', {})).statusCode, 303);
});

test('an auditor reads all of it and changes nothing, and a clerk sees none of it', async () => {
  const pages = await as(await addMember(house.db, company, 'auditor'));
  for (const url of [
    '/settings/members/',
    memberPath(),
    '/settings/roles/',
    '/settings/roles/clerk/',
    '/settings/duties/',
  ]) {
    const { statusCode, body } = await pages.get(url);
    assert.equal(statusCode, 200, url);
    assert.doesNotMatch(body, /btn-danger|> Save|New role|Make the role/, url);
  }
  for (const url of [memberPath(), `${memberPath()}removal/`, '/settings/roles/new/', '/settings/duties/'])
    assert.equal((await pages.post(url, { role: 'clerk' })).statusCode, 403, url);
  assert.equal((await pages.get('/settings/roles/new/')).statusCode, 403);
});

test('an approval is given and withdrawn on the page of the draft', async () => {
  const call = await api.as(clerk);
  const { body } = await call('POST', '/journal-entries/', {
    entry_date: '2024-03-01',
    memo: 'To be approved',
    status: 'draft',
    lines: [
      { account: '1010', debit: '5.00' },
      { account: '4010', credit: '5.00' },
    ],
  });
  const path = `/journal-entries/${body.id}/`;
  const pages = await as(owner);
  assert.doesNotMatch((await (await as(clerk)).get(path)).body, /Approve/);
  assert.match((await pages.get(path)).body, /> Approve</);
  assert.equal((await pages.post(`${path}approval/`, { version: '1' })).statusCode, 303);
  assert.match((await pages.get(path)).body, /Approved by<\/dt><dd>The owner/);
  assert.equal((await pages.post(`${path}disapproval/`, { version: '1' })).statusCode, 303);
  assert.doesNotMatch((await pages.get(path)).body, /Approved by/);
  assert.equal((await pages.post(`${path}approval/`, { version: '7' })).statusCode, 412);
});

test('a member is removed by page, and is then out', async () => {
  const pages = await as(owner);
  const theirs = await as(clerk);
  assert.equal((await pages.post(`${memberPath()}removal/`, {})).statusCode, 303);
  assert.equal((await theirs.get('/')).statusCode, 303);
  assert.equal((await pages.get(memberPath())).statusCode, 404);
  assert.equal((await pages.get('/settings/members/nobody/')).statusCode, 404);
});

test('who only looks at roles is offered no new one, and each finds their way to the keys they may see', async () => {
  const auditor = await as(await addMember(house.db, company, 'auditor'));
  const seen = (await auditor.get('/settings/roles/')).body;
  assert.match(seen, /Accountant/);
  assert.doesNotMatch(seen, /New role|api-keys/);
  const ours = (await (await as(owner)).get('/settings/roles/')).body;
  assert.match(ours, /New role/);
  assert.match(ours, /href="\/settings\/api-keys\/"[\s\S]*href="\/account\/api-keys\/"/);
});
