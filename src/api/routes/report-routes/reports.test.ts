// Asks for the statements over HTTP: what they answer, in which formats, and what they refuse.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
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

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let call: Call;

before(async () => {
  house = await openTestHouse(4);
  api = await openTestApi(house.db);
  company = await createCompany(house.db, { years: 2 });
  call = await api.as(await addMember(house.db, company, 'accountant'));
  await company.run(async ({ db }) => {
    await sql`insert into dimension_values (dimension_id, code, name)
      select id, 'KTM', 'Kathmandu' from dimensions where code = 'branch'`.execute(db);
  });
  const branch = { branch: 'KTM' };
  await company.post(
    cashSale('2024-02-03', '100.00'),
    {
      ...cashSale('2024-03-04', '40.00'),
      lines: [
        { account: '1010', debit: '40.00', dimensions: branch },
        { account: '4010', credit: '40.00', dimensions: branch },
      ],
    },
    cashSale('2025-01-05', '7.00'),
  );
});
after(async () => {
  await api.close();
  await house.close();
});

const reports = ['trial-balance', 'balance-sheet', 'profit-and-loss', 'cash-flow'];
type Figures = { figures: { amount: string; link: string }[]; account: string };
type Sections = { key: string; rows: Figures[]; figures: { amount: string; links: string[] }[] }[];

describe('the statements over the API', () => {
  test('the plain trial balance answers as ever, with the lines behind each row', async () => {
    const { status, body } = await call('GET', '/reports/trial-balance/?as_of=2024-12-31');
    assert.equal(status, 200);
    assert.deepEqual(body, {
      as_of: '2024-12-31',
      currency: 'USD',
      rows: [
        {
          account: '1010',
          name: 'Cash on hand',
          type: 'asset',
          debit: '140.00',
          credit: '0.00',
          link: '/api/v1/reports/general-ledger/?account=1010&to=2024-12-31',
        },
        {
          account: '4010',
          name: 'Sales',
          type: 'income',
          debit: '0.00',
          credit: '140.00',
          link: '/api/v1/reports/general-ledger/?account=4010&to=2024-12-31',
        },
      ],
      totals: { debit: '140.00', credit: '140.00' },
    });
  });

  test('with any other parameter, the trial balance agrees with the plain one', async () => {
    const { body: plain } = await call('GET', '/reports/trial-balance/?as_of=2025-12-31');
    const { body } = await call('GET', '/reports/trial-balance/?from=2025-01-01&to=2025-12-31');
    const sides = (rows: typeof body.rows) =>
      rows.map(({ account, debit, credit }) => [account, debit, credit]);
    assert.deepEqual(sides(body.rows), sides(plain.rows));
    assert.deepEqual(body.totals.debit, plain.totals.debit);
  });

  test('a balance sheet’s links lead to ledgers that close with its amounts', async () => {
    const { body } = await call('GET', '/reports/balance-sheet/?as_of=2024-12-31');
    assert.equal(body.balanced, true);
    const [assets] = body.sections as Sections;
    for (const { figures, account } of assets?.rows ?? []) {
      const [figure] = figures;
      const { body: ledger } = await call('GET', (figure?.link ?? '').replace('/api/v1', ''));
      assert.deepEqual([ledger.account, ledger.closing], [account, figure?.amount]);
    }
    assert.deepEqual(assets?.figures[0]?.links.length, 1);
  });

  test('a branch has columns of its own, and narrows a report', async () => {
    const { body } = await call('GET', '/reports/profit-and-loss/?from=2024-01-01&to=2024-12-31&by=branch');
    const [income] = body.sections as Sections;
    const titles = (body.columns as { title: string }[]).map(({ title }) => title);
    assert.deepEqual(titles, ['Kathmandu', 'No branch', 'Total']);
    assert.deepEqual(
      income?.figures.map(({ amount }) => amount),
      ['40.00', '100.00', '140.00'],
    );
    const narrow = await call(
      'GET',
      '/reports/profit-and-loss/?from=2024-01-01&to=2024-12-31&dimension.branch=KTM',
    );
    assert.equal((narrow.body.sections as Sections)[0]?.figures[0]?.amount, '40.00');
  });

  test('the direct cash flow leads to its lines', async () => {
    const { body } = await call('GET', '/reports/cash-flow/?from=2024-01-01&to=2024-12-31');
    const operating = (body.sections as Sections).find(({ key }) => key === 'operating');
    const link = operating?.rows[0]?.figures[0]?.link ?? '';
    const { status, body: lines } = await call('GET', link.replace('/api/v1', ''));
    assert.deepEqual([status, lines.count, lines.totals], [200, 2, { debit: '0.00', credit: '140.00' }]);
    const none = await call('GET', '/reports/cash-flow/lines/?account=none&from=2024-01-01');
    assert.equal(none.status, 404);
  });

  test('without days they tell of the fiscal year so far', async () => {
    for (const report of reports)
      assert.equal((await call('GET', `/reports/${report}/`)).status, 200, report);
  });

  test('before anything was posted, a report knew of nothing', async () => {
    const { body } = await call(
      'GET',
      '/reports/balance-sheet/?as_of=2024-12-31&as_known_on=2020-01-01T00:00:00%2B05:45&zero=true',
    );
    assert.equal(body.as_known_on, '2019-12-31T18:15:00Z');
    assert.deepEqual((body.sections as Sections)[0]?.rows, []);
  });

  test('every report is sent as CSV, XLSX and PDF, by parameter or Accept, under a name that tells what it is', async () => {
    const types = { csv: 'text/csv', xlsx: 'application/vnd.openxml', pdf: 'application/pdf' };
    for (const report of reports) {
      for (const [format, type] of Object.entries(types)) {
        const answer = await call(
          'GET',
          `/reports/${report}/?to=2024-12-31&from=2024-01-01&format=${format}`.replace(
            report === 'balance-sheet' ? 'to=2024-12-31&from=2024-01-01' : '\0',
            'as_of=2024-12-31',
          ),
        );
        assert.equal(answer.status, 200, `${report} ${format}`);
        assert.ok(String(answer.headers['content-type']).startsWith(type));
        assert.match(
          String(answer.headers['content-disposition']),
          new RegExp(`filename="${report}-.*2024-12-31.*\\.${format}"`),
        );
      }
    }
    const accepted = await call('GET', '/reports/trial-balance/?as_of=2024-12-31', undefined, {
      accept: 'text/csv',
    });
    assert.ok(String(accepted.headers['content-type']).startsWith('text/csv'));
  });

  test('a CSV holds the figures of the JSON', async () => {
    const member = await addMember(house.db, company, 'auditor');
    const { access } = await api.tokens.issue(member);
    const { body } = await api.app.inject({
      url: '/api/v1/reports/profit-and-loss/?from=2024-01-01&to=2024-12-31&format=csv',
      headers: { authorization: `Bearer ${access}` },
    });
    assert.match(body, /4010,Sales,140\.00/);
    assert.match(body, /,Net result,140\.00/);
  });
});

