// What the routes of the books ask for.
import type { Permission } from '#lib/access';

/** The permissions of accounting. */
export const accountingPermissions: readonly Permission[] = [
  { name: 'accounting.account.view', title: 'see the chart of accounts' },
  { name: 'accounting.account.edit', title: 'make, change and delete accounts' },
  { name: 'accounting.dimension.view', title: 'see dimensions and their values' },
  { name: 'accounting.dimension.edit', title: 'make, change and delete dimensions and their values' },
  { name: 'accounting.exchange_rate.view', title: 'see exchange rates' },
  { name: 'accounting.exchange_rate.edit', title: 'keep exchange rates' },
  { name: 'accounting.fiscal_year.view', title: 'see fiscal years and periods' },
  { name: 'accounting.fiscal_year.edit', title: 'open new fiscal years' },
  { name: 'accounting.fiscal_year.close', title: 'close fiscal years' },
  { name: 'accounting.fiscal_year.reopen', title: 'open closed fiscal years again' },
  { name: 'accounting.period.close', title: 'close and lock periods' },
  { name: 'accounting.period.reopen', title: 'open closed periods again' },
  { name: 'accounting.period.unlock', title: 'unlock locked periods' },
  { name: 'accounting.period.except', title: 'let a person post into a closed period for a time' },
  { name: 'accounting.journal_entry.view', title: 'see entries and drafts' },
  { name: 'accounting.journal_entry.draft', title: 'change and delete drafts' },
  { name: 'accounting.journal_entry.post', title: 'key entries and post them' },
  { name: 'accounting.journal_entry.approve', title: 'approve drafts' },
  { name: 'accounting.journal_entry.reverse', title: 'reverse posted entries' },
  { name: 'accounting.number_series.view', title: 'see number series' },
  { name: 'accounting.number_series.edit', title: 'make and change number series' },
  { name: 'accounting.recurring_entry.view', title: 'see recurring entries' },
  { name: 'accounting.recurring_entry.edit', title: 'make, change and delete recurring entries' },
  { name: 'accounting.recurring_entry.run', title: 'post what has fallen due' },
  { name: 'accounting.report.view', title: 'see reports' },
  { name: 'accounting.revaluation.post', title: 'revalue balances in other currencies' },
];
