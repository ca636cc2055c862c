// Walks entries through the API: posted, drafted, edited, reversed, found again, with whatever text people write.
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
import { assertBooksHold } from '#test/invariants';

let house: TestHouse;
let company: TestCompany;
let api: TestApi;
let owner: Call;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
  api = await openTestApi(house.db);
  owner = await api.as(await addMember(house.db, company, 'owner'));
});

after(async () => {
  await assertBooksHold(house, company);
  await api.close();
  await house.close();
});

const balance = async (account: string, asOf = '2025-12-31') => {
  const { body } = await owner('GET', `/reports/trial-balance/?as_of=${asOf}`);
  return body.rows.find((row) => row.account === account)?.debit ?? '0.00';
};

test('a posted entry gets its number, moves the balances and is read back as it was sent', async () => {
  const sent = {
    entry_date: '2024-01-05',
    memo: ' First sale ',
    reference: 'INV-1',
    lines: [
      { account: '1010', debit: '70.5', memo: 'till' },
      { account: '1020', debit: '29.50' },
      { account: '4010', credit: '100' },
    ],
  };
  const { status, body, headers } = await owner('POST', '/journal-entries/', sent);
  assert.equal(status, 201);
  assert.equal(headers.location, `/api/v1/journal-entries/${body.id}/`);
  assert.match(body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.deepEqual(
    [body.number, body.status, body.memo, body.total],
    ['JV-2024-000001', 'posted', 'First sale', '100.00'],
  );
  assert.deepEqual(
    body.lines.map(({ account, debit, credit, memo }: Record<string, unknown>) => [
      account,
      debit,
      credit,
      memo,
    ]),
    [
      ['1010', '70.50', null, 'till'],
      ['1020', '29.50', null, null],
      ['4010', null, '100.00', null],
    ],
  );
  assert.equal(body.created_by, 'The owner');
  assert.deepEqual((await owner('GET', `/journal-entries/${body.id}/`)).body, body);
  assert.equal(await balance('1010', '2024-01-05'), '70.50');
  assert.equal(await balance('1010', '2024-01-04'), '0.00');
});

describe('a draft', () => {
  const draft = { ...cashSale('2024-02-01', '10.00'), status: 'draft' };

  test('may be unfinished, burns no number and moves no balance', async () => {
    const before_ = await fingerprint(house, company);
    const unfinished = { ...draft, entry_date: '2031-01-01', lines: [{ account: '1010', debit: '5.00' }] };
    const { status, body } = await owner('POST', '/journal-entries/', unfinished);
    assert.equal(status, 201);
    assert.deepEqual([body.status, body.number, body.total], ['draft', null, '5.00']);
    const now = await fingerprint(house, company);
    const changed = Object.keys(now).filter((table) => now[table] !== before_[table]);
    assert.deepEqual(changed, [`${company.tenant.schema}.journal_drafts`]);
    assert.equal((await owner('POST', `/journal-entries/${body.id}/posting/`)).status, 422);
    assert.equal((await owner('DELETE', `/journal-entries/${body.id}/`)).status, 204);
    assert.equal((await owner('GET', `/journal-entries/${body.id}/`)).status, 404);
  });

  test('is edited at the version that was read, and of two editors the second is told', async () => {
    const { body, headers } = await owner('POST', '/journal-entries/', draft);
    const path = `/journal-entries/${body.id}/`;
    assert.equal(headers.etag, '"1"');
    const edits = await Promise.all(
      ['1.00', '2.00', '3.00'].map((amount) =>
        owner('PUT', path, cashSale('2024-02-02', amount), { 'if-match': '"1"' }),
      ),
    );
    assert.deepEqual(edits.map(({ status }) => status).sort(), [200, 412, 412]);
    const won = edits.find(({ status }) => status === 200);
    assert.equal(won?.headers.etag, '"2"');
    assert.deepEqual((await owner('GET', path)).body, won?.body);
    assert.equal((await owner('DELETE', path, undefined, { 'if-match': '"1"' })).status, 412);
  });

  test('is posted once, under its own id, as its author’s', async () => {
    const clerk = await api.as(await addMember(house.db, company, 'clerk'));
    const { body } = await clerk('POST', '/journal-entries/', draft);
    const path = `/journal-entries/${body.id}/posting/`;
    const posts = await Promise.all(
      [1, 2, 3].map(() => owner('POST', path, undefined, { 'if-match': '"1"' })),
    );
    assert.deepEqual(posts.map(({ status }) => status).sort(), [201, 409, 409]);
    const posted = posts.find(({ status }) => status === 201)?.body;
    assert.deepEqual([posted?.id, posted?.status, posted?.created_by], [body.id, 'posted', 'The clerk']);
    assert.equal((await owner('GET', path)).body.number, posted?.number);
    const { rows } = await house.superuser.query(
      `select u.name from ${company.tenant.schema}.journal_entries e
      join users u on u.id = e.posted_by where e.id = $1`,
      [body.id],
    );
    assert.deepEqual(rows, [{ name: 'The owner' }]);
    const { rows: left } = await house.superuser.query(
      `select id from ${company.tenant.schema}.journal_drafts where id = $1`,
      [body.id],
    );
    assert.deepEqual(left, []);
  });
});

test('a reversal mirrors its entry, is linked both ways, and leaves no balance', async () => {
  const { body } = await owner('POST', '/journal-entries/', cashSale('2024-03-01', '44.00'));
  const answer = await owner('POST', `/journal-entries/${body.id}/reversal/`, {
    entry_date: '2024-04-01',
    memo: 'Keyed twice',
  });
  assert.equal(answer.status, 201);
  assert.deepEqual(answer.body.reverses, { id: body.id, number: body.number });
  assert.deepEqual(
    answer.body.lines.map(({ account, debit, credit }) => [account, debit, credit]),
    [
      ['1010', null, '44.00'],
      ['4010', '44.00', null],
    ],
  );
  const { body: original } = await owner('GET', `/journal-entries/${body.id}/`);
  assert.deepEqual(
    [original.status, original.reversed_by],
    ['reversed', { id: answer.body.id, number: answer.body.number }],
  );
  assert.deepEqual((await owner('GET', `/journal-entries/${body.id}/reversal/`)).body, answer.body);
});

test('what people write is stored and shown as it is, and nothing of it is carried out', async () => {
  const texts = [
    "'; drop table journal_lines; --",
    '<script>alert(1)</script>',
    '{{7*7}} #{7*7} <%= 7*7 %> %s %n',
    'देवनागरी 日本 🏔️ e\u0301 \u202e',
    '\\x27 \\u0000 \\',
    '=cmd|/c calc!A1',
    `${'🏔'.repeat(1000)}`,
  ];
  for (const text of texts) {
    const line = { memo: text };
    const lines = [
      { account: '1010', debit: '1.00', ...line },
      { account: '4010', credit: '1.00', ...line },
    ];
    const sent = { entry_date: '2024-05-01', memo: text, reference: [...text].slice(0, 200).join(''), lines };
    const { status, body } = await owner('POST', '/journal-entries/', sent);
    assert.equal(status, 201, text);
    assert.deepEqual([body.memo, body.reference, body.lines[0]?.memo], [text, sent.reference, text]);
    const reversal = await owner('POST', `/journal-entries/${body.id}/reversal/`);
    assert.equal(reversal.status, 201, text);
    const found = await owner(
      'GET',
      `/journal-entries/?search=${encodeURIComponent([...text].slice(0, 100).join(''))}`,
    );
    assert.ok(found.body.count >= 1, text);
    const code = [...text.trim()].slice(0, 200).join('');
    const account = await owner('POST', '/accounts/', {
      code,
      name: [...text].slice(0, 200).join(''),
      type: 'asset',
    });
    assert.equal(account.status, 201, text);
    assert.deepEqual((await owner('GET', `/accounts/${encodeURIComponent(code)}/`)).body, account.body);
    assert.equal((await owner('DELETE', `/accounts/${encodeURIComponent(code)}/`)).status, 204);
  }
});

describe('the list of entries', () => {
  const search = (query: string) => owner('GET', `/journal-entries/?${query}`);

  before(async () => {
    const sales = Array.from({ length: 7 }, (_, index) =>
      cashSale(`2025-01-0${index + 1}`, `${index + 1}00.00`, { memo: `No ${index + 1} 100%_x` }),
    );
    await company.post(...sales);
  });

  test('is paged without loss or repeat, with links that lead on', async () => {
    const seen: unknown[] = [];
    let path: string | null = '/journal-entries/?from=2025-01-01&to=2025-01-31&page_size=3';
    while (path) {
      const { body }: { body: { count: number; next: string | null; results: { entry_date?: unknown }[] } } =
        await owner('GET', path);
      assert.equal(body.count, 7);
      seen.push(...body.results.map((each) => each.entry_date));
      path = body.next?.replace('/api/v1', '') ?? null;
    }
    assert.deepEqual(
      seen,
      [7, 6, 5, 4, 3, 2, 1].map((day) => `2025-01-0${day}`),
    );
    assert.deepEqual((await search('page=900')).body.results, []);
  });

  test('is filtered by day, status, account, text and amount, where a wildcard is a character', async () => {
    const counts: Record<string, number> = {
      'from=2025-01-02&to=2025-01-03': 2,
      'from=2025-01-02&to=2025-01-01': 0,
      'search=No 3': 1,
      'search=no 3 100%25_': 1,
      'search=No_3': 0,
      'from=2025-01-01&search=%25': 7,
      'from=2025-01-01&search=500.00': 1,
      'from=2025-01-01&search=500': 1,
      'from=2025-01-01&account=1010': 7,
      'from=2025-01-01&account=1020': 0,
      'from=2025-01-01&account=none': 0,
      'from=2025-01-01&status=posted': 7,
      'from=2025-01-01&status=draft': 0,
      'from=2024-03-01&to=2024-03-31&status=reversed': 1,
      'search=JV-2025-000004': 1,
    };
    for (const [query, count] of Object.entries(counts))
      assert.equal((await search(encodeURI(query).replaceAll('%2525', '%25'))).body.count, count, query);
  });
});
