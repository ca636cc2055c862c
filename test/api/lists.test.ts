// Asks lists of both versions, page by page and part by part, and finds the same in them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type Answer,
  addMember,
  type Call,
  cashSale,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
  testPassword,
} from '#test/company';
import type { Member } from '#users';
import { contractOf } from './contract/contract.ts';
import { operationsOf } from './contract/document.ts';
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
  const { access } = await api.tokens.issue(owner);
  const callOf =
    (root: string): Call =>
    (method, path, body, headers = {}) =>
      api.call(method, root + path, body, { authorization: `Bearer ${access}`, ...headers });
  [v1, v2] = [callOf('/api/v1'), callOf('/api/v2')];
  await addPeople(owner);
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

/** Members, invitations, keys and sign-ins, more of each than a part has. */
async function addPeople({ email }: Member): Promise<void> {
  for (const role of ['accountant', 'clerk', 'auditor'] as const) await addMember(house.db, company, role);
  for (const name of ['Asha', 'Bina', 'Chandra', 'Dawa']) {
    const made = [
      await v2('POST', '/api-keys/', { name }),
      await v2('POST', '/invitations/', { email: `${name.toLowerCase()}@example.com`, role: 'clerk' }),
      await v2('POST', '/email-domains/', { domain: `${name.toLowerCase()}.test` }),
      await v2('POST', '/auth/login/', { email, password: testPassword }),
    ];
    assert.deepEqual(
      made.map(({ status }) => status),
      [201, 201, 201, 200],
    );
  }
}

/** A path of v2 as it is answered in `next`, for a call that adds the root. */
const below = (path: string) => path.replace('/api/v2', '');

const isOrdering = ({ name }: { name: string }) => name === 'ordering';

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
    ['/dimensions/branch/values/', ''],
    ['/periods/1/exceptions/', ''],
    ['/members/', ''],
    ['/members/', 'ordering=-since'],
    ['/roles/', ''],
    ['/permissions/', 'ordering=-name'],
    ['/api-keys/', ''],
    ['/api-keys/', 'of=company&ordering=-created_at'],
    ['/identity-providers/', ''],
    ['/email-domains/', ''],
    ['/invitations/', ''],
    ['/invitations/', 'ordering=email'],
    ['/users/me/sessions/', ''],
    ['/users/me/sign-ins/', ''],
    ['/users/me/sign-ins/', 'ordering=at'],
  ] as const;

  test('of every kind are asked here in both ways', async () => {
    const { document } = await contractOf(api.app);
    const told = [...operationsOf(document)]
      .filter(([name, { parameters = [] }]) => name.startsWith('GET /api/v2/') && parameters.some(isOrdering))
      .map(([name]) => name.replace('GET /api/v2', ''));
    const asked = new Set([...lists, ...reports].map(([path]) => path.replace(/\?.*/, '')));
    const isAsked = (path: string) =>
      [...asked].some((each) => new RegExp(`^${path.replace(/\{\w+\}/g, '\\w+')}$`).test(each));
    assert.deepEqual(
      told.filter((path) => !isAsked(path)),
      [],
    );
  });

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
