// The history of one's sign-ins, those that failed among them, so that somebody else's are noticed.
import { type PageContext, timeLabel } from '#dashboard';
import { type Html, html } from '#lib/html';
import { SIGN_IN_HISTORY_DAYS, type SignInRecord } from '../../sign-in-events.ts';
import { listPager } from '../list-pager.ts';
import { accountPage } from './account-frame.ts';
import { agentLabel } from './origin-label.ts';

export const SIGN_INS_A_PAGE = 25;

const methods: Readonly<Record<string, string>> = {
  pwd: 'password',
  mail: 'link by mail',
  switch: 'changed company',
  oidc: 'provider',
  otp: 'code',
  passkey: 'passkey',
};

/** `confined` tells that only this company's are shown. */
export type SignInsView = {
  page: number;
  count: number;
  results: readonly SignInRecord[];
  confined: boolean;
};

/** The whole page. */
export function signInsPage(context: PageContext, { page, count, results, confined }: SignInsView): Html {
  const where = confined ? context.tenant.name : 'all your companies';
  const empty = html`<div class="hx-sheet"><p class="hx-empty">Nobody has signed in or tried to.</p></div>`;
  const table = html`<div class="hx-sheet"><table class="hx-ledger"><caption class="visually-hidden">Sign-ins, newest first</caption>
<thead><tr><th scope="col">When</th><th scope="col">Result</th><th scope="col">With</th><th scope="col" class="hx-wide">Company</th><th scope="col">From</th></tr></thead>
<tbody>${results.map((record) => recordRow(context, record))}</tbody></table></div>`;
  return accountPage(
    context,
    html`<p class="hx-muted">Sign-ins of the last ${SIGN_IN_HISTORY_DAYS} days in ${where}. Do you see one that is not yours? <a href="/account/password/">Change your password.</a></p>
${results.length === 0 ? empty : table}
${listPager('/account/sign-ins/', { page, pageSize: SIGN_INS_A_PAGE, shown: results.length, count })}`,
  );
}

function recordRow({ tenant }: PageContext, record: SignInRecord): Html {
  const result = record.succeeded
    ? html`<span class="hx-tag hx-tag-good">signed in</span>`
    : html`<span class="hx-tag hx-tag-bad">refused</span>`;
  const how = record.methods.map((method) => methods[method] ?? method).join(', ');
  return html`<tr><td>${timeLabel(record.at, tenant.timeZone)}</td><td>${result}</td><td>${how}</td><td class="hx-wide">${record.company ?? '–'}</td><td>${record.ip ?? '–'}<span class="hx-wide"> · ${agentLabel(record.userAgent)}</span></td></tr>\n`;
}
