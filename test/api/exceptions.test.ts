// Grants exceptions over the API and posts by them: one by one, in bulk and as a stream.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setPeriodStatus } from '#accounting';
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
import { assertProved, periodOf } from '#test/years';
import type { Member, Role } from '#users';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let calls: Record<'owner' | 'accountant' | 'clerk' | 'auditor', Call>;
let owner: Member;
let accountant: Member;
let clerk: Member;
let origin: string;
let path: string;
let period: number;

before(async () => {
  house = await openTestHouse(6);
  api = await openTestApi(house.db);
  origin = await api.app.listen({ host: '127.0.0.1', port: 0 });
});
after(async () => {
  await api.close();
  await house.close();
});
beforeEach(async () => {
  company = await createCompany(house.db);
  const member = (role: Role) => addMember(house.db, company, role);
  [owner, accountant, clerk] = [await member('owner'), await member('accountant'), await member('clerk')];
  calls = {
    owner: await api.as(owner),
    accountant: await api.as(accountant),
    clerk: await api.as(clerk),
    auditor: await api.as(await member('auditor')),
  };
  period = (await periodOf(company, 'Mar 2024')).id;
  await company.run((tx) => setPeriodStatus(tx, period, 'closed'));
  path = `/periods/${period}/exceptions/`;
});

const lock = () => company.run((tx) => setPeriodStatus(tx, period, 'locked'));
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const clerkOf = ({ tenant }: TestCompany) => `clerk@${tenant.slug}.test`;
const request = (more: object = {}) => ({
  user: clerkOf(company),
  expires_at: inDays(1),
  reason: 'the bank statement came late',
  ...more,
});

const entry = cashSale('2024-03-15', '1.00');

type Line = { status: string; errors?: { code: string }[] };

/** What became of an entry that was sent as a stream of one line. */
async function streamed(by: Member): Promise<Line> {
  const { access } = await api.tokens.issue(by);
  const answer = await fetch(`${origin}/api/v1/journal-entries/stream/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access}`, 'content-type': 'application/x-ndjson' },
    body: `${JSON.stringify(entry)}\n`,
  });
  return JSON.parse((await answer.text()).split('\n')[0] ?? '{}') as Line;
}

/** Posts by all three ways; each as 'posted', or what it is refused for. */
async function posting(by: Member): Promise<string[]> {
  const call = await api.as(by);
  const single = await call('POST', '/journal-entries/', entry);
  const bulk = await call('POST', '/journal-entries/bulk/?atomic=false', { entries: [entry] });
  const [result] = bulk.body.results as Line[];
  const line = await streamed(by);
  return [
    single.status === 201 ? 'posted' : single.body.code,
    result?.errors?.[0]?.code ?? result?.status ?? '',
    line.errors?.[0]?.code ?? line.status,
  ];
}

const closed = Array(3).fill('accounting/period-closed');
const posted = Array(3).fill('posted');

test('a member posts by an exception in each way, and the others do not, in a closed and in a locked period', async () => {
  assert.deepEqual(await posting(clerk), closed);
  const granted = await calls.accountant('POST', path, request());
  assert.equal(granted.status, 201);
  assert.deepEqual(granted.body.user, {
    id: (granted.body.user as { id: string }).id,
    email: clerkOf(company),
    name: 'The clerk',
  });
  assert.equal(granted.body.granted_by, 'The accountant');
  assert.deepEqual(await posting(clerk), posted);
  assert.deepEqual(await posting(accountant), closed);
  await lock();
  assert.deepEqual(await posting(clerk), closed);
  assert.equal((await calls.owner('POST', path, request())).status, 201);
  assert.deepEqual(await posting(clerk), posted);
  assert.deepEqual(await posting(owner), closed);
  await assertProved(house, company);
});

test('it is listed for whoever sees the calendar, and over once it is deleted', async () => {
  const { id } = (await calls.accountant('POST', path, request())).body;
  const listed = await calls.auditor('GET', path);
  assert.deepEqual([listed.body.count, listed.body.results[0]?.status], [1, 'active']);
  assert.equal((await calls.accountant('DELETE', `${path}${id}/`)).status, 204);
  assert.deepEqual(await posting(clerk), closed);
  assert.equal((await calls.auditor('GET', path)).body.results[0]?.status, 'revoked');
  assert.equal((await calls.accountant('DELETE', `${path}${id}/`)).status, 204);
  faultsOf(await calls.accountant('DELETE', `${path}999/`), 404);
  faultsOf(await calls.accountant('DELETE', `/periods/${period + 1}/exceptions/${id}/`), 404);
  for (const call of [calls.clerk, calls.auditor]) {
    assert.equal((await call('POST', path, request())).body.code, 'users/permission-missing');
    assert.equal((await call('DELETE', `${path}${id}/`)).body.code, 'users/permission-missing');
  }
});

test('to a lock it is the owner’s to grant', async () => {
  await lock();
  const stored = await fingerprint(house, company);
  assert.equal((await calls.accountant('POST', path, request())).body.code, 'users/permission-missing');
  assert.deepEqual(await fingerprint(house, company), stored);
  assert.equal((await calls.owner('POST', path, request())).status, 201);
});

test('one that makes no sense is refused with every fault', async () => {
  const stranger = await createCompany(house.db);
  await addMember(house.db, stranger, 'clerk');
  const stored = await fingerprint(house, company);
  const nobody = '/user accounting/exception-for-nobody';
  const tooLong = '/expires_at accounting/exception-too-long';
  const cases: [unknown, string[]][] = [
    [request({ user: clerkOf(stranger) }), [nobody]],
    [request({ user: 'nobody@example.com' }), [nobody]],
    [
      request({ user: `auditor@${company.tenant.slug}.test` }),
      ['/user accounting/exception-without-posting'],
    ],
    [
      request({ user: '', expires_at: inDays(32), reason: ' ' }),
      [nobody, tooLong, '/reason accounting/reason-required'],
    ],
    [request({ expires_at: inDays(-1) }), [tooLong]],
    [request({ expires_at: '0000-01-01T00:00:00Z' }), [tooLong]],
    [request({ expires_at: '9999-12-31T23:59:59Z' }), [tooLong]],
    [request({ expires_at: '2026-12-31T23:59:60Z' }), [tooLong]],
    [request({ expires_at: 'tomorrow' }), ['/expires_at request/format']],
    [
      { nonsense: 1 },
      [
        '/expires_at request/required',
        '/nonsense request/unknown-field',
        '/reason request/required',
        '/user request/required',
      ],
    ],
  ];
  for (const [body, expected] of cases)
    assert.deepEqual(faultsOf(await calls.owner('POST', path, body), 422), [...expected].sort());
  const april = `/periods/${(await periodOf(company, 'Apr 2024')).id}/exceptions/`;
  assert.deepEqual(faultsOf(await calls.owner('POST', april, request({ user: 'x' })), 422), [
    ' accounting/period-open',
    nobody,
  ]);
  faultsOf(await calls.owner('POST', '/periods/999/exceptions/', request()), 404);
  assert.deepEqual(await fingerprint(house, company), stored);
});
