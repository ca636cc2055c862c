// Posts above a limit, without an approval, and alone where it takes two, through every door there is.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { runRecurring } from '#accounting';
import { inDirectory } from '#lib/tenant-tx';
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
} from '#test/company';
import {
  ensureUser,
  type Member,
  type MemberChange,
  openSession,
  sessionCookie,
  setMembership,
} from '#users';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let origin: string;
let owner: Member;
let accountant: Member;
let clerk: Member;
let calls: Record<'owner' | 'accountant' | 'clerk' | 'other', Call>;

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
  [owner, accountant, clerk] = [
    await addMember(house.db, company, 'owner'),
    await addMember(house.db, company, 'accountant'),
    await addMember(house.db, company, 'clerk'),
  ];
  calls = {
    owner: await api.as(owner),
    accountant: await api.as(accountant),
    clerk: await api.as(clerk),
    other: await api.as(await otherAccountant()),
  };
});

async function otherAccountant(): Promise<Member> {
  const facts = {
    email: `other@${company.tenant.slug}.test`,
    name: 'Other',
    password: 'not used to sign in',
  };
  const userId = await inDirectory(house.db, async (tx) => {
    const id = await ensureUser(tx, facts);
    await setMembership(tx, id, company.tenant.id, 'accountant');
    return id;
  });
  return { ...accountant, userId, email: facts.email, name: facts.name };
}

async function limit(whom: Member, change: MemberChange): Promise<void> {
  const answer = await calls.owner('PATCH', `/members/${whom.userId}/`, change);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

const rules = { approve_above: null, acts_apart: [], permissions_apart: [] };

async function keepApart(more: object): Promise<void> {
  const answer = await calls.owner('PUT', '/duties/', { ...rules, ...more });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

const sale = (amount: string, more: object = {}) => ({ ...cashSale('2024-03-01', amount), ...more });

/** The draft of an entry, by its id. */
async function draft(by: Call, amount: string): Promise<string> {
  const { status, body } = await by('POST', '/journal-entries/', sale(amount, { status: 'draft' }));
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
}

const posting = (by: Call, id: string) => by('POST', `/journal-entries/${id}/posting/`);
const approving = (by: Call, id: string) => by('POST', `/journal-entries/${id}/approve/`);

/** What became of an entry that was posted: 'posted', or status and code of the refusal. */
const outcome = ({ status, body }: Answer) => (status < 300 ? 'posted' : `${status} ${body.code}`);

type Line = { status: string; errors?: { code: string }[] };
const resultOf = (line: Line | undefined) => line?.errors?.[0]?.code ?? line?.status;

async function streamed(by: Member, entry: object): Promise<Line> {
  const { access } = await api.tokens.issue(by);
  const answer = await fetch(`${origin}/api/v1/journal-entries/stream/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access}`, 'content-type': 'application/x-ndjson' },
    body: `${JSON.stringify(entry)}\n`,
  });
  return JSON.parse((await answer.text()).split('\n')[0] ?? '{}') as Line;
}

async function bulk(by: Call, entry: object): Promise<string | undefined> {
  const { body } = await by('POST', '/journal-entries/bulk/?atomic=false', { entries: [entry] });
  return resultOf((body.results as Line[])[0]);
}

