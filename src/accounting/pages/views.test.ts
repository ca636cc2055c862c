// Proves of every view of the books that it shows the figures and lets no text become markup.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { barePage, dashboardPage, errorPage, type PageContext } from '#dashboard';
import { html } from '#lib/html';
import type { Entry } from '../journal/entry.ts';
import { accountsPage } from './accounts-page.ts';
import { cashPanel, lastEntriesPanel, profitPanel, receivablesPanel } from './dashboard-panels.ts';
import { type EntriesView, entriesPage } from './entries-page.ts';
import { entryGridDone, entryGridRefused } from './entry-grid.ts';
import { entryGridPage } from './entry-grid-page.ts';
import { type EntryView, entryPage } from './entry-page.ts';
import { generalLedgerPage } from './general-ledger-page.ts';
import { incomeChart } from './income-chart.ts';
import { trialBalancePage } from './trial-balance-page.ts';

const evil = '"><script>alert(1)</script>';
const may = { post: true, reverse: true, edit: true, approve: true };
const context: PageContext = {
  tenant: {
    name: evil,
    slug: 'acme',
    currency: 'NPR',
    currencyScale: 2,
    calendar: 'bikram_sambat',
    timeZone: 'Asia/Kathmandu',
  },
  actor: { name: evil, email: evil, role: 'accountant' },
  csrfToken: 'token',
  ...{ path: '/journal-entries/', companies: [] },
  may: () => true,
};
const summary = {
  id: 'e1',
  number: evil,
  status: 'posted',
  entry_date: '2026-11-23',
  memo: evil,
  reference: evil,
  total: '1234567.50',
} as const;
const line = {
  line: 1,
  account: evil,
  account_name: evil,
  debit: '1234567.50',
  credit: null,
  currency: 'NPR',
  rate: null,
  base_debit: '1234567.50',
  base_credit: null,
  memo: evil,
  dimensions: {},
};
const entry: Entry = {
  ...summary,
  sequence: 1,
  series: 'JV',
  fiscal_year: evil,
  period: evil,
  reverses: { id: 'e0', number: evil },
  reversed_by: null,
  reverse_on: null,
  created_by: null,
  posted_at: '2026-11-23T10:00:00.000Z',
  version: 1,
  lines: [line],
};
const account = {
  id: 1,
  code: evil,
  name: evil,
  type: 'asset',
  category: 'cash',
  cash_flow: null,
  is_monetary: null,
  parent: null,
  group: false,
  active: false,
  depth: 7,
  version: 1,
  ...{ path: [evil], required_dimensions: [] },
} as const;
const keyed = { account: evil, debit: evil, credit: evil, memo: evil };
const form = { id: 'f1', version: '', entry_date: evil, memo: evil, reference: evil, lines: [keyed] };
const faults = ['', '/memo', '/lines/0/account', '/lines/0/debit'].map((pointer) => ({
  pointer,
  code: 'x',
  detail: evil,
}));
const money = { amount: '-1234567.50', currency: 'NPR' };
const none = { debit: '0.00', credit: '0.00' };
const subtotals = {
  asset: { debit: '1234567.50', credit: '0.00' },
  liability: none,
  equity: none,
  income: none,
  expense: none,
};
const entries: EntriesView = {
  entries: [summary],
  count: 120,
  page: 2,
  pageSize: 1,
  search: evil,
  status: 'posted',
};
const entryView: EntryView = {
  entry,
  totals: { debit: '1234567.50', credit: '1234567.50' },
  creator: evil,
  approval: { by: evil, at: '2026-11-23T10:00:00.000Z' },
  today: '2026-11-23',
  may,
  faults,
};
const grid = { action: '/journal-entries/new/', form, faults };
const ledgerLine = {
  entry_id: 'e1',
  number: evil,
  entry_date: '2026-11-23',
  account: 'other',
  memo: evil,
  reference: evil,
  debit: '1.00',
  credit: '0.00',
  balance: '-1234567.50',
  currency: 'NPR',
  amount: null,
  rate: null,
  link: evil,
};
const ledger = {
  account: evil,
  name: evil,
  type: 'asset',
  currency: 'NPR',
  from: '2026-07-17',
  to: '2026-11-23',
  opening: '0.00',
  lines: [ledgerLine],
  totals: none,
  closing: '-1234567.50',
} as const;
const pagedLedger = {
  ledger: { ...ledger, lines: [...ledger.lines] },
  count: 401,
  ...{ page: 2, next: null },
  broughtForward: '-1234568.50',
};
const row = { account: evil, name: evil, type: 'asset', debit: '1234567.50', credit: '0.00' } as const;

