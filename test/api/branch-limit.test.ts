// Asks every route there is as a member who is limited to one branch, and looks for anything of another one in the answers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { type BranchBooks, createBranchBooks, limitEverybody, saleOf, telltales } from '#test/branches';
import {
  addMember,
  fingerprint,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestHouse,
} from '#test/company';
import { findSession, type Member, openSession } from '#users';
import { textOf } from './answer-text.ts';
import { queriesOf } from './queries-of.ts';

let house: TestHouse;
let api: TestApi;
let books: BranchBooks;
let member: Member;
let session: { cookie: string; csrf: string };
let bearer: string;

before(async () => {
  house = await openTestHouse(4);
  books = await createBranchBooks(house.db);
  member = await addMember(house.db, books.company, 'owner');
  api = await openTestApi(house.db, (app) => limitEverybody(app, ['KTM']));
  const token = await openSession(house.db, member, { ip: '127.0.0.1', userAgent: undefined });
  session = {
    cookie: `himalytix_session=${token}`,
    csrf: (await findSession(house.db, token))?.csrfToken ?? '',
  };
  bearer = `Bearer ${(await api.tokens.issue(member)).access}`;
});

after(async () => {
  await api.close();
  await house.close();
});

type Route = { method: string; url: string };

const isApi = (url: string) => url.startsWith('/api/');

/** Every route that speaks of a company to somebody who is signed in. */
const routes = (isWanted: (route: Route) => boolean): Route[] =>
  api.app.guardedRoutes.filter(
    ({ permission, ofNoTenant, ...route }) =>
      permission !== 'public' && !ofNoTenant && !/HEAD|OPTIONS/.test(route.method) && isWanted(route),
  );

/** The values that a route's parameters are tried with; a route with others is tried with a few of any kind. */
function valuesOf(url: string, name: string): string[] {
  const { ids } = books;
  if (/journal-entries\/:id/.test(url))
    return [
      'own',
      'other',
      'nowhere',
      'between',
      'otherEuros',
      'reversedOther',
      'ownDraft',
      'otherDraft',
    ].map((each) => ids[each] ?? '');
  if (/recurring-entries\/:id/.test(url)) return [ids.ownTemplate ?? '', ids.otherTemplate ?? ''];
  if (/dimensions\/:code/.test(url)) return name === 'code' ? ['branch', 'project'] : ['KTM', 'PKR', 'P'];
  if (/number-series/.test(url)) return ['JV'];
  if (/exchange-rates/.test(url)) return [name === 'date' ? '2024-01-01' : 'EUR'];
  if (/accounts\/:code/.test(url)) return ['1010', '4010'];
  return ['1', ids.other ?? '', member.userId, 'x'];
}

/** All addresses of a route. */
function pathsOf(url: string): string[] {
  const name = /:(\w+)/.exec(url)?.[1];
  if (name === undefined) return [url];
  return valuesOf(url, name).flatMap((value) => pathsOf(url.replace(`:${name}`, value)));
}

const headersOf = (url: string) =>
  isApi(url)
    ? { authorization: bearer, 'if-match': '"1"' }
    : { cookie: session.cookie, host: `${books.company.tenant.slug}.localhost` };

async function ask(method: string, url: string, payload?: string | object): Promise<LightMyRequestResponse> {
  const form = typeof payload === 'string' ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
  return await api.app.inject({
    method: method as 'GET',
    url,
    headers: { ...headersOf(url), ...form },
    ...(payload === undefined ? {} : { payload }),
  });
}