describe('a limit for posting', () => {
  const code = 'accounting/beyond-post-limit';

  test('lets its amount through and nothing above it: one by one, in bulk, as a stream, from a draft', async () => {
    await limit(clerk, { post_limit: '100' });
    assert.equal(outcome(await calls.clerk('POST', '/journal-entries/', sale('100.00'))), 'posted');
    const refused = await calls.clerk('POST', '/journal-entries/', sale('100.01'));
    assert.deepEqual(faultsOf(refused, 403), [` ${code}`]);
    assert.match(refused.body.detail, /comes to USD 100\.01, and your limit for posting is 100\.00/);
    assert.equal(await bulk(calls.clerk, sale('100')), 'posted');
    assert.equal(await bulk(calls.clerk, sale('101')), code);
    const atomic = await calls.clerk('POST', '/journal-entries/bulk/', { entries: [sale('1'), sale('101')] });
    assert.deepEqual(faultsOf(atomic, 403), [`/entries/1 ${code}`]);
    assert.equal(resultOf(await streamed(clerk, sale('100'))), 'posted');
    assert.equal(resultOf(await streamed(clerk, sale('101'))), code);
    assert.equal(outcome(await posting(calls.clerk, await draft(calls.clerk, '101'))), `403 ${code}`);
    assert.equal(outcome(await posting(calls.accountant, await draft(calls.clerk, '101'))), 'posted');
    const dry = await calls.clerk('POST', '/journal-entries/?dry_run=true', sale('101'));
    assert.equal(outcome(dry), `403 ${code}`);
  });

  test('counts what an entry comes to in the company’s currency', async () => {
    await limit(clerk, { post_limit: '100' });
    const lines = (rate: string) => [
      { account: '1010', debit: '10', currency: 'EUR', rate },
      { account: '4010', credit: '10', currency: 'EUR', rate },
    ];
    const post = (rate: string) =>
      calls.clerk('POST', '/journal-entries/', { ...sale('1'), lines: lines(rate) });
    assert.equal(outcome(await post('10')), 'posted');
    assert.equal(outcome(await post('10.1')), `403 ${code}`);
  });

  test('holds for reversals and for what recurs, be it run at once or kept for the system to run', async () => {
    const entry = await calls.owner('POST', '/journal-entries/', sale('101'));
    const small = await calls.owner('POST', '/journal-entries/', sale('99'));
    await limit(accountant, { post_limit: '100' });
    const reverse = (id: string) => calls.accountant('POST', `/journal-entries/${id}/reversal/`, {});
    assert.equal(outcome(await reverse(entry.body.id)), `403 ${code}`);
    assert.equal(outcome(await reverse(small.body.id)), 'posted');
    const { entry_date: _, ...rent } = sale('101');
    const template = { ...rent, name: 'Rent', unit: 'month', every: 1, starts_on: '2024-03-01' };
    assert.equal(outcome(await calls.accountant('POST', '/recurring-entries/', template)), `403 ${code}`);
    assert.equal((await calls.owner('POST', '/recurring-entries/', template)).status, 201);
    const run = await calls.accountant('POST', '/recurring-entries/run/', { date: '2024-03-01' });
    assert.equal(resultOf((run.body.results as Line[])[0]), code);
  });

  test('is that of each entry’s own poster, though they are posted as one set', async () => {
    await limit(clerk, { post_limit: '100' });
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        (n % 2 ? calls.clerk : calls.accountant)('POST', '/journal-entries/', sale(n % 3 ? '100' : '500')),
      ),
    );
    assert.deepEqual(
      answers.map(outcome),
      answers.map((_, n) => (n % 2 && n % 3 === 0 ? `403 ${code}` : 'posted')),
    );
  });

  test('holds on the pages, which say so', async () => {
    await limit(clerk, { post_limit: '100' });
    const id = await draft(calls.clerk, '101');
    const cookie = `${sessionCookie}=${await openSession(house.db, clerk, { ip: '127.0.0.1', userAgent: 'test' })}`;
    const headers = { cookie, host: `${company.tenant.slug}.localhost` };
    const page = await api.app.inject({ url: `/journal-entries/${id}/`, headers });
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const answer = await api.app.inject({
      method: 'POST',
      url: `/journal-entries/${id}/posting/`,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf, version: '1' }).toString(),
    });
    assert.equal(answer.statusCode, 403);
    assert.match(answer.body, /your limit for posting is 100\.00/);
    assert.match(answer.body, /<h1>Draft entry<\/h1>/);
  });
});

