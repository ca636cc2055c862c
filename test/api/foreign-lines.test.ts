// Posts lines in other currencies by every way that the API has.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { Body } from '#test/company';
import {
  bank,
  entryOf,
  type ForeignBooks,
  type Line,
  openForeignBooks,
  sales,
  shown,
} from './foreign-entries.ts';
import { faultsOf } from './problem.ts';

let books: ForeignBooks;

before(async () => {
  books = await openForeignBooks();
});

after(() => books.close());

describe('a line in another currency', () => {
  test('is worth its amount at the rate that it names', async () => {
    const body = await books.posted([bank({ debit: '100.00', rate: '133.4567891234' }), sales('13345.68')]);
    assert.deepEqual(shown(body), [
      ['1020', 'USD', '100.00', null, '133.4567891234', '13345.68', null],
      ['4010', 'NPR', null, '13345.68', null, null, '13345.68'],
    ]);
    assert.equal(body.total, '13345.68');
  });

  test('is worth what its base amount says, and its rate follows from that', async () => {
    const body = await books.posted([bank({ debit: '3.00', base_debit: '400.00' }), sales('400')]);
    assert.deepEqual(shown(body)[0], ['1020', 'USD', '3.00', null, '133.3333333333', '400.00', null]);
  });

  test('may name both rate and base amount, which differ by no more than rounding', async () => {
    await books.posted([bank({ debit: '3.00', rate: '133.33', base_debit: '400.00' }), sales('400')]);
    assert.deepEqual(
      await books.refused([bank({ debit: '3.00', rate: '133.33', base_debit: '400.01' }), sales('400.01')]),
      ['/lines/0/base_debit accounting/base-differs-from-rate'],
    );
    assert.deepEqual(
      await books.refused([sales('400.01'), bank({ credit: '3.00', rate: '133.33', base_credit: '1' })]),
      ['/lines/1/base_credit accounting/base-differs-from-rate'],
    );
  });

  test('is worth its amount at the latest rate known on the day, when it names neither', async () => {
    const before = await books.posted([bank({ debit: '1' }), sales('133.25')], { entry_date: '2024-01-31' });
    const onTheDay = await books.posted([bank({ debit: '1' }), sales('134')], { entry_date: '2024-02-01' });
    assert.deepEqual([shown(before)[0]?.[4], shown(onTheDay)[0]?.[4]], ['133.25', '134']);
  });

  test('without a rate, of which none is known on the day, is refused, but waits as a draft', async () => {
    const lines = [bank({ debit: '1.50', currency: 'EUR' }), sales('200')];
    assert.deepEqual(await books.refused(lines), ['/lines/0/rate accounting/no-exchange-rate']);
    assert.deepEqual(
      await books.refused([bank({ debit: '1.5' }), sales('1')], { entry_date: '2023-12-31' }),
      ['/entry_date accounting/no-period', '/lines/0/rate accounting/no-exchange-rate'],
    );
    const draft = await books.owner('POST', '/journal-entries/', { ...entryOf(lines), status: 'draft' });
    assert.equal(draft.status, 201);
    assert.deepEqual(shown(draft.body)[0], ['1020', 'EUR', '1.50', null, null, null, null]);
    const posting = `/journal-entries/${draft.body.id}/posting/`;
    assert.deepEqual(faultsOf(await books.owner('POST', posting), 422), [
      '/lines/0/rate accounting/no-exchange-rate',
    ]);
    await books.owner('POST', '/exchange-rates/', {
      currency: 'EUR',
      rate_date: '2024-01-10',
      rate: '133.3333',
    });
    const after = await books.owner('POST', posting);
    assert.equal(after.status, 201, JSON.stringify(after.body));
    assert.deepEqual(shown(after.body)[0], ['1020', 'EUR', '1.50', null, '133.3333', '200.00', null]);
    await books.owner('DELETE', '/exchange-rates/EUR/2024-01-10/');
  });

  test('of a currency with more decimals than the company’s is kept as a draft without a rate', async () => {
    const lines = [bank({ debit: '1.234', currency: 'BHD' }), sales('400')];
    assert.deepEqual(await books.refused(lines), ['/lines/0/rate accounting/no-exchange-rate']);
    const draft = await books.owner('POST', '/journal-entries/', { ...entryOf(lines), status: 'draft' });
    assert.equal(draft.status, 201, JSON.stringify(draft.body));
  });

  test('may have an amount of zero, where only its value is adjusted', async () => {
    const body = await books.posted([bank({ base_credit: '12.50' }), { account: '7020', debit: '12.50' }]);
    assert.deepEqual(shown(body)[0], ['1020', 'USD', null, '0.00', null, null, '12.50']);
    const dry = await books.owner(
      'POST',
      '/journal-entries/?dry_run=true',
      entryOf([bank({ base_credit: '12.50', debit: '0' }), { account: '7020', debit: '12.50' }]),
    );
    assert.deepEqual(shown((dry.body.entries as Body[])[0] as Body), shown(body));
  });

  test('has the decimals of its currency and no more', async () => {
    const rate = '1';
    const pay = (currency: string, credit: string): Line[] => [
      { account: '1020', currency, credit, rate },
      { account: '6110', debit: credit.split('.')[0] ?? '' },
    ];
    const precise = ['/lines/0/credit accounting/amount-invalid'];
    assert.deepEqual(await books.refused(pay('JPY', '100.5')), precise);
    assert.deepEqual(await books.refused(pay('KWD', '100.0005')), precise);
    assert.deepEqual(await books.refused(pay('EUR', '100.005')), precise);
    assert.deepEqual(shown(await books.posted(pay('JPY', '100.00')))[0]?.slice(1, 4), ['JPY', null, '100']);
    assert.deepEqual(shown(await books.posted(pay('KWD', '100.000')))[0]?.slice(1, 4), [
      'KWD',
      null,
      '100.000',
    ]);
  });

  test('that comes to nothing in the company’s currency is refused', async () => {
    assert.deepEqual(await books.refused([bank({ debit: '0.01', rate: '0.4' }), sales('0.01')]), [
      '/lines/0 accounting/amount-too-small',
    ]);
  });
});

