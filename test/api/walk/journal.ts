// Walks through the journal: entries one by one, in bulk and as a stream, recurring ones, and the reports read from them.
import assert from 'node:assert/strict';
import { cashSale } from '#test/company';
import type { Walk } from './walker.ts';

/** Entries and drafts. */
export async function entries({ send, change }: Walk): Promise<void> {
  await send('POST', '/journal-entries/?dry_run=true', cashSale('2024-03-01', '1.00'));
  const entry = await send('POST', '/journal-entries/', cashSale('2024-03-01', '1.00'));
  await send('GET', '/journal-entries/');
  await send('GET', `/journal-entries/${entry.id}/`);
  await send('GET', `/journal-entries/${entry.id}/posting/`);
  await send('POST', `/journal-entries/${entry.id}/reversal/`, { entry_date: '2024-03-02' });
  await send('GET', `/journal-entries/${entry.id}/reversal/`);
  const draft = { ...cashSale('2024-03-03', '2.00'), status: 'draft' };
  const [kept, dropped] = [
    await send('POST', '/journal-entries/', draft),
    await send('POST', '/journal-entries/', draft),
  ];
  await change('PUT', `/journal-entries/${kept.id}/`, cashSale('2024-03-03', '3.00'));
  await send('POST', `/journal-entries/${kept.id}/posting/`);
  await send('DELETE', `/journal-entries/${dropped.id}/`);
}

/** Many entries at once. */
export async function manyEntries({ send, api, owner, root }: Walk): Promise<void> {
  const keyed = (n: number) => ({ source_key: `order-${n}`, ...cashSale('2024-03-04', `${n}.00`) });
  const bulk = { entries: [keyed(1), keyed(2)] };
  await send('POST', '/journal-entries/bulk/?dry_run=true', bulk);
  await send('POST', '/journal-entries/bulk/', bulk);
  await send('POST', '/journal-entries/bulk/', bulk);
  const { access } = await api.tokens.issue(owner);
  const answer = await api.app.inject({
    method: 'POST',
    url: `${root}/journal-entries/stream/`,
    headers: { authorization: `Bearer ${access}`, 'content-type': 'application/x-ndjson' },
    payload: [keyed(2), keyed(3), { memo: 'faulty' }].map((line) => JSON.stringify(line)).join('\n'),
  });
  assert.equal(answer.statusCode, 200, answer.body);
}

/** Recurring entries and automatic reversals. */
export async function recurringEntries({ send, change }: Walk): Promise<void> {
  const rent = { name: 'Rent', unit: 'month', starts_on: '2024-01-01', ends_on: '2024-02-28' };
  const { memo, lines } = cashSale('2024-01-01', '50.00');
  const body = { ...rent, memo, lines, reverses: 'next_day' };
  const [kept, dropped] = [
    await send('POST', '/recurring-entries/', body),
    await send('POST', '/recurring-entries/', { ...body, name: 'Other rent' }),
  ];
  await send('GET', '/recurring-entries/');
  await send('GET', `/recurring-entries/${kept.id}/`);
  await change('PUT', `/recurring-entries/${kept.id}/`, { ...body, name: 'Rent of the office' });
  await send('DELETE', `/recurring-entries/${dropped.id}/`);
  await send('GET', `/recurring-entries/${kept.id}/occurrences/?until=2024-12-31`);
  await send('POST', '/recurring-entries/run/', { date: '2024-01-31', dry_run: true });
  await send('POST', '/recurring-entries/run/', { date: '2024-01-31' });
  const reversals = await send('GET', '/scheduled-reversals/');
  assert.equal(reversals.results.length, 1);
}

/** Every report, plain, with all that it can be asked for, and as a file. */
export async function reports({ send, version }: Walk): Promise<void> {
  const year = 'from=2024-01-01&to=2024-12-31';
  const part = version === 1 ? 'page=1&page_size=2' : 'limit=2';
  for (const path of [
    'trial-balance/?as_of=2024-12-31',
    `trial-balance/?${year}&layout=tree&compare=previous_year&closing=false`,
    'trial-balance/?as_of=2024-12-31&format=xlsx',
    'balance-sheet/?as_of=2024-12-31&zero=true&by=branch',
    'balance-sheet/?as_of=2024-12-31&format=pdf',
    `profit-and-loss/?${year}&compare=previous_period`,
    `cash-flow/?${year}&method=direct`,
    `cash-flow/?${year}&method=indirect`,
    `cash-flow/lines/?account=4010&${year}`,
    `general-ledger/?account=1010&${year}`,
    `general-ledger/?account=1110&${year}&${part}`,
    `general-ledger/?account=1010&${year}&format=csv`,
    `day-book/?${year}`,
    `day-book/?${year}&${part}`,
    `account-statement/?account=1110&${year}`,
  ])
    await send('GET', `/reports/${path}`);
}
