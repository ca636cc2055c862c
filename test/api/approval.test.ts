// Posts what needs an approval without one, and alone what takes two people, through every door there is.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { runRecurring } from '#accounting';
import { type Call, cashSale, openTestApi, openTestHouse, type TestApi, type TestHouse } from '#test/company';
import {
  bulk,
  draft,
  keepApart,
  limit,
  outcome,
  type People,
  peopleOf,
  posting,
  sale,
  streamed,
} from './posting-doors.ts';

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

const approving = (by: Call, id: string) => by('POST', `/journal-entries/${id}/approve/`);

describe('an approval', () => {
  beforeEach(() => keepApart(people.calls.owner, { approve_above: '50' }));

  test('is asked for above the company’s amount, given by another than the author, and kept with the entry', async () => {
    const { owner, calls } = people;
    assert.equal(outcome(await calls.accountant('POST', '/journal-entries/', sale('50'))), 'posted');
    const straight = await calls.accountant('POST', '/journal-entries/', sale('50.01'));
    assert.equal(outcome(straight), '403 accounting/approval-needed');
    assert.equal(await bulk(calls.owner, sale('51')), 'accounting/approval-needed');
    assert.equal(await streamed(api, owner, sale('51')), 'accounting/approval-needed');
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
    const { company, calls } = people;
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
    const { accountant, calls } = people;
    await limit(calls.owner, accountant, { approve_limit: '60' });
    const [id, more] = [await draft(calls.clerk, '60'), await draft(calls.clerk, '60.01')];
    assert.equal((await approving(calls.accountant, id)).status, 200);
    const refused = await approving(calls.accountant, more);
    assert.equal(outcome(refused), '403 accounting/beyond-approve-limit');
    assert.match(refused.body.detail, /your limit for approving is 60\.00/);
  });

  test('is of what nobody could post refused, with its fault', async () => {
    const { calls } = people;
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
    const { calls } = people;
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
    const { company, calls } = people;
    const { entry_date: _, ...rent } = sale('40');
    const template = { ...rent, name: 'Rent', unit: 'month', every: 1, starts_on: '2024-03-01' };
    assert.equal((await calls.accountant('POST', '/recurring-entries/', template)).status, 201);
    await keepApart(calls.owner, { approve_above: '30' });
    const [result] = (await company.run((tx) => runRecurring(tx, '2024-03-01'))).results;
    assert.equal(result?.errors[0]?.code, 'accounting/approval-needed');
    const [id = ''] = await company.post(cashSale('2024-03-02', '500'));
    assert.equal(outcome(await calls.accountant('POST', `/journal-entries/${id}/reversal/`, {})), 'posted');
  });
});

describe('acts that are kept apart', () => {
  const code = '403 accounting/duties-apart';

  test('nobody posts what they keyed or changed, by whichever door', async () => {
    const { clerk, calls } = people;
    await keepApart(calls.owner, { acts_apart: ['create+post'] });
    assert.equal(outcome(await calls.clerk('POST', '/journal-entries/', sale('1'))), code);
    assert.equal(await bulk(calls.clerk, sale('1')), 'accounting/duties-apart');
    assert.equal(await streamed(api, clerk, sale('1')), 'accounting/duties-apart');
    const id = await draft(calls.clerk, '1');
    assert.equal(outcome(await posting(calls.clerk, id)), code);
    const put = await calls.accountant('PUT', `/journal-entries/${id}/`, sale('2'), { 'if-match': '*' });
    assert.equal(put.status, 200);
    assert.equal(outcome(await posting(calls.accountant, id)), code);
    assert.equal(outcome(await posting(calls.other, id)), 'posted');
    assert.equal(outcome(await calls.other('POST', `/journal-entries/${id}/reversal/`, {})), 'posted');
  });

  test('nobody posts what they approved, nor approves what they keyed, nor reverses what they posted', async () => {
    const { calls } = people;
    await keepApart(calls.owner, { acts_apart: ['create+approve', 'approve+post', 'post+reverse'] });
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
    const { calls } = people;
    await keepApart(calls.owner, { acts_apart: ['create+post'] });
    assert.equal(outcome(await calls.owner('POST', '/journal-entries/', sale('1'))), code);
  });
});