describe('an entry of several currencies', () => {
  const mixed = [
    bank({ debit: '100.01' }),
    bank({ debit: '12345', currency: 'KRW' }),
    bank({ debit: '10.001', currency: 'KWD' }),
  ];
  // 100.01 × 133.25 = 13326.3325, 12345 × 0.1005 = 1240.6725, 10.001 × 433.7777 = 4338.2107777; together 18905.2157777.
  const values = ['13326.33', '1240.67', '4338.21'];

  test('balances in the company’s currency, and the rounding is a line of its own', async () => {
    const exact = await books.posted([...mixed, sales('18905.21')]);
    assert.deepEqual(
      shown(exact).map((line) => line[5] ?? line[6]),
      [...values, '18905.21'],
    );
    const rounded = await books.posted([...mixed, sales('18905.22')]);
    assert.deepEqual(shown(rounded).at(-1), ['7030', 'NPR', '0.01', null, null, '0.01', null]);
    assert.equal(rounded.total, '18905.22');
    const other = await books.posted([...mixed, sales('18905.20')]);
    assert.deepEqual(shown(other).at(-1), ['7030', 'NPR', null, '0.01', null, null, '0.01']);
    assert.deepEqual(await books.refused([...mixed, sales('18905.23')]), [
      '/lines accounting/entry-unbalanced',
    ]);
  });

  test('whose base amounts are all given is not rounded, as they are exact', async () => {
    const given = (base: string) => [
      bank({ debit: '100', base_debit: '13325.00' }),
      bank({ credit: '50', base_credit: '6662.50' }),
      bank({ credit: '50', base_credit: base }),
    ];
    assert.deepEqual(shown(await books.posted(given('6662.50'))).length, 3);
    assert.deepEqual(await books.refused(given('6662.49')), ['/lines accounting/entry-unbalanced']);
  });

  test('in the company’s currency alone has no rounding line ever', async () => {
    assert.deepEqual(await books.refused([{ account: '1010', debit: '10.00' }, sales('10.01')]), [
      '/lines accounting/entry-unbalanced',
    ]);
    const explicit: Line[] = [
      { account: '1010', currency: 'NPR', debit: '10.00' },
      { ...sales('10.01'), currency: 'NPR' },
    ];
    assert.deepEqual(await books.refused(explicit), ['/lines accounting/entry-unbalanced']);
  });

  test('that needs rounding is refused where no account takes it, but waits as a draft', async () => {
    await books.owner('PATCH', '/accounts/7030/', { category: null });
    const lines = [...mixed, sales('18905.22')];
    assert.deepEqual(await books.refused(lines), ['/lines accounting/no-rounding-account']);
    const draft = await books.owner('POST', '/journal-entries/', { ...entryOf(lines), status: 'draft' });
    assert.equal(draft.status, 201, JSON.stringify(draft.body));
    await books.posted([...mixed, sales('18905.21')]);
    await books.owner('PATCH', '/accounts/7030/', { category: 'rounding' });
    assert.equal((await books.owner('POST', `/journal-entries/${draft.body.id}/posting/`)).status, 201);
  });

  test('reads in bulk, in a stream, dry and as a draft as it does alone', async () => {
    const body = entryOf([...mixed, sales('18905.22')]);
    const alone = shown(await books.posted(body.lines));
    const dry = await books.owner('POST', '/journal-entries/?dry_run=true', body);
    assert.deepEqual(shown((dry.body.entries as Body[])[0] as Body), alone);
    const bulk = await books.owner('POST', '/journal-entries/bulk/', { entries: [body, body] });
    assert.equal(bulk.status, 201);
    for (const { id } of bulk.body.results)
      assert.deepEqual(shown((await books.owner('GET', `/journal-entries/${id}/`)).body), alone);
    const draft = await books.owner('POST', '/journal-entries/', { ...body, status: 'draft' });
    const late = await books.owner('POST', `/journal-entries/${draft.body.id}/posting/`);
    assert.deepEqual(shown(late.body), alone);
    const [streamed] = await stream([body]);
    assert.deepEqual(shown((await books.owner('GET', `/journal-entries/${streamed?.id}/`)).body), alone);
  });

  test('is reversed to the unit, whatever the rates are by then', async () => {
    const { id, lines } = await books.posted([...mixed, sales('18905.22')]);
    await books.owner('PUT', '/exchange-rates/USD/2024-01-01/', { rate: '99' });
    const reversal = await books.owner('POST', `/journal-entries/${id}/reversal/`, {
      entry_date: '2024-03-01',
    });
    assert.equal(reversal.status, 201, JSON.stringify(reversal.body));
    assert.deepEqual(
      shown(reversal.body),
      shown({ lines } as Body).map(([account, currency, debit, credit, rate, baseDebit, baseCredit]) => [
        account,
        currency,
        credit,
        debit,
        rate,
        baseCredit,
        baseDebit,
      ]),
    );
    await books.owner('PUT', '/exchange-rates/USD/2024-01-01/', { rate: '133.25' });
  });
});

/** Sends entries as a stream over a real socket; the answers but for the summary. */
async function stream(entries: object[]): Promise<{ id: string }[]> {
  if (!books.api.app.server.listening) await books.api.app.listen({ host: '127.0.0.1', port: 0 });
  const { access } = await books.api.tokens.issue(books.member);
  const { port } = books.api.app.server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${access}`, 'content-type': 'application/x-ndjson' };
  const path = '/api/v1/journal-entries/stream/';
  const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', path, headers });
  request.end(entries.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  const lines = (await text(answer)).trim().split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as { id: string });
}
