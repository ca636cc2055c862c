// The chart of accounts as a tree that can be searched.
import { type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Account } from '../accounts/account.ts';
import { empty } from './empty.ts';
import { ledgerLink } from './links.ts';

export type AccountsView = { accounts: readonly Account[]; search: string };

/** The whole page; `accounts` come in tree order, `search` is what was asked for. */
export function accountsPage(context: PageContext, view: AccountsView): Html {
  const body = html`${searchForm(view.search)}${accountsTable(view)}`;
  return pageShell(context, { title: 'Chart of accounts', subtitle: summary(view), body });
}

/** The part that a search replaces. */
export function accountsTable({ accounts, search }: AccountsView): Html {
  if (accounts.length === 0) {
    const text = search === '' ? 'There are no accounts yet.' : `No account matches “${search}”.`;
    return html`<div id="accounts" class="hx-sheet">${empty(text)}</div>`;
  }
  return html`<div id="accounts" class="hx-sheet"><table class="hx-ledger">
<thead><tr><th scope="col">Code</th><th scope="col">Name</th><th scope="col" class="hx-wide">Type</th><th scope="col" class="hx-wide">Category</th><th scope="col"><span class="visually-hidden">State</span></th></tr></thead>
<tbody>${accounts.map((account) => accountRow(account, search === ''))}</tbody>
</table></div>`;
}

// A search shows matches without their groups, so an indentation would mean nothing there.
function accountRow(account: Account, asTree: boolean): Html {
  const depth = asTree ? Math.min(account.depth, 4) : 0;
  const kind = account.group ? 'hx-row-group' : account.active ? '' : 'hx-row-inactive';
  return html`<tr class="${kind}"><td class="hx-code">${account.code}</td>
<td><div class="hx-tree-${depth}">${ledgerLink(account.code, account.name)}</div></td>
<td class="hx-wide">${account.type}</td><td class="hx-wide">${account.category?.replaceAll('_', ' ')}</td>
<td>${!account.active && html`<span class="hx-status hx-status-inactive">inactive</span>`}</td></tr>`;
}

function searchForm(search: string): Html {
  return html`<form class="hx-filter" role="search" method="get" action="/accounts/" hx-get="/accounts/" hx-trigger="input delay:250ms, submit" hx-target="#accounts" hx-swap="outerHTML" hx-replace-url="true">
<label class="hx-grow"><span class="form-label">Search by code or name</span>
<input class="form-control" type="search" name="q" value="${search}" data-search autocomplete="off"></label>
<noscript><button class="btn">Search</button></noscript>
</form>`;
}

function summary({ accounts, search }: AccountsView): string {
  const posting = accounts.filter((account) => !account.group).length;
  return `${posting} posting ${posting === 1 ? 'account' : 'accounts'}${search === '' ? '' : ' found'}`;
}
