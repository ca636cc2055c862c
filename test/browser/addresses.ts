// Names every page there is, for the walks that hold all of them to something.
import { createDraft, listEntries } from '#accounting';
import { pageNumber } from '#lib/lists/part';
import type { TestCompany } from '#test/company';
import { day } from './browser.ts';

/** The addresses of all pages of a signed-in member by a name; makes a draft for those that show one. */
export async function addressesOf(company: TestCompany, memo = 'Shop rent'): Promise<Record<string, string>> {
  const { draft, entry } = await company.run(async (tx) => ({
    draft: await createDraft(tx, {
      entry_date: day,
      memo,
      lines: [{ account: '1010', debit: '5.00', memo }],
    }),
    entry: (await listEntries(tx, { status: 'posted' }, pageNumber(1, 1))).results[0]?.id,
  }));
  const query = encodeURIComponent(memo);
  return {
    dashboard: '/',
    accounts: '/accounts/',
    'accounts without a match': `/accounts/?q=${query}+nowhere`,
    journal: '/journal-entries/',
    'journal, searched': `/journal-entries/?q=${query}`,
    entry: `/journal-entries/${entry}/`,
    draft: `/journal-entries/${draft}/`,
    'draft being edited': `/journal-entries/${draft}/edit/`,
    'new entry': '/journal-entries/new/',
    'trial balance': '/reports/trial-balance/',
    'general ledger': '/reports/general-ledger/?account=1020',
    'ledger of no account': `/reports/general-ledger/?account=${query}`,
    'linked accounts': '/account/linked/',
    account: '/account/',
    'own password': '/account/password/',
    'own sessions': '/account/sessions/',
    'own sign-ins': '/account/sign-ins/',
    'sign-in policy': '/settings/sign-in/',
    'sign-in providers': '/settings/sign-in/providers/',
    invitations: '/settings/invitations/',
    'own API keys': '/account/api-keys/',
    'sign-in': `/sign-in/?next=${query}`,
    'nothing there': `/${query}/`,
    'no such entry': `/journal-entries/${query}/`,
  };
}

/** The pages of mailed links, which belong to nobody who is signed in. */
export const mailedLinkAddresses: Record<string, string> = {
  'forgotten password': '/password-reset/',
  'dead reset link': '/password-reset/confirm/?token=x',
  'dead invitation': '/invitation/?token=x',
};