describe('an approval', () => {
  beforeEach(() => keepApart({ approve_above: '50' }));

  test('is asked for above the company’s amount, given by another than the author, and kept with the entry', async () => {
    assert.equal(outcome(await calls.accountant('POST', '/journal-entries/', sale('50'))), 'posted');
    const straight = await calls.accountant('POST', '/journal-entries/', sale('50.01'));
    assert.equal(outcome(straight), '403 accounting/approval-needed');
    assert.equal(await bulk(calls.owner, sale('51')), 'accounting/approval-needed');
    assert.equal(resultOf(await streamed(owner, sale('51'))), 'accounting/approval-needed');
    const id = await draft(calls.accountant, '51');
    assert.equal(outcome(await posting(calls.other, id)), '403 accounting/approval-needed');
    assert.equal(outcome(await approving(calls.clerk, id)), '403 users/permission-missing');
    assert.equal(outcome(await approving(calls.accountant, id)), '403 accounting/duties-apart');
    const approved = await approving(calls.other, id);
    assert.deepEqual(
      [approved.status, approved.body.approved_by, approved.body.total],
      [200, 'Other', '51.00'],
    );
    assert.equal((await approving(calls.owner, id)).body.approved_by, 'Other', 'again it changes nothing');
    assert.equal(outcome(await posting(calls.accountant, id)), 'posted');
    assert.equal((await calls.clerk('GET', `/journal-entries/${id}/approve/`)).body.approved_by, 'Other');
  });

  test('goes with an edit, with a withdrawal, and with the draft that it was given to', async () => {
    const id = await draft(calls.accountant, '51');
    const put = (by: Call) =>
      by('PUT', `/journal-entries/${id}/`, sale('52'), { 'if-match': '*' }).then(({ status }) => status);
    assert.equal((await approving(calls.other, id)).status, 200);
    assert.equal(await put(calls.accountant), 200);
    assert.equal((await calls.clerk('GET', `/journal-entries/${id}/approve/`)).status, 404);
    assert.equal(outcome(await posting(calls.accountant, id)), '403 accounting/approval-needed');
    assert.equal((await approving(calls.other, id)).status, 200);
    assert.equal((await calls.other('DELETE', `/journal-entries/${id}/approve/`)).status, 204);
    assert.equal(outcome(await posting(calls.accountant, id)), '403 accounting/approval-needed');
    assert.equal(await put(calls.other), 200);
    assert.equal(
      outcome(await approving(calls.other, id)),
      '403 accounting/duties-apart',
      'an editor is an author',
    );
    const first = await draft(calls.accountant, '52');
    assert.equal((await approving(calls.owner, first)).status, 200);
    assert.equal((await calls.accountant('DELETE', `/journal-entries/${first}/`)).status, 204);
    await company.run((tx) =>
      tx.db
        .insertInto('journal_drafts')
        .values({
          id: first,
          entry_date: '2024-03-01',
          memo: 'Anew',
          lines: JSON.stringify(sale('52').lines),
          total: '52',
        })
        .execute(),
    );
    assert.equal((await calls.clerk('GET', `/journal-entries/${first}/approve/`)).status, 404);
  });

  test('holds up to the approver’s own limit, and names it', async () => {
    await limit(accountant, { approve_limit: '60' });
    const [id, more] = [await draft(calls.clerk, '60'), await draft(calls.clerk, '60.01')];
    assert.equal((await approving(calls.accountant, id)).status, 200);
    const refused = await approving(calls.accountant, more);
    assert.equal(outcome(refused), '403 accounting/beyond-approve-limit');
    assert.match(refused.body.detail, /your limit for approving is 60\.00/);
  });

  test('is of what nobody could post refused, with its fault', async () => {
    const lines = [
      { account: '1010', debit: '60' },
      { account: '4010', credit: '61' },
    ];
    const { body } = await calls.clerk('POST', '/journal-entries/', { ...sale('1'), lines, status: 'draft' });
    assert.equal(outcome(await approving(calls.accountant, body.id)), '422 accounting/entry-unbalanced');
    const posted = await calls.clerk('POST', '/journal-entries/', sale('1'));
    assert.equal(outcome(await approving(calls.accountant, posted.body.id)), '409 accounting/not-a-draft');
  });

  test('is of a foreign draft asked for anew when it comes to more by the time it is posted', async () => {
    const rate = (value: string) => calls.owner('PUT', '/exchange-rates/EUR/2024-03-01/', { rate: value });
    assert.ok((await rate('10')).status < 300);
    const lines = [
      { account: '1010', debit: '6', currency: 'EUR' },
      { account: '4010', credit: '6', currency: 'EUR' },
    ];
    const { body } = await calls.clerk('POST', '/journal-entries/', { ...sale('1'), lines, status: 'draft' });
    assert.equal((await approving(calls.accountant, body.id)).body.total, '60.00');
    await rate('11');
    const late = await posting(calls.clerk, body.id);
    assert.match(late.body.detail, /approved at USD 60\.00 and comes to USD 66\.00/);
    assert.equal((await approving(calls.accountant, body.id)).body.total, '66.00');
    assert.equal(outcome(await posting(calls.clerk, body.id)), 'posted');
  });

  test('is not got round by a template that the system posts, and not asked for by a reversal', async () => {
    const { entry_date: _, ...rent } = sale('40');
    const template = { ...rent, name: 'Rent', unit: 'month', every: 1, starts_on: '2024-03-01' };
    assert.equal((await calls.accountant('POST', '/recurring-entries/', template)).status, 201);
    await keepApart({ approve_above: '30' });
    const [result] = (await company.run((tx) => runRecurring(tx, '2024-03-01'))).results;
    assert.equal(result?.errors[0]?.code, 'accounting/approval-needed');
    const [id = ''] = await company.post(cashSale('2024-03-02', '500'));
    assert.equal(outcome(await calls.accountant('POST', `/journal-entries/${id}/reversal/`, {})), 'posted');
  });
});

