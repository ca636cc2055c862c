// Asks both versions the same things: what they prefer to be answered, and what v1 says of its successor.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
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
let v1: Call;
let v2: Call;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
  api = await openTestApi(house.db);
  const owner = await addMember(house.db, company, 'owner');
  const { access } = await api.tokens.issue(owner);
  const callOf =
    (root: string): Call =>
    (method, path, body, headers = {}) =>
      api.call(method, root + path, body, { authorization: `Bearer ${access}`, ...headers });
  [v1, v2] = [callOf('/api/v1'), callOf('/api/v2')];
});

after(async () => {
  await api.close();
  await house.close();
});

/** A path of v2 as it is answered in `next`, for a call that adds the root. */
const below = (path: string) => path.replace('/api/v2', '');

describe('preferences', () => {
  const minimal = { prefer: 'return=minimal' };

  test('a change is answered without a body where that is preferred, and is made all the same', async () => {
    const made = await v2('POST', '/journal-entries/', cashSale('2024-04-01', '7.00'), minimal);
    assert.deepEqual([made.status, made.body, made.headers['content-length']], [201, {}, '0']);
    assert.equal(made.headers['preference-applied'], 'return=minimal');
    assert.equal(made.headers['content-type'], undefined);
    assert.match(String(made.headers.etag), /^"\d+"$/);
    const entry = await v2('GET', below(String(made.headers.location)));
    assert.equal(entry.body.total, '7.00');
    const account = { code: '1098', name: 'Till', type: 'asset' };
    assert.equal((await v2('POST', '/accounts/', account, minimal)).status, 201);
    const changed = await v2('PATCH', '/accounts/1098/', { name: 'Other till' }, minimal);
    assert.deepEqual([changed.status, changed.body], [204, {}]);
    assert.equal((await v2('GET', '/accounts/1098/')).body.name, 'Other till');
  });

  test('an answer is whole unless asked otherwise, when it was refused, and when it tells what is nowhere else', async () => {
    const whole = await v2('PATCH', '/accounts/1098/', { name: 'Till' }, { prefer: 'return=representation' });
    assert.deepEqual([whole.status, whole.body.name], [200, 'Till']);
    assert.equal(whole.headers['preference-applied'], 'return=representation');
    const refused = await v2('POST', '/journal-entries/', {}, minimal);
    assert.ok(faultsOf(refused, 422).length > 0);
    assert.equal(refused.headers['preference-applied'], undefined);
    const dry = await v2('POST', '/journal-entries/?dry_run=true', cashSale('2024-04-01', '7.00'), minimal);
    assert.deepEqual([dry.status, dry.body.valid], [200, true]);
    const bulk = { entries: [cashSale('2024-04-01', '7.00')] };
    assert.equal((await v2('POST', '/journal-entries/bulk/', bulk, minimal)).body.posted, 1);
    const list = await v2('GET', '/accounts/', undefined, minimal);
    assert.ok(list.body.results.length > 0);
  });

  test('what is replayed for its key is answered without a body, too', async () => {
    const headers = { ...minimal, 'idempotency-key': 'minimal-1' };
    const entry = cashSale('2024-04-02', '8.00');
    const [first, again] = [
      await v2('POST', '/journal-entries/', entry, headers),
      await v2('POST', '/journal-entries/', entry, headers),
    ];
    assert.deepEqual([again.status, again.headers.location], [201, first.headers.location]);
    assert.equal(again.headers['idempotency-replayed'], 'true');
  });

  test('lenient handling passes over what is not known and nothing else; strict refuses it', async () => {
    const lenient = { prefer: 'handling=lenient' };
    const sale = cashSale('2024-04-03', '9.00');
    const unknown = { ...sale, colour: 'red', lines: sale.lines.map((line) => ({ ...line, tax: '13' })) };
    const stored = await fingerprint(house, company);
    for (const headers of [undefined, { prefer: 'handling=strict' }])
      assert.deepEqual(faultsOf(await v2('POST', '/journal-entries/', unknown, headers), 422), [
        '/colour request/unknown-field',
        '/lines/0/tax request/unknown-field',
        '/lines/1/tax request/unknown-field',
      ]);
    const wrong = { ...unknown, entry_date: 'tomorrow' };
    assert.deepEqual(faultsOf(await v2('POST', '/journal-entries/', wrong, lenient), 422), [
      '/entry_date request/date',
    ]);
    assert.deepEqual(await fingerprint(house, company), stored);
    const made = await v2('POST', '/journal-entries/?colour=red', unknown, lenient);
    assert.deepEqual([made.status, made.headers['preference-applied']], [201, 'handling=lenient']);
    const both = { prefer: 'handling=lenient, return=minimal' };
    const second = await v2('POST', '/journal-entries/', unknown, both);
    assert.equal(second.headers['preference-applied'], 'handling=lenient, return=minimal');
    const list = await v2('GET', '/accounts/?colour=red&limit=1', undefined, lenient);
    assert.deepEqual([list.status, list.body.results.length], [200, 1]);
  });

  test('v1 knows no preferences', async () => {
    const made = await v1('POST', '/journal-entries/', cashSale('2024-04-04', '1.00'), minimal);
    assert.deepEqual([made.status, made.body.total], [201, '1.00']);
    assert.equal(made.headers['preference-applied'], undefined);
  });
});

describe('the two versions', () => {
  test('do a request once for its key, whichever of them it comes to', async () => {
    const key = { 'idempotency-key': 'either' };
    const entry = cashSale('2024-05-01', '5.00');
    const first = await v1('POST', '/journal-entries/', entry, key);
    const again = await v2('POST', '/journal-entries/', entry, key);
    assert.deepEqual([again.status, again.body], [201, first.body]);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.equal(again.headers.location, `/api/v2/journal-entries/${first.body.id}/`);
  });

  test('say which of them answers, also when they refuse', async () => {
    for (const [call, version] of [
      [v1, '1'],
      [v2, '2'],
    ] as const) {
      assert.equal((await call('GET', '/users/me/')).headers['api-version'], version);
      assert.equal((await call('GET', '/accounts/none/')).headers['api-version'], version);
    }
    faultsOf(await api.call('GET', '/api/v3/users/me/'), 404);
  });

  test('v1 tells of numbered pages since when they are superseded, until when they last, and by what', async () => {
    const { headers } = await v1('GET', '/dimensions/branch/values/?page=1');
    const since = /^@(\d+)$/.exec(String(headers.deprecation))?.[1];
    const until = Date.parse(String(headers.sunset));
    assert.ok(until - Number(since) * 1000 >= 2 * 365 * 86_400_000);
    assert.equal(
      headers.link,
      '</api/v2/dimensions/branch/values/>; rel="successor-version", </api/redoc/#tag/Moving-from-v1>; rel="deprecation"; type="text/html"',
    );
    assert.equal((await v2('GET', '/dimensions/branch/values/')).headers.deprecation, undefined);
    const { headers: kept } = await v1('GET', '/users/me/');
    assert.deepEqual([kept.deprecation, kept.sunset, kept.link], [undefined, undefined, undefined]);
    const redoc = await api.app.inject({ url: '/api/redoc/?version=1' });
    assert.match(redoc.body, /\/api\/v1\/schema\//);
  });
});
