// Asks the pages of the books what nobody should ask, and who may not; every answer is a page that says so.
import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import {
  addMember,
  cashSale,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { findSession, openSession, type Role, roles, sessionCookie } from '#users';
import { createDraft } from '../journal/drafts.ts';

type Fields = Record<string, string>;
/** A member at a browser that was told of nothing: pages by GET, forms by POST with the token of the session. */
type Reader = {
  get(path: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  post(path: string, fields: Fields): Promise<LightMyRequestResponse>;
};

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let entry: string;
const readers = new Map<Role, Reader>();

async function readerOf(role: Role): Promise<Reader> {
  const member = await addMember(house.db, company, role);
  const token = await openSession(house.db, member, { ip: '127.0.0.1', userAgent: undefined });
  const session = await findSession(house.db, token);
  const always = { host: `${company.tenant.slug}.localhost`, cookie: `${sessionCookie}=${token}` };
  const form = { ...always, 'content-type': 'application/x-www-form-urlencoded' };
  return {
    get: (url, headers) => api.app.inject({ url, headers: { ...always, ...headers } }),
    post: (url, fields) => {
      const payload = new URLSearchParams({ _csrf: session?.csrfToken ?? '', ...fields }).toString();
      return api.app.inject({ method: 'POST', url, payload, headers: form });
    },
  };
}

const as = (role: Role): Reader => {
  const reader = readers.get(role);
  if (reader) return reader;
  throw new Error(`nobody is ${role}`);
};

const draftOf = (amount: string) =>
  company.run((tx) =>
    createDraft(tx, {
      entry_date: '2024-03-01',
      memo: 'A draft',
      lines: [
        { account: '1010', debit: amount },
        { account: '4010', credit: '10.00' },
      ],
    }),
  );

const line = (index: number, fields: Fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`lines[${index}][${name}]`, value]));
const form = (memo: string, more: Fields = {}) => ({
  entry_date: '2024-03-01',
  memo,
  ...line(0, { account: '1010', debit: '10' }),
  ...line(1, { account: '4010', credit: '10' }),
  ...more,
});

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
  api = await openTestApi(house.db);
  [entry = ''] = await company.post(cashSale('2024-01-10', '100.00'), cashSale('2024-01-11', '200.00'));
  for (const role of roles) readers.set(role, await readerOf(role));
});
after(async () => {
  await api.close();
  await house.close();
});

/** Every refusal is a whole page in words. */
function assertPage(answer: LightMyRequestResponse, status: number, words: RegExp, what = ''): void {
  assert.equal(answer.statusCode, status, `${what} ${answer.body.slice(0, 300)}`);
  assert.match(String(answer.headers['content-type']), /^text\/html/);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.match(answer.body, /<h1>/, what);
  assert.match(answer.body, words, what);
}