describe('acts that are kept apart', () => {
  const code = '403 accounting/duties-apart';

  test('nobody posts what they keyed or changed, by whichever door', async () => {
    await keepApart({ acts_apart: ['create+post'] });
    assert.equal(outcome(await calls.clerk('POST', '/journal-entries/', sale('1'))), code);
    assert.equal(await bulk(calls.clerk, sale('1')), 'accounting/duties-apart');
    assert.equal(resultOf(await streamed(clerk, sale('1'))), 'accounting/duties-apart');
    const id = await draft(calls.clerk, '1');
    assert.equal(outcome(await posting(calls.clerk, id)), code);
    const put = await calls.accountant('PUT', `/journal-entries/${id}/`, sale('2'), { 'if-match': '*' });
    assert.equal(put.status, 200);
    assert.equal(outcome(await posting(calls.accountant, id)), code);
    assert.equal(outcome(await posting(calls.other, id)), 'posted');
    assert.equal(outcome(await calls.other('POST', `/journal-entries/${id}/reversal/`, {})), 'posted');
  });

  test('nobody posts what they approved, nor approves what they keyed, nor reverses what they posted', async () => {
    await keepApart({ acts_apart: ['create+approve', 'approve+post', 'post+reverse'] });
    const id = await draft(calls.accountant, '1');
    assert.equal(outcome(await approving(calls.accountant, id)), code);
    assert.equal((await approving(calls.other, id)).status, 200);
    assert.equal(outcome(await posting(calls.other, id)), code);
    assert.equal(outcome(await posting(calls.accountant, id)), 'posted');
    const reverse = (by: Call) => by('POST', `/journal-entries/${id}/reversal/`, {});
    assert.equal(outcome(await reverse(calls.accountant)), code);
    assert.equal(outcome(await reverse(calls.other)), 'posted');
  });

  test('an owner is held to them like everybody', async () => {
    await keepApart({ acts_apart: ['create+post'] });
    assert.equal(outcome(await calls.owner('POST', '/journal-entries/', sale('1'))), code);
  });
});