describe('a report refuses', () => {
  const codesOf = async (path: string) => {
    const { status, body } = await call('GET', path);
    assert.equal(status, 422, JSON.stringify(body));
    return Object.fromEntries(body.errors.map(({ pointer, code }) => [pointer, code]));
  };

  test('all that is wrong at once', async () => {
    const found = await codesOf(
      '/reports/trial-balance/?from=2025-02-01&to=2025-01-01&compare=never&by=colour&dimension.size=L&dimension.branch=XXX&as_known_on=2024-01-01T00:00:00&format=doc&what=1',
    );
    assert.deepEqual(found, {
      '/query/from': 'request/date-range',
      '/query/compare': 'request/enum',
      '/query/by': 'accounting/dimension-unknown',
      '/query/dimension.size': 'accounting/dimension-unknown',
      '/query/dimension.branch': 'accounting/dimension-value-unknown',
      '/query/as_known_on': 'request/timestamp',
      '/query/format': 'request/enum',
      '/query/what': 'request/unknown-field',
    });
  });

  test('moments to come, without offset, or that no clock shows', async () => {
    for (const [moment, code] of [
      ['2199-01-01T00:00:00Z', 'request/in-the-future'],
      ['2024-01-01', 'request/timestamp'],
      ['2024-01-01T25:00:00Z', 'request/timestamp'],
      ['2024-02-30T00:00:00Z', 'request/timestamp'],
      ['0000-01-01T00:00:00Z', 'request/timestamp'],
      ['', 'request/timestamp'],
    ] as const) {
      const found = await codesOf(`/reports/balance-sheet/?as_known_on=${encodeURIComponent(moment)}`);
      assert.deepEqual(found, { '/query/as_known_on': code }, moment);
    }
  });

  test('an offset whose plus was not encoded is understood', async () => {
    const { body } = await call('GET', '/reports/balance-sheet/?as_known_on=2024-01-01T05:45:00+05:45');
    assert.equal(body.as_known_on, '2024-01-01T00:00:00Z');
  });

  test('days that do not exist, parameters given twice, and text that is none', async () => {
    assert.deepEqual(await codesOf('/reports/profit-and-loss/?from=2024-02-30'), {
      '/query/from': 'request/date',
    });
    assert.deepEqual(await codesOf('/reports/cash-flow/?from=2024-01-01&from=2024-01-02'), {
      '/query/from': 'request/type',
    });
    assert.deepEqual(await codesOf('/reports/balance-sheet/?dimension.branch=%00'), {
      '/query/dimension.branch': 'request/text',
    });
    assert.deepEqual(await codesOf('/reports/cash-flow/lines/?account=1010&from=2024-01-01&page=x'), {
      '/query/page': 'request/type',
    });
    assert.deepEqual(await codesOf("/reports/balance-sheet/?by=x'%22;drop"), {
      '/query/by': 'accounting/dimension-unknown',
    });
  });

  test('whoever may not see reports', async () => {
    const keeper = await api.as(await addMember(house.db, company, 'storekeeper'));
    for (const report of [...reports, 'cash-flow/lines']) {
      assert.equal((await keeper('GET', `/reports/${report}/`)).status, 403, report);
      assert.equal((await api.call('GET', `/api/v1/reports/${report}/`)).status, 401, report);
    }
  });
});
