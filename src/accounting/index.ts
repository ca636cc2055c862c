// The door of accounting: the chart, the journal, the fiscal calendar and the reports read from them.
export {
  type Account,
  type AccountCategory,
  type AccountType,
  accountCategories,
  accountTypes,
  getAccount,
  listAccounts,
} from './accounts/account.ts';
export { createAccount, deleteAccount, updateAccount } from './accounts/keep-accounts.ts';
export { compareJournal } from './audit/compare-journal.ts';
export { CHART_NAMES, type ChartName } from './charts/chart-named.ts';
export { demoEntries, demoFirstDay } from './demo/demo-entries.ts';
export { customaryFirstDay } from './fiscal-years/calendar-years.ts';
export {
  type FiscalYear,
  listFiscalYears,
  listPeriods,
  openFiscalYears,
  type Period,
  type PeriodStatus,
  setPeriodStatus,
} from './fiscal-years/fiscal-year.ts';
export { type ImportOptions, importJournal } from './import/import-journal.ts';
export { ImportRefused } from './import/import-refused.ts';
export type { ImportReport } from './import/import-report.ts';
export { readJournalFile } from './import/read-journal-file.ts';
export { type BulkResult, bulkEntries, settleBulk } from './journal/bulk-entries.ts';
export type { Received } from './journal/bulk-received.ts';
export { createDraft, deleteDraft, postDraft, updateDraft } from './journal/drafts.ts';
export { dryRun } from './journal/dry-run.ts';
export type { Entry, EntryInput, EntryResult, EntryStatus, EntrySummary } from './journal/entry.ts';
export { postEntries } from './journal/post-entries.ts';
export { PostingQueue } from './journal/posting-queue.ts';
export { getEntry, listEntries } from './journal/read-entries.ts';
export { reverseEntry } from './journal/reverse-entry.ts';
export { readableEntry, saveEntry } from './journal/save-entry.ts';
export { streamBatch } from './journal/stream-batch.ts';
export { lineBatches, type NumberedLine } from './journal/stream-lines.ts';
export { openBooks } from './open-books.ts';
export { accountingPanels } from './pages/panels.ts';
export { accountingPageRoutes } from './pages/routes.ts';
export { createTemplate, deleteTemplate, updateTemplate } from './recurring/keep-templates.ts';
export { getTemplate, listOccurrences, listTemplates } from './recurring/read-templates.ts';
export { type RunReport, type RunResult, runRecurring } from './recurring/run-recurring.ts';
export { scheduleUnits } from './recurring/schedule.ts';
export { listScheduledReversals } from './recurring/scheduled-reversals.ts';
export { reversalDays, type Template } from './recurring/template.ts';
export { type GeneralLedger, generalLedger } from './reports/general-ledger.ts';
export { type TrialBalance, trialBalance } from './reports/trial-balance.ts';
export { type Verdict, verifyBooks } from './verify/verify-books.ts';
export { verifyCompany } from './verify/verify-company.ts';
