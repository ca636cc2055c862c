// Number series over the API: what one may do with them, and that numbers stay whole whatever posts at the same time.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { verifyBooks } from '#accounting';
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
import type { Member } from '#users';
import { faultsOf } from '../../../test/api/problem.ts';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let member: Member;
let call: Call;

before(async () => {
  house = await openTestHouse(20);
  api = await openTestApi(house.db);
  company = await createCompany(house.db);
  member = await addMember(house.db, company, 'accountant');
  call = await api.as(member);
  await api.app.listen({ host: '127.0.0.1', port: 0 });
});

after(async () => {
  await assertBooksHold(house, company);
  await api.close();
  await house.close();
});

const state = () => fingerprint(house, company);

/** The answers to a stream of entries, but for its summary. */
async function stream(entries: object[]): Promise<{ status: string; number?: string; errors?: object[] }[]> {
  const { access } = await api.tokens.issue(member);
  const { port } = api.app.server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/journal-entries/stream/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access}`, 'content-type': 'application/x-ndjson' },
    body: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
  });
  const lines = (await answer.text()).trimEnd().split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

describe('the resource', () => {
  test('is listed, made, read, changed and foretold', async () => {
    const made = await call('POST', '/number-series/', {
      code: 'SI',
      name: 'Sales',
      voucher_type: 'sales_invoice',
    });
    assert.equal(made.status, 201);
    assert.equal(made.headers.location, '/api/v1/number-series/SI/');
    assert.deepEqual((await call('GET', '/number-series/SI/')).body, made.body);
    const changed = await call('PATCH', '/number-series/SI/', { prefix: 'S/{fiscal_year}/', padding: 3 });
    assert.deepEqual(changed.body, { ...made.body, prefix: 'S/{fiscal_year}/', padding: 3 });
    const { body } = await call('GET', '/number-series/SI/preview/?date=2024-05-05');
    assert.deepEqual([body.number, body.sequence, body.forecast], ['S/2024/001', 1, true]);
    const list = await call('GET', '/number-series/?page_size=1&page=3');
    assert.deepEqual([list.body.count, list.body.results[0]?.code, list.body.next], [3, 'SI', null]);
  });

  test('names faults of shape and of meaning together, and stores nothing', async () => {
    const stored = await state();
    const sent = {
      code: 'SI',
      name: 'x',
      prefix: '{oops}',
      suffix: 'x'.repeat(31),
      padding: 13,
      reset: 'weekly',
      active: true,
    };
    assert.deepEqual(faultsOf(await call('POST', '/number-series/', sent), 422), [
      '/active request/unknown-field',
      '/code accounting/series-exists',
      '/padding request/maximum',
      '/prefix accounting/series-pattern',
      '/reset request/enum',
      '/suffix request/maxLength',
    ]);
    assert.deepEqual(faultsOf(await call('PATCH', '/number-series/SI/', { prefix: 'x', code: 'SJ' }), 422), [
      '/code request/unknown-field',
      '/reset accounting/series-pattern',
    ]);
    faultsOf(await call('PATCH', '/number-series/NONE/', { name: 'x' }), 404);
    faultsOf(await call('GET', '/number-series/NONE/preview/?date=2024-01-01'), 404);
    faultsOf(await call('GET', '/number-series/SI/preview/?date=2030-01-01'), 422);
    faultsOf(await call('GET', '/number-series/SI/preview/'), 422);
    assert.deepEqual(await state(), stored);
  });

  test('is seen by clerks and auditors, and changed by neither', async () => {
    for (const role of ['clerk', 'auditor'] as const) {
      const as = await api.as(await addMember(house.db, company, role));
      assert.equal((await as('GET', '/number-series/')).status, 200);
      faultsOf(await as('POST', '/number-series/', { code: 'ZZ', name: 'x' }), 403, 404);
      faultsOf(await as('PATCH', '/number-series/JV/', { name: 'x' }), 403, 404);
    }
  });
});

describe('two series whose numbers come out alike', () => {
  before(async () => {
    for (const [code, prefix] of [
      ['A', 'X-'],
      ['B', 'X-1'],
    ])
      await call('POST', '/number-series/', {
        code,
        name: 'x',
        prefix,
        padding: code === 'A' ? 3 : 2,
        reset: 'never',
      });
    await call('POST', '/journal-entries/', cashSale('2024-01-01', '1', { series: 'B' }));
    const many = Array.from({ length: 100 }, () => cashSale('2024-01-01', '1', { series: 'A' }));
    assert.equal((await call('POST', '/journal-entries/bulk/', { entries: many })).status, 201);
  });

  const next = cashSale('2024-01-01', '1', { series: 'A' }); // would be X-101
  const taken = ['/series accounting/number-taken'];

  test('are told that their next number is taken; nothing is stored, no number burnt', async () => {
    const stored = await state();
    const single = await call('POST', '/journal-entries/', next);
    assert.deepEqual(faultsOf(single, 409), taken);
    assert.match(single.body.detail, /given before.*change the prefix/);
    for (const atomic of ['true', 'false'])
      assert.deepEqual(
        faultsOf(await call('POST', `/journal-entries/bulk/?atomic=${atomic}`, { entries: [next] }), 409),
        taken,
      );
    const draft = await call('POST', '/journal-entries/', { ...next, status: 'draft' });
    assert.deepEqual(faultsOf(await call('POST', `/journal-entries/${draft.body.id}/posting/`), 409), taken);
    await call('DELETE', `/journal-entries/${draft.body.id}/`);
    const [line] = await stream([next]);
    assert.equal(line?.status, 'refused');
    assert.match(JSON.stringify(line?.errors), /"\/series".*number-taken|number-taken.*"\/series"/);
    assert.deepEqual(await state(), stored);
  });

  test('harm no other entry of a stream or of the same moment, and go on under another prefix', async () => {
    const streamed = await stream([next, cashSale('2024-01-01', '1'), next]);
    assert.deepEqual(
      streamed.map(({ status }) => status),
      ['refused', 'posted', 'refused'],
    );
    const entries = [next, cashSale('2024-01-01', '1'), next, cashSale('2024-01-01', '1')];
    const answers = await Promise.all(entries.map((entry) => call('POST', '/journal-entries/', entry)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [409, 201, 409, 201],
    );
    await call('PATCH', '/number-series/A/', { prefix: 'Y-' });
    assert.equal((await call('POST', '/journal-entries/', next)).body.number, 'Y-101');
  });
});

test('numbers have no gap under 32 posters, single, in bulk and in streams, rejects mixed in, over several series', async () => {
  for (const [code, reset] of [
    ['C1', 'fiscal_year'],
    ['C2', 'period'],
    ['C3', 'never'],
  ])
    await call('POST', '/number-series/', {
      code,
      name: 'x',
      reset,
      prefix: '{series}/{fiscal_year}/{period}/',
    });
  const series = ['JV', 'C1', 'C2', 'C3', 'NONE'];
  let seed = 0;
  const entry = () => {
    seed += 1;
    const date = `202${4 + (seed % 2)}-0${1 + (seed % 9)}-15`;
    const bad = seed % 7 === 0;
    return cashSale(date, bad ? '0' : '2', { series: series[seed % series.length] ?? 'JV' });
  };
  const several = () => Array.from({ length: 9 }, entry);
  let told = 0;
  const poster = async (client: number) => {
    for (let round = 0; round < 5; round += 1) {
      if (client % 4 < 2) {
        const { status } = await call('POST', '/journal-entries/', entry());
        assert.ok(status === 201 || status === 422, String(status));
        told += status === 201 ? 1 : 0;
      } else if (client % 4 === 2) {
        const { body, status } = await call('POST', '/journal-entries/bulk/?atomic=false', {
          entries: several(),
        });
        assert.ok(status === 200 || status === 201, JSON.stringify(body));
        told += Number(body.posted);
      } else {
        const lines = await stream(several());
        told += lines.filter(({ status }) => status === 'posted').length;
      }
    }
  };
  const count = async () => (await call('GET', '/journal-entries/?status=posted')).body.count;
  const before = await count();
  await Promise.all(Array.from({ length: 32 }, (_, client) => poster(client)));
  assert.equal((await count()) - before, told);
  const verdicts = await company.run(verifyBooks);
  assert.deepEqual(
    verdicts.filter(({ breaches }) => breaches > 0),
    [],
  );
});
