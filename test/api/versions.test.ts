// Asks both versions the same things: lists in their two ways, preferences, and what v1 says of its successor.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type Answer,
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
let stranger: Call;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
  api = await openTestApi(house.db);
  const owner = await addMember(house.db, company, 'owner');
  [v1, v2] = [await api.as(owner, 1), await api.as(owner, 2)];
  const other = await createCompany(house.db);
  stranger = await api.as(await addMember(house.db, other, 'owner'), 2);
  const days = Array.from(
    { length: 12 },
    (_, index) => `2024-02-${String(1 + (index % 4)).padStart(2, '0')}`,
  );
  await company.post(
    ...days.map((day, index) => cashSale(day, `${index + 1}.00`, { memo: `Sale ${index}` })),
  );
});

after(async () => {
  await api.close();
  await house.close();
});

/** A path of v2 as it is answered in `next`, for a call that adds the root. */
const below = (path: string) => path.replace('/api/v2', '');

/** Everything that a list of v2 has, part by part. */
async function walk(path: string, between: () => Promise<unknown> = async () => {}): Promise<Answer[]> {
  const parts: Answer[] = [];
  for (let next: string | null = path; next !== null; ) {
    const answer: Answer = await v2('GET', next);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    parts.push(answer);
    next = answer.body.next === null ? null : below(answer.body.next);
    await between();
  }
  return parts;
}

const namesOf = (parts: Answer[], list = 'results') =>
  parts.flatMap(({ body }) => body[list] as Record<string, unknown>[]);

