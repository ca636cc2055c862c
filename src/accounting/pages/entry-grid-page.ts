// The page around the entry grid, for a new entry and for a draft.
import { icon, type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import { accountOptions, type PickableAccount } from './account-options.ts';
import { type EntryGridView, entryGrid } from './entry-grid.ts';
import { entryHref } from './links.ts';

/** `accounts` are those that take lines: active and no groups. */
export type EntryGridPageView = Omit<EntryGridView, 'accountNames'> & {
  accounts: readonly PickableAccount[];
};

/** The whole page; a form with a version edits a draft. */
export function entryGridPage(context: PageContext, view: EntryGridPageView): Html {
  const accountNames = new Map(view.accounts.map(({ code, name }) => [code, name]));
  const isDraft = view.form.version !== '';
  const actions =
    isDraft &&
    html`<a class="btn" href="${entryHref(view.form.id)}">${icon('previous')} Back to the draft</a>`;
  return pageShell(context, {
    title: isDraft ? 'Edit draft' : 'New entry',
    ...(actions && { actions }),
    body: html`${entryGrid(context, { ...view, accountNames })}${accountOptions(view.accounts)}`,
    styles: ['entry-grid.css'],
    scripts: ['entry-grid.js'],
    dates: true,
  });
}