const views = {
  accounts: accountsPage(context, { accounts: [account], search: evil }),
  'accounts without a match': accountsPage(context, { accounts: [], search: evil }),
  journal: entriesPage(context, entries),
  entry: entryPage(context, entryView),
  draft: entryPage(context, { ...entryView, entry: { ...entry, status: 'draft', number: null } }),
  'entry grid': entryGridPage(context, { ...grid, accounts: [{ code: evil, name: evil }] }),
  'refused grid': entryGridRefused(context, { ...grid, accountNames: new Map([[evil, evil]]) }),
  'trial balance': trialBalancePage(context, {
    report: { as_of: '2026-11-23', currency: 'NPR', rows: [row], totals: subtotals.asset },
    from: '2026-07-17',
    subtotals,
  }),
  'general ledger': generalLedgerPage(context, {
    query: { account: evil, from: evil, to: evil },
    ledger: pagedLedger,
    accounts: [{ code: evil, name: evil }],
  }),
  'ledger without an account': generalLedgerPage(context, {
    query: { account: '', from: '', to: '' },
    ledger: null,
    accounts: [],
    fault: evil,
  }),
  dashboard: dashboardPage(
    context,
    [
      {
        id: 'a',
        title: evil,
        size: 'small',
        content: cashPanel(money, [{ account: evil, name: evil, balance: '1.00' }]),
      },
      { id: 'b', title: 'b', size: 'small', content: receivablesPanel(money, money, []) },
      { id: 'c', title: 'c', size: 'small', content: profitPanel(evil, money, money, money) },
      { id: 'd', title: 'd', size: 'large', content: lastEntriesPanel([summary], 'NPR', 'gregorian') },
      {
        id: 'e',
        title: 'e',
        size: 'small',
        content: incomeChart([{ label: evil, income: '10.00', expense: '0.00' }], 'NPR'),
      },
    ],
    '2026-11-23',
  ),
  'error inside': errorPage({ status: 404, title: evil, detail: evil, reference: evil }, context),
  'error outside': errorPage({ status: 403, title: evil, detail: evil }, null),
  'bare page': barePage(evil, html`<p>${evil}</p>`),
};

describe('hostile text', () => {
  for (const [name, view] of Object.entries(views)) {
    test(`${name}: a memo, name or search that holds a script stays text`, () => {
      assert.doesNotMatch(String(view), /<script>alert/);
      assert.match(String(view), /&lt;script&gt;alert/);
    });

    test(`${name}: nothing is left undefined, and no style or handler is inline`, () => {
      assert.doesNotMatch(String(view), /undefined|NaN|\[object| style="| on[a-z]+="/);
    });
  }
});

test('amounts of a company that counts in rupees are grouped in lakh', () => {
  for (const view of [
    views.journal,
    views.entry,
    views['trial balance'],
    views['general ledger'],
    views.dashboard,
  ]) {
    assert.match(String(view), /12,34,567\.50/);
  }
});

test('dates carry the Bikram Sambat day for a company that keeps its books by it', () => {
  assert.match(String(views.entry), /23 Nov 2026<\/time> <span class="hx-bs">7 Mangsir 2083/);
});
test('the hour of posting is told by the clock of the company', () => {
  assert.match(String(views.entry), /23 Nov 2026, 15:45<\/time>/);
});

test('a trial balance leads to the ledger, the ledger to the entry', () => {
  assert.match(
    String(views['trial balance']),
    /\/reports\/general-ledger\/\?account=[^"]+&amp;from=2026-07-17&amp;to=2026-11-23/,
  );
  assert.match(String(views['general ledger']), /href="\/journal-entries\/e1\/"/);
});

test('a page of the journal keeps search and status in the links to its neighbours', () => {
  const text = String(entriesPage(context, { ...entries, search: 'rent' }));
  assert.match(text, /\?q=rent&amp;status=posted&amp;page=1"/);
  assert.match(text, /\?q=rent&amp;status=posted&amp;page=3"/);
});

test('a page of a ledger carries its balances forward and keeps the account and dates in its links', () => {
  const text = String(views['general ledger']);
  assert.match(text, /Brought forward.+12,34,568\.50.+Carried forward.+12,34,567\.50.+Closing balance/s);
  assert.match(text, /201–201 of 401/);
  assert.match(text, /\?account=[^"]+page=1".+\?account=[^"]+page=3"/s);
});

test('who may not post is offered neither a new entry nor a reversal', () => {
  const reader = { ...context, may: (permission: string) => permission.endsWith('.view') };
  const none = { ...entries, entries: [], search: '', status: null };
  assert.doesNotMatch(String(entriesPage(reader, none)), /journal-entries\/new/);
  const view = { ...entryView, may: { post: false, reverse: false, edit: false, approve: false } };
  assert.doesNotMatch(String(entryPage(reader, view)), /reversal/);
});

test('an entry that was reversed cannot be reversed again', () => {
  const reversed: Entry = { ...entry, status: 'reversed', reversed_by: { id: 'e2', number: 'JV-2' } };
  assert.doesNotMatch(String(entryPage(context, { ...entryView, entry: reversed })), /reversal\//);
});

test('a fault stands beside its cell and is tied to it for screen readers', () => {
  const text = String(views['refused grid']);
  assert.match(
    text,
    /name="lines\[0\]\[debit\]"[^>]+aria-invalid="true" aria-describedby="lines-0-debit-fault"/,
  );
  assert.match(text, /<p class="hx-fault" id="lines-0-debit-fault">/);
});

test('after a success the grid is empty, keeps the date and tells the news', () => {
  const blank = { ...form, entry_date: '2026-11-22', memo: '', reference: '', lines: [] };
  const done = String(
    entryGridDone(
      context,
      { action: '/', form: blank, accountNames: new Map(), faults: [] },
      html`JV-1 posted`,
    ),
  );
  assert.match(done, /name="entry_date" value="2026-11-22"/);
  assert.match(done, /hx-swap-oob="innerHTML"><div class="hx-notice hx-notice-success"/);
});

test('an empty ledger says what to do', () => {
  assert.match(
    String(
      generalLedgerPage(context, { query: { account: '', from: '', to: '' }, ledger: null, accounts: [] }),
    ),
    /Choose an account/,
  );
  assert.match(String(lastEntriesPanel([], 'NPR', 'gregorian')), /Nothing has been posted yet/);
});