describe('who reads the books', () => {
  const pages = ['/accounts/', '/journal-entries/', '/reports/trial-balance/', '/reports/general-ledger/'];

  test('everybody but the storekeeper reads every page, and is offered only what they may do', async () => {
    const offers: Record<Role, RegExp[]> = {
      owner: [/New entry/, /Reverse/],
      accountant: [/New entry/, /Reverse/],
      clerk: [/New entry/],
      auditor: [],
      storekeeper: [],
      integrator: [/New entry/],
    };
    for (const role of ['owner', 'accountant', 'clerk', 'auditor'] as const) {
      for (const path of pages) assert.equal((await as(role).get(path)).statusCode, 200, `${role} ${path}`);
      const { body } = await as(role).get(`/journal-entries/${entry}/`);
      for (const offer of [/New entry/, /Reverse/])
        assert.equal(
          offer.test(body.replace(/<dialog id="shortcuts".*?<\/dialog>/s, '')),
          offers[role].some((each) => String(each) === String(offer)),
          `${role} ${offer}`,
        );
    }
    for (const path of [...pages, `/journal-entries/${entry}/`])
      assertPage(await as('storekeeper').get(path), 403, /do not have the permission/, path);
    const dashboard = await as('storekeeper').get('/');
    assertPage(dashboard, 200, /no figures to look at/);
    assert.doesNotMatch(dashboard.body, /href="\/(accounts|journal-entries|reports)/);
  });

  test('a clerk posts but does not reverse; an auditor does neither, by page or by hand-made form', async () => {
    assert.equal((await as('clerk').post('/journal-entries/new/', form('By the clerk'))).statusCode, 303);
    for (const role of ['clerk', 'auditor'] as const)
      assertPage(await as(role).post(`/journal-entries/${entry}/reversal/`, {}), 403, /permission/, role);
    const draft = await draftOf('10.00');
    assertPage(await as('auditor').get('/journal-entries/new/'), 403, /permission/);
    assertPage(await as('auditor').get(`/journal-entries/${draft}/edit/`), 403, /permission/);
    assertPage(await as('auditor').post('/journal-entries/new/', form('By the auditor')), 403, /permission/);
    assertPage(await as('auditor').post(`/journal-entries/${draft}/posting/`, {}), 403, /permission/);
  });
});

describe('an address that means nothing', () => {
  test('of an entry that is not there is answered by a page that says so', async () => {
    for (const id of [randomUUIDv7(), 'x', '1', entry.slice(1), `${entry}0`, '%27;drop%20table']) {
      assertPage(await as('owner').get(`/journal-entries/${id}/`), 404, /There is no such/, id);
      assertPage(await as('owner').get(`/journal-entries/${id}/edit/`), 404, /There is no such/, id);
      for (const action of ['posting', 'reversal', 'edit'])
        assertPage(
          await as('owner').post(`/journal-entries/${id}/${action}/`, form('x')),
          404,
          /There is no such/,
          id,
        );
    }
  });

  test('of a page or a state that does not exist shows the nearest one that does', async () => {
    for (const query of [
      'page=abc',
      'page=-1',
      'page=0',
      'page=1e99',
      'page=999999999',
      'page=2&page=3',
      'page[]=1',
    ])
      assertPage(await as('owner').get(`/journal-entries/?${query}`), 200, /1–\d of \d/, query);
    for (const query of [
      'status=nonsense',
      'status=posted&status=draft',
      `q=${'x'.repeat(5000)}`,
      'q=%25_%5C',
    ])
      assertPage(await as('owner').get(`/journal-entries/?${query}`), 200, /Journal/, query);
    assertPage(await as('owner').get('/accounts/?q=%25'), 200, /No account matches/);
  });

  test('of a day that does not exist is refused in words', async () => {
    for (const date of ['garbage', '2024-02-30', '24-1-1', '0001-01-01', '9999-12-31', "'; drop table x"]) {
      const query = encodeURIComponent(date);
      assertPage(await as('owner').get(`/reports/trial-balance/?as_of=${query}`), 422, /is no day/, date);
      for (const name of ['from', 'to'])
        assertPage(
          await as('owner').get(`/reports/general-ledger/?account=1010&${name}=${query}`),
          422,
          /is no day/,
        );
    }
    assertPage(
      await as('owner').get('/reports/trial-balance/?as_of=1950-01-01'),
      200,
      /No account has a balance/,
    );
  });

  test('of an account that does not exist, or of days in the wrong order, is refused in words', async () => {
    for (const account of ['9999', '%27', '%3Cb%3E', '1010%20'.repeat(100)])
      assertPage(
        await as('owner').get(`/reports/general-ledger/?account=${account}`),
        422,
        /There is no account/,
        account,
      );
    const order = 'account=1010&from=2024-12-31&to=2024-01-01';
    assertPage(await as('owner').get(`/reports/general-ledger/?${order}`), 422, /first day lies after/);
    assertPage(
      await as('owner').get('/reports/general-ledger/?account=1010&account=1020'),
      200,
      /Choose an account/,
    );
  });
});

describe('a form', () => {
  test('without fields, with too many lines or with fields twice is shown again with its faults', async () => {
    assertPage(await as('clerk').post('/journal-entries/new/', {}), 422, /Nothing was stored/);
    const lines = Array.from({ length: 600 }, (_, index) => line(index, { account: '1010', debit: '1' }));
    assertPage(
      await as('clerk').post('/journal-entries/new/', form('Long', Object.assign({}, ...lines))),
      422,
      /Nothing was stored/,
    );
    const twice = await as('clerk').post(
      '/journal-entries/new/?memo=x',
      form('Odd', { 'lines[0][__proto__]': 'x', 'lines[99999][debit]': '1' }),
    );
    assertPage(twice, 422, /Nothing was stored/);
  });

  test('larger than any entry is refused as a page', async () => {
    assertPage(
      await as('clerk').post('/journal-entries/new/', form('x'.repeat(1_100_000))),
      413,
      /too large/,
    );
  });

  test('sent again, as after a lost answer, makes no second draft and no second entry', async () => {
    const id = randomUUIDv7();
    const sent = async (memo: string, action: string) => {
      const answer = await as('clerk').post('/journal-entries/new/', form(memo, { id, action }));
      assert.equal(answer.headers.location, `/journal-entries/${id}/`, memo);
      return (await as('clerk').get(`/journal-entries/${id}/`)).body;
    };
    assert.match(await sent('First words', 'draft'), /First words/);
    assert.match(await sent('Second words', 'draft'), /Second words/);
    assert.match(await sent('Last words', 'post'), /hx-status-posted.*Last words/s);
    assert.match(await sent('Too late', 'post'), /Last words/);
    assert.match(await sent('Too late', 'draft'), /Last words/);
    assert.match((await as('clerk').get('/journal-entries/?q=words')).body, /1–1 of 1/);
  });

  test('of a draft that somebody else has changed meanwhile is refused, and what was keyed is kept', async () => {
    const id = await draftOf('10.00');
    const edit = `/journal-entries/${id}/edit/`;
    const { body } = await as('accountant').get(edit);
    const version = /name="version" value="(\d+)"/.exec(body)?.[1] ?? '';
    const mine = form('My words', { version, action: 'draft' });
    assert.equal((await as('clerk').post(edit, { ...mine, memo: 'Their words' })).statusCode, 303);
    const refused = await as('accountant').post(edit, mine);
    assertPage(refused, 412, /changed since you read it/);
    assert.match(refused.body, /value="My words"/);
    assert.match((await as('auditor').get(`/journal-entries/${id}/`)).body, /Their words/);
  });

  test('that posts a draft which does not balance says so, and the draft stays', async () => {
    const id = await draftOf('11.00');
    assertPage(await as('clerk').post(`/journal-entries/${id}/posting/`, {}), 422, /balance/);
    assertPage(await as('clerk').get(`/journal-entries/${id}/edit/`), 200, /11\.00/);
  });

  test('that edits, posts or reverses what is done already changes nothing', async () => {
    const path = `/journal-entries/${entry}/`;
    assert.equal((await as('owner').get(`${path}edit/`)).headers.location, path);
    assertPage(await as('owner').post(`${path}edit/`, form('Rewritten')), 409, /correct it by reversal/);
    assertPage(await as('owner').post(`${path}posting/`, {}), 409, /correct it by reversal/);
    assert.equal((await as('owner').post(`${path}reversal/`, { entry_date: '2024-01-31' })).statusCode, 303);
    assertPage(await as('owner').post(`${path}reversal/`, {}), 409, /revers/);
    assertPage(await as('owner').post(`${path}reversal/`, { entry_date: 'someday' }), 422, /date/);
  });
});

test('htmx gets the part that it swaps, and the whole page when it restores one from history', async () => {
  for (const path of ['/accounts/', '/journal-entries/']) {
    const part = await as('auditor').get(path, { 'hx-request': 'true' });
    assert.match(part.body, /^<div id="/);
    const restored = await as('auditor').get(path, {
      'hx-request': 'true',
      'hx-history-restore-request': 'true',
    });
    assert.match(restored.body, /^<!doctype html>/);
    assert.equal(part.headers.vary, 'HX-Request');
  }
});

test('a refusal of what htmx asked for is a notice, so that the page stays as it was', async () => {
  const answer = await as('auditor').get('/journal-entries/new/', { 'hx-request': 'true' });
  assert.equal(answer.statusCode, 403);
  assert.equal(answer.headers['hx-retarget'], '#messages');
  assert.match(answer.body, /^<div class="hx-notice/);
});
