// Examples of the journal: entries one by one and many at once, drafts, their approval, and recurring entries.
import { approveDraft, reverseEntry } from '#accounting';
import type { Books } from '../books.ts';
import type { RouteTable } from '../example.ts';

const none = () => ({});
const known = { 'if-match': '*' };

const ofEntry = async ({ entry }: Books) => ({ params: { id: await entry() } });
const ofDraft = async ({ draft }: Books) => ({ params: { id: await draft() } });
const ofTemplate = async ({ template }: Books) => ({ params: { id: await template() } });
const formOfDraft = async (books: Books) => ({ ...(await ofDraft(books)), body: { version: '1' } });

async function ofApproved({ draft, company, ownerActor }: Books) {
  const id = await draft();
  await company.run((tx) => approveDraft(tx, id, null), ownerActor);
  return { params: { id } };
}

/** An entry as the grid sends it. */
const grid = ({ names, marks }: Books) => ({
  entry_date: '2026-03-10',
  memo: `Sale of ${marks.word}`,
  'lines[0][account]': names.cash,
  'lines[0][debit]': marks.amount,
  'lines[1][account]': names.income,
  'lines[1][credit]': marks.amount,
});

export const journalRoutes: RouteTable = {
  'GET /api/v1/journal-entries/': none,
  'POST /api/v1/journal-entries/': ({ sale }) => ({ body: sale() }),
  'POST /api/v1/journal-entries/bulk/': {
    make: ({ sale, fresh }) => ({ body: { entries: [{ ...sale(), source_key: fresh() }] } }),
    refusesInside: true,
  },
  'POST /api/v1/journal-entries/stream/': {
    make: ({ sale, fresh }) => ({
      headers: { 'content-type': 'application/x-ndjson' },
      body: [{ ...sale(), source_key: fresh() }],
    }),
    refusesInside: true,
  },
  'GET /api/v1/journal-entries/:id/': ofEntry,
  'PUT /api/v1/journal-entries/:id/': async (books) => ({
    ...(await ofDraft(books)),
    headers: known,
    body: books.sale(),
  }),
  'DELETE /api/v1/journal-entries/:id/': async (books) => ({ ...(await ofDraft(books)), headers: known }),
  'GET /api/v1/journal-entries/:id/posting/': ofEntry,
  'POST /api/v1/journal-entries/:id/posting/': ofDraft,
  'GET /api/v1/journal-entries/:id/reversal/': async (books) => {
    const id = await books.entry();
    await books.company.run((tx) => reverseEntry(tx, id, {}));
    return { params: { id } };
  },
  'POST /api/v1/journal-entries/:id/reversal/': async (books) => ({ ...(await ofEntry(books)), body: {} }),
  'GET /api/v1/journal-entries/:id/approve/': ofApproved,
  'POST /api/v1/journal-entries/:id/approve/': ofDraft,
  'DELETE /api/v1/journal-entries/:id/approve/': ofApproved,
  'GET /api/v1/scheduled-reversals/': none,

  'GET /api/v1/recurring-entries/': none,
  'POST /api/v1/recurring-entries/': ({ templateBody }) => ({ body: templateBody() }),
  'GET /api/v1/recurring-entries/:id/': ofTemplate,
  'PUT /api/v1/recurring-entries/:id/': async (books) => ({
    ...(await ofTemplate(books)),
    headers: known,
    body: books.templateBody(),
  }),
  'DELETE /api/v1/recurring-entries/:id/': async (books) => ({
    ...(await ofTemplate(books)),
    headers: known,
  }),
  'GET /api/v1/recurring-entries/:id/occurrences/': ofTemplate,
  'POST /api/v1/recurring-entries/run/': () => ({ body: { date: '2026-01-01' } }),

  'GET /journal-entries/': none,
  'GET /journal-entries/:id/': ofEntry,
  'GET /journal-entries/new/': none,
  'POST /journal-entries/new/': (books) => ({ body: { ...grid(books), action: 'post' } }),
  'GET /journal-entries/:id/edit/': async ({ draft, names, marks }) => {
    // A draft whose lines have dimensions is more than the grid can show.
    const lines = [
      { account: names.cash, debit: marks.amount },
      { account: names.income, credit: marks.amount },
    ];
    return { params: { id: await draft({ lines }) } };
  },
  'POST /journal-entries/:id/edit/': async (books) => {
    const { cash, income } = books.names;
    const lines = [
      { account: cash, debit: books.marks.amount },
      { account: income, credit: books.marks.amount },
    ];
    const id = await books.draft({ lines });
    return { params: { id }, body: { ...grid(books), version: '1', action: 'draft' } };
  },
  'POST /journal-entries/:id/posting/': formOfDraft,
  'POST /journal-entries/:id/approval/': formOfDraft,
  'POST /journal-entries/:id/disapproval/': async (books) => ({
    ...(await ofApproved(books)),
    body: { version: '1' },
  }),
  'POST /journal-entries/:id/reversal/': async (books) => ({
    ...(await ofEntry(books)),
    body: { entry_date: '2026-03-11' },
  }),
};

const year = { from: '2026-01-01', to: '2026-12-31' };
const asOf = { as_of: '2026-12-31' };
const report = (query: Record<string, string>) => () => ({ query });
const ledger = ({ names }: Books) => ({ query: { account: names.cash, ...year } });
const byShop = ({ names }: Books) => ({
  query: { ...year, [`dimension.${names.dimension}`]: names.value },
});

export const reportRoutes: RouteTable = {
  'GET /': none,
  'GET /reports/trial-balance/': report(asOf),
  'GET /reports/general-ledger/': ledger,
  'GET /api/v1/reports/trial-balance/': byShop,
  'GET /api/v1/reports/balance-sheet/': report(asOf),
  'GET /api/v1/reports/profit-and-loss/': byShop,
  'GET /api/v1/reports/cash-flow/': report(year),
  'GET /api/v1/reports/cash-flow/lines/': ({ names }) => ({ query: { account: names.income, ...year } }),
  'GET /api/v1/reports/currency-balances/': report(asOf),
  'GET /api/v1/reports/general-ledger/': ledger,
  'GET /api/v1/reports/day-book/': byShop,
  'GET /api/v1/reports/account-statement/': ledger,
};
