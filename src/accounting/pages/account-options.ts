// The accounts that a field offers: the browser's own list without scripts, the combobox's data with them.
import { type Html, html } from '#lib/html';
import type { Account } from '../accounts/account.ts';

export type PickableAccount = Pick<Account, 'code' | 'name'>;

/** A datalist with the id `accounts`; a field refers to it by list="accounts". */
export function accountOptions(accounts: readonly PickableAccount[]): Html {
  return html`<datalist id="accounts">${accounts.map(({ code, name }) => html`<option value="${code}" label="${name}"></option>`)}</datalist>`;
}