test('every page, list, report and export that a member may read holds nothing of another branch', async () => {
  const seen = new Map<string, Set<number>>();
  for (const { method, url } of routes(({ method }) => method === 'GET')) {
    for (const path of pathsOf(url)) {
      for (const query of queriesOf(url)) {
        const answer = await ask(method, `${path}?${query}`);
        assert.ok(answer.statusCode < 500, `${path}?${query}: ${answer.payload.slice(0, 300)}`);
        seen.set(url, (seen.get(url) ?? new Set()).add(answer.statusCode));
        const text = (await textOf(answer)).replaceAll(
          /search=SECRET|value="SECRET"|value="7313.13"|search=7313.13/g,
          '',
        );
        assert.deepEqual(telltales(text), [], `${path}?${query}`);
      }
    }
  }
  // A step of changing the company answers only within such a change, and shows nothing: it redirects.
  seen.delete('/switch/grant/');
  const unanswered = [...seen].filter(
    ([url, statuses]) => !url.includes(':') && ![200, 303].some((each) => statuses.has(each)),
  );
  assert.deepEqual(unanswered, [], 'a route that never answers proves nothing');
});

test('the same routes do hold it for who is not limited, so that the words and cents are looked for in the right place', async () => {
  const plain = await openTestApi(house.db);
  for (const path of [
    'trial-balance/?as_of=2027-12-31',
    'day-book/?from=2024-01-01&to=2027-12-31&format=csv',
  ]) {
    const { payload } = await plain.app.inject({
      url: `/api/v1/reports/${path}`,
      headers: { authorization: bearer },
    });
    assert.ok(telltales(payload).length > 0, path);
  }
  await plain.close();
});

test('every route that changes something answers for another branch’s entry as for none, and changes nothing', async () => {
  const { ids, company } = books;
  const stored = await fingerprint(house, company);
  for (const { method, url } of routes(({ method, url }) => method !== 'GET' && url.includes(':id'))) {
    const foreign = /recurring/.test(url) ? ['otherTemplate'] : ['other', 'nowhere', 'otherDraft', 'between'];
    if (!/journal-entries|recurring-entries/.test(url)) continue;
    for (const name of foreign) {
      const path = url.replace(':id', ids[name] ?? '');
      const body = saleOf({ branch: 'KTM' }, '1.00', 'Mine now');
      const form = `_csrf=${session.csrf}&version=1&entry_date=2024-02-20&memo=x`;
      const template = { ...body, name: 'x', unit: 'month', starts_on: '2027-12-31', entry_date: undefined };
      const answer = await ask(
        method,
        path,
        isApi(url)
          ? /reversal|posting|approve/.test(url)
            ? {}
            : /recurring/.test(url)
              ? template
              : body
          : form,
      );
      assert.ok(
        answer.statusCode >= 400 && answer.statusCode < 500,
        `${method} ${path}: ${answer.statusCode}`,
      );
      assert.deepEqual(telltales(answer.payload), [], path);
      if (name !== 'between')
        assert.equal(answer.statusCode, 404, `${method} ${path}: ${answer.payload.slice(0, 200)}`);
    }
  }
  assert.deepEqual(await fingerprint(house, company), stored);
});

const v1 = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
  const answer = await api.app.inject({
    method: method as 'POST',
    url: `/api/v1${path}`,
    headers: { authorization: bearer, ...headers },
    ...(body ? { payload: body } : {}),
  });
  return { status: answer.statusCode, body: answer.json(), text: answer.payload };
};

