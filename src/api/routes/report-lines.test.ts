// Reads ledgers, day books and statements over the API: by pages, whole, as files, and with everything wrong at once.
import assert from 'node:assert/strict';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import {
  addMember,
  type Call,
  cashSale,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import type { Member } from '#users';

let house: TestHouse;
let company: TestCompany;
let api: TestApi;
let member: Member;
let call: Call;

const LINES = 12_000;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db, { years: 1 });
  api = await openTestApi(house.db);
  member = await addMember(house.db, company, 'auditor');
  call = await api.as(member);
  const day = (n: number) => new Date(Date.UTC(2024, 0, 1 + (n % 300))).toISOString().slice(0, 10);
  await company.post(...Array.from({ length: LINES }, (_, n) => cashSale(day(n), `${n + 1}.25`)));
});
after(async () => {
  await api.close();
  await house.close();
});

const ledger = '/reports/general-ledger/?account=1010&from=2024-01-01&to=2024-12-31';

test('the pages of a ledger follow each other by their links and end', async () => {
  let path: string | null = `${ledger}&page=1&page_size=1000`;
  let lines = 0;
  let balance = '0.00';
  while (path) {
    const { status, body } = await call('GET', path.replace('/api/v1', ''));
    assert.equal(status, 200);
    assert.equal(body.brought_forward, balance);
    lines += body.lines.length;
    balance = body.lines.at(-1)?.balance ?? '';
    if (!body.next) assert.equal(body.closing, balance);
    path = body.next;
  }
  assert.equal(lines, LINES);
});

test('a ledger without a page is sent whole', async () => {
  const { status, body } = await call('GET', ledger);
  assert.equal(status, 200);
  assert.deepEqual([body.count, body.lines.length], [LINES, LINES]);
  assert.equal(body.lines.at(-1)?.balance, body.closing);
  assert.equal(body.totals.debit, body.closing);
});

test('a line’s link leads to its entry', async () => {
  const { body } = await call('GET', `${ledger}&page=3&page_size=5`);
  const [line] = body.lines as unknown as { link: string; number: string }[];
  const entry = await call('GET', (line?.link ?? '').replace('/api/v1', ''));
  assert.equal(entry.body.number, line?.number);
});

test('a ledger as CSV has every line, and opening and closing', async () => {
  const answer = await call('GET', `${ledger}&format=csv`);
  assert.match(String(answer.headers['content-type']), /^text\/csv/);
  assert.match(String(answer.headers['content-disposition']), /attachment; .*general-ledger/);
  const { access } = await api.tokens.issue(member);
  const { body } = await api.app.inject({
    url: `/api/v1${ledger}`,
    headers: { authorization: `Bearer ${access}`, accept: 'text/csv' },
  });
  const rows = parse(body, { columns: true, bom: true }) as Record<string, string>[];
  assert.equal(rows.length, LINES + 2);
  assert.equal(rows.at(-1)?.Memo, 'Closing balance');
});

for (const [report, format, magic] of [
  ['general-ledger/?account=1010&from=2024-01-01&to=2024-01-05', 'pdf', '%PDF'],
  ['general-ledger/?account=1010&from=2024-01-01&to=2024-01-05', 'xlsx', 'PK'],
  ['day-book/?from=2024-01-01&to=2024-01-03', 'pdf', '%PDF'],
  ['day-book/?from=2024-01-01&to=2024-01-03', 'xlsx', 'PK'],
  ['account-statement/?account=1010&from=2024-01-01&to=2024-01-03', 'pdf', '%PDF'],
  ['account-statement/?account=1010&from=2024-01-01&to=2024-01-03', 'xlsx', 'PK'],
] as const)
  test(`${report} comes as ${format}`, async () => {
    const { access } = await api.tokens.issue(member);
    const { rawPayload, statusCode } = await api.app.inject({
      url: `/api/v1/reports/${report}&format=${format}`,
      headers: { authorization: `Bearer ${access}` },
    });
    assert.equal(statusCode, 200);
    assert.equal(rawPayload.subarray(0, magic.length).toString('latin1'), magic);
  });

test('the day book comes by pages and whole', async () => {
  const path = '/reports/day-book/?from=2024-01-01&to=2024-01-10';
  const whole = await call('GET', path);
  assert.equal(whole.status, 200);
  const entries = whole.body.entries as { id: string }[];
  assert.deepEqual([whole.body.count, entries.length], [LINES / 30, LINES / 30]);
  const page = await call('GET', `${path}&page=2&page_size=7`);
  assert.deepEqual(page.body.entries, entries.slice(7, 14));
  assert.equal(whole.body.totals.debit, whole.body.totals.credit);
});

test('a statement tells against which accounts each line moved', async () => {
  const path = '/reports/account-statement/?account=1010&from=2024-01-01&to=2024-01-02';
  const { status, body } = await call('GET', path);
  assert.equal(status, 200);
  const lines = body.lines as unknown as { against: string[]; balance: string }[];
  assert.deepEqual(new Set(lines.flatMap(({ against }) => against)), new Set(['4010']));
  assert.equal(lines.at(-1)?.balance, body.closing);
});

const faults: [string, string[]][] = [
  [
    'general-ledger/?account=1010&from=2024-02-30&to=x&page=0&as_known_on=today&closing=perhaps&format=doc&colour=red',
    [
      '/query/as_known_on',
      '/query/closing',
      '/query/colour',
      '/query/format',
      '/query/from',
      '/query/page',
      '/query/to',
    ],
  ],
  ['general-ledger/?account=1010&from=2024-02-02&to=2024-02-01', ['/query/from']],
  ['general-ledger/?account=1010&as_known_on=2199-01-01T00:00:00Z', ['/query/as_known_on']],
  ['general-ledger/?from=2024-01-01', ['/query/account']],
  ['day-book/?dimension.colour=red', ['/query/dimension.colour']],
  ['account-statement/?account=1010&currency=XX&page=1', ['/query/currency', '/query/page']],
];

for (const [path, pointers] of faults)
  test(`${path} is refused with every fault`, async () => {
    const { status, body } = await call('GET', `/reports/${path}`);
    assert.equal(status, 422);
    assert.deepEqual([...new Set(body.errors.map(({ pointer }) => pointer))].sort(), pointers);
  });

test('an account that is not there is not found, also as a file', async () => {
  for (const format of ['json', 'csv']) {
    const { status, headers } = await call('GET', `/reports/general-ledger/?account=9999&format=${format}`);
    assert.equal(status, 404);
    assert.match(String(headers['content-type']), /problem\+json/);
    assert.equal(headers['content-disposition'], undefined);
  }
});

test('a reader that goes away in the middle leaves no transaction open', async () => {
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo;
  const { access } = await api.tokens.issue(member);
  const headers = { authorization: `Bearer ${access}` };
  for (let n = 0; n < 6; n += 1)
    await new Promise<void>((resolve, reject) => {
      const request = get({ port, host: '127.0.0.1', path: `/api/v1${ledger}`, headers }, (answer) => {
        answer.once('data', () => {
          answer.destroy();
          resolve();
        });
      });
      request.once('error', reject);
    });
  for (let tries = 0; tries < 100; tries += 1) {
    const { rows } = await house.superuser.query<{ n: number }>(
      `select count(*)::integer as n from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    );
    if (rows[0]?.n === 0) break;
    assert.ok(tries < 99, 'transactions stayed open');
    await sleep(50);
  }
  assert.equal((await call('GET', `${ledger}&page=1`)).status, 200);
});