describe('lists', () => {
  const lists = [
    ['/accounts/', 'type=asset'],
    ['/accounts/', 'ordering=-name'],
    ['/journal-entries/', ''],
    ['/journal-entries/', 'ordering=entry_date&search=Sale'],
    ['/periods/', 'fiscal_year=2024&ordering=-starts_on'],
    ['/fiscal-years/', ''],
    ['/dimensions/', 'ordering=-code'],
    ['/number-series/', ''],
    ['/exchange-rates/', ''],
    ['/recurring-entries/', 'ordering=-starts_on'],
    ['/scheduled-reversals/', 'ordering=entry_date'],
  ] as const;

  for (const [path, query] of lists)
    test(`${path}?${query} has in parts of v2 what it has on one page of v1`, async () => {
      const page = await v1('GET', `${path}?${query}&page_size=500`);
      assert.equal(page.status, 200, JSON.stringify(page.body));
      assert.equal(page.body.count, page.body.results.length);
      const parts = await walk(`${path}?${query}&limit=3`);
      assert.deepEqual(namesOf(parts), page.body.results);
      assert.equal(parts.length, Math.max(1, Math.ceil(page.body.count / 3)));
      for (const { body, headers } of parts) {
        assert.deepEqual(Object.keys(body).sort(), ['next', 'results']);
        assert.equal(headers.link, body.next === null ? undefined : `<${body.next}>; rel="next"`);
      }
    });

  const reports = [
    ['/reports/general-ledger/?account=1010&from=2024-02-02&to=2024-02-29', 'lines'],
    ['/reports/general-ledger/?account=1000&from=2024-01-01&to=2024-02-29&closing=false', 'lines'],
    ['/reports/day-book/?from=2024-02-02&to=2024-02-29', 'entries'],
    ['/reports/cash-flow/lines/?account=4010&from=2024-02-01&to=2024-02-29', 'results'],
    ['/reports/cash-flow/lines/?account=4010&from=2024-02-01&to=2024-02-29&ordering=-entry_date', 'results'],
  ] as const;

  for (const [path, list] of reports)
    test(`${path} has in parts of v2 what it has in v1, with links of its own version`, async () => {
      const whole = await v1('GET', path);
      assert.equal(whole.status, 200, JSON.stringify(whole.body));
      const parts = await walk(`${path}&limit=2`);
      const text = JSON.stringify(namesOf(parts, list));
      assert.doesNotMatch(text, /\/api\/v1\//);
      assert.deepEqual(JSON.parse(text.replaceAll('/api/v2/', '/api/v1/')), whole.body[list]);
      for (const { body } of parts) assert.equal(body.count, whole.body.count);
      assert.ok(parts.length > 2);
    });

  test('nothing is seen twice or missed when entries come in at the front meanwhile', async () => {
    const before = (await v1('GET', '/journal-entries/?page_size=500')).body.results.map(({ id }) => id);
    let day = 1;
    const parts = await walk('/journal-entries/?limit=5&to=2024-12-31', async () => {
      day += 1;
      await company.post(cashSale(`2024-03-${String(day).padStart(2, '0')}`, '1.00'));
    });
    assert.deepEqual(
      namesOf(parts).map(({ id }) => id),
      before,
    );
  });

  test('a ledger goes on where it was when lines of earlier days come in, and its balance with them', async () => {
    const path = '/reports/general-ledger/?account=1010&from=2024-02-01&to=2024-02-29';
    const whole = (await v1('GET', path)).body.lines;
    const first = await v2('GET', `${path}&limit=5`);
    await company.post(cashSale('2024-02-01', '1000.00'));
    const rest = await v2('GET', below(`${first.body.next}&limit=500`.replace('limit=5&', '')));
    assert.equal(rest.status, 200, JSON.stringify(rest.body));
    const seen = [...first.body.lines, ...rest.body.lines].map(({ debit }) => debit);
    // The line of the first day that came in lies before the cursor.
    assert.deepEqual(
      seen,
      whole.map(({ debit }) => debit),
    );
    assert.equal(rest.body.lines.at(-1)?.balance, rest.body.closing);
  });

  test('a cursor that was altered, or is of another list, order, filter, company or nothing, is refused', async () => {
    const { body } = await v2('GET', '/journal-entries/?limit=2');
    const cursor = new URL(String(body.next), 'http://x.invalid').searchParams.get('cursor') ?? '';
    assert.ok(cursor.length > 20);
    const flipped = `${cursor.slice(0, -3)}${cursor.at(-3) === 'A' ? 'B' : 'A'}${cursor.slice(-2)}`;
    const refused = async (call: Call, path: string) =>
      assert.deepEqual(faultsOf(await call('GET', path), 422), ['/query/cursor request/cursor'], path);
    for (const strange of [flipped, cursor.slice(1), `${cursor}A`, `${cursor}=`, 'x', '', '%00'.slice(0, 0)])
      await refused(v2, `/journal-entries/?limit=2&cursor=${strange}`);
    const forged = Buffer.from('["2024-01-01","x"]').toString('base64url');
    await refused(v2, `/journal-entries/?cursor=${forged}`);
    await refused(v2, `/journal-entries/?ordering=entry_date&cursor=${cursor}`);
    await refused(v2, `/journal-entries/?status=posted&cursor=${cursor}`);
    await refused(v2, `/accounts/?cursor=${cursor}`);
    await refused(v2, `/reports/day-book/?cursor=${cursor}`);
    await refused(v2, `/reports/cash-flow/lines/?account=4010&from=2024-01-01&cursor=${cursor}`);
    await refused(stranger, `/journal-entries/?limit=2&cursor=${cursor}`);
    assert.equal((await v2('GET', `/journal-entries/?limit=3&cursor=${cursor}`)).status, 200);
  });

  test('each version takes its own parameters only', async () => {
    const unknown = async (call: Call, path: string, ...names: string[]) =>
      assert.deepEqual(
        faultsOf(await call('GET', path), 422),
        names.map((name) => `/query/${name} request/unknown-field`),
      );
    await unknown(v2, '/accounts/?page=1&page_size=5', 'page', 'page_size');
    await unknown(v1, '/accounts/?cursor=x&limit=5', 'cursor', 'limit');
    await unknown(v2, '/reports/day-book/?page=1', 'page');
    for (const limit of ['0', '501', 'x', '-1', '1.5'])
      assert.deepEqual(
        faultsOf(await v2('GET', `/journal-entries/?limit=${limit}`), 422).map(
          (fault) => fault.split(' ')[0],
        ),
        ['/query/limit'],
      );
    faultsOf(await v2('GET', '/journal-entries/?ordering=memo'), 422);
  });
});

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