describe('over the API, who is limited to a branch', () => {
  test('is told of a report that it is of the branch, and of an entry that lines are left out', async () => {
    const report = await v1('GET', '/reports/trial-balance/?as_of=2024-02-20');
    assert.deepEqual(report.body.branches, ['KTM']);
    assert.deepEqual(
      report.body.rows.map(({ account, debit, credit }: Record<string, string>) => [account, debit, credit]),
      [
        ['1010', '79.00', '0.00'],
        ['4010', '0.00', '120.00'],
      ],
    );
    const csv = await api.app.inject({
      url: '/api/v1/reports/balance-sheet/?as_of=2024-02-20&format=pdf',
      headers: { authorization: bearer },
    });
    assert.match(await textOf(csv), /Branches: KTM/);
    const { body } = await v1('GET', `/journal-entries/${books.ids.between}/`);
    assert.deepEqual([body.partial, body.total, body.lines.length], [true, '41.00', 1]);
    assert.equal('partial' in (await v1('GET', `/journal-entries/${books.ids.own}/`)).body, false);
    const page = await ask('GET', `/journal-entries/${books.ids.between}/`);
    assert.match(page.payload, /Branch KTM only/);
    assert.match(page.payload, /lines of other branches/);
  });

  test('posts lines of it only, one by one, in bulk, as a stream and as drafts, with each fault named', async () => {
    const mine = saleOf({ branch: 'KTM' }, '5.00', 'Posted');
    const bad = {
      ...mine,
      lines: [
        { ...mine.lines[0], dimensions: { branch: 'PKR' } },
        { ...mine.lines[1], dimensions: {} },
      ],
    };
    const faults = ['/lines/0/dimensions/branch', '/lines/1/dimensions/branch'];
    const pointers = ({ body }: { body: { errors: { pointer: string; code: string }[] } }, prefix = '') => {
      assert.ok(body.errors.every(({ code }) => code === 'accounting/branch-not-yours'));
      assert.deepEqual(
        body.errors.map(({ pointer }) => pointer),
        faults.map((pointer) => `${prefix}${pointer}`),
      );
    };
    pointers(await v1('POST', '/journal-entries/', bad));
    pointers(await v1('POST', '/journal-entries/', { ...bad, status: 'draft' }));
    pointers(await v1('POST', '/journal-entries/?dry_run=true', bad));
    pointers(await v1('POST', '/journal-entries/bulk/', { entries: [mine, bad] }), '/entries/1');
    const lines = `${JSON.stringify(bad)}\n${JSON.stringify({ ...mine, memo: 'Streamed' })}\n`;
    const streamed = await fetch(`${await api.app.listen({ port: 0 })}/api/v1/journal-entries/stream/`, {
      method: 'POST',
      headers: { authorization: bearer, 'content-type': 'application/x-ndjson' },
      body: lines,
    }).then((answer) => answer.text());
    assert.match(streamed, /branch-not-yours/);
    assert.match(streamed, /"posted"/);
    const { status, body } = await v1('POST', '/journal-entries/', mine, { 'idempotency-key': 'mine' });
    assert.deepEqual([status, body.total, 'partial' in body], [201, '5.00', false]);
    const again = await v1('POST', '/journal-entries/', mine, { 'idempotency-key': 'mine' });
    assert.equal(again.body.id, body.id);
  });

  test('sees in a dry run what the accounts stand at in it', async () => {
    const entry = saleOf({ branch: 'KTM' }, '1.00', 'Tried', { entry_date: '2024-02-13' });
    const { body, text } = await v1('POST', '/journal-entries/?dry_run=true', entry);
    assert.deepEqual(telltales(text), [], text);
    const [cash] = body.entries[0].balances;
    assert.deepEqual(
      [cash.account, Number(cash.after) - Number(cash.before), cash.before.split('.')[1]],
      ['1010', 1, '00'],
    );
  });

  test('reverses an entry of it, and none that is seen in part', async () => {
    const part = await v1('POST', `/journal-entries/${books.ids.between}/reversal/`, {});
    assert.equal(part.status, 422);
    assert.ok(part.body.errors.some(({ code }: { code: string }) => code === 'accounting/other-branches'));
    const whole = await v1('POST', `/journal-entries/${books.ids.ownEuros}/reversal/`, {});
    assert.equal(whole.status, 201, whole.text);
  });

  test('does not close a year, revalue, or change what balances are kept of', async () => {
    const refused = [
      await v1('POST', '/fiscal-years/1/closing/', {}),
      await v1('POST', '/fiscal-years/1/closing/?dry_run=true', {}),
      await v1('POST', '/fiscal-years/1/reopening/', { reason: 'x' }),
      await v1('POST', '/revaluations/', { on: '2024-02-29' }),
      await v1('PATCH', '/dimensions/branch/', { keeps_balances: false }),
    ];
    for (const { status, body } of refused)
      assert.deepEqual([status, body.code], [403, 'accounting/limited-to-branches']);
  });
});
