// Posts above a limit through every door there is.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openTestApi, openTestHouse, type TestApi, type TestHouse } from '#test/company';
import { openSession, sessionCookie } from '#users';
import {
  bulk,
  draft,
  firstOf,
  limit,
  outcome,
  type People,
  peopleOf,
  posting,
  sale,
  streamed,
} from './posting-doors.ts';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let api: TestApi;
let people: People;

before(async () => {
  house = await openTestHouse(6);
  api = await openTestApi(house.db);
  await api.app.listen({ host: '127.0.0.1', port: 0 });
});
after(async () => {
  await api.close();
  await house.close();
});
beforeEach(async () => {
  people = await peopleOf(house, api);
});

describe('a limit for posting', () => {
  const code = 'accounting/beyond-post-limit';

  test('lets its amount through and nothing above it: one by one, in bulk, as a stream, from a draft', async () => {
    const { clerk, calls } = people;
    await limit(calls.owner, clerk, { post_limit: '100' });
    assert.equal(outcome(await calls.clerk('POST', '/journal-entries/', sale('100.00'))), 'posted');
    const refused = await calls.clerk('POST', '/journal-entries/', sale('100.01'));
    assert.deepEqual(faultsOf(refused, 403), [` ${code}`]);
    assert.match(refused.body.detail, /comes to USD 100\.01, and your limit for posting is 100\.00/);
    assert.equal(await bulk(calls.clerk, sale('100')), 'posted');
    assert.equal(await bulk(calls.clerk, sale('101')), code);
    const atomic = await calls.clerk('POST', '/journal-entries/bulk/', { entries: [sale('1'), sale('101')] });
    assert.deepEqual(faultsOf(atomic, 403), [`/entries/1 ${code}`]);
    assert.equal(await streamed(api, clerk, sale('100')), 'posted');
    assert.equal(await streamed(api, clerk, sale('101')), code);
    assert.equal(outcome(await posting(calls.clerk, await draft(calls.clerk, '101'))), `403 ${code}`);
    assert.equal(outcome(await posting(calls.accountant, await draft(calls.clerk, '101'))), 'posted');
    const dry = await calls.clerk('POST', '/journal-entries/?dry_run=true', sale('101'));
    assert.equal(outcome(dry), `403 ${code}`);
  });

  test('counts what an entry comes to in the company’s currency', async () => {
    const { clerk, calls } = people;
    await limit(calls.owner, clerk, { post_limit: '100' });
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
    const { accountant, calls } = people;
    const entry = await calls.owner('POST', '/journal-entries/', sale('101'));
    const small = await calls.owner('POST', '/journal-entries/', sale('99'));
    await limit(calls.owner, accountant, { post_limit: '100' });
    const reverse = (id: string) => calls.accountant('POST', `/journal-entries/${id}/reversal/`, {});
    assert.equal(outcome(await reverse(entry.body.id)), `403 ${code}`);
    assert.equal(outcome(await reverse(small.body.id)), 'posted');
    const { entry_date: _, ...rent } = sale('101');
    const template = { ...rent, name: 'Rent', unit: 'month', every: 1, starts_on: '2024-03-01' };
    assert.equal(outcome(await calls.accountant('POST', '/recurring-entries/', template)), `403 ${code}`);
    assert.equal((await calls.owner('POST', '/recurring-entries/', template)).status, 201);
    const run = await calls.accountant('POST', '/recurring-entries/run/', { date: '2024-03-01' });
    assert.equal(firstOf(run.body.results), code);
  });

  test('is that of each entry’s own poster, though they are posted as one set', async () => {
    const { clerk, calls } = people;
    await limit(calls.owner, clerk, { post_limit: '100' });
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
    const { company, clerk, calls } = people;
    await limit(calls.owner, clerk, { post_limit: '100' });
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
