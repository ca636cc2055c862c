// The door of accounting: the chart, the journal, the fiscal calendar and the reports read from them.
export {
  type Account,
  type AccountCategory,
  type AccountType,
  accountCategories,
  accountTypes,
  type CashFlowActivity,
  cashFlowActivities,
  getAccount,
  listAccounts,
} from './accounts/account.ts';
export { createAccount, deleteAccount, updateAccount } from './accounts/keep-accounts.ts';
export { compareJournal } from './audit/compare-journal.ts';
export { CHART_NAMES, type ChartName } from './charts/chart-named.ts';
export { type ExchangeRate, getRate, listRates, rateOn, rateOrders } from './currencies/exchange-rate.ts';
export { importRates, type RateFile, readRateFile } from './currencies/import-rates.ts';
export { addRate, deleteRate, type RatesSet, setRate, setRates } from './currencies/keep-rates.ts';
export type { RateInput } from './currencies/read-rate.ts';
export { type Revaluation, type RevaluationWish, revalue } from './currencies/revalue.ts';
export { demoEntries, demoFirstDay } from './demo/demo-entries.ts';
export { type Dimension, listDimensions, requiredDimension } from './dimensions/dimension.ts';
export {
  type DimensionValue,
  listBranches,
  listDimensionValues,
  requiredValue,
  valueOrders,
} from './dimensions/dimension-values.ts';
export { createDimension, deleteDimension, updateDimension } from './dimensions/keep-dimensions.ts';
export { createValues, deleteValue, updateValue } from './dimensions/keep-values.ts';
export {
  type ActPair,
  actPairLabel,
  actPairs,
  type DutyRules,
  getDutyRules,
  permissionsOfActs,
  setDutyRules,
} from './duties/duty-rules.ts';
export {
  type CouldDoBoth,
  type Duties,
  readDuties,
  setDuties,
  whoCouldDoBoth,
} from './duties/keep-duties.ts';
export { type ExportFormat, exportFormats, exportLedger } from './export/export-ledger.ts';
export { customaryFirstDay } from './fiscal-years/calendar-years.ts';
export { closeYear, reopenYear } from './fiscal-years/close-year.ts';
export {
  type FiscalYear,
  getFiscalYear,
  getPeriod,
  listFiscalYears,
  listPeriods,
  openFiscalYears,
  type Period,
  type PeriodStatus,
} from './fiscal-years/fiscal-year.ts';
export {
  grantException,
  listExceptions,
  type PeriodException,
  revokeException,
} from './fiscal-years/period-exceptions.ts';
export { type ClosingPlan, planClosing } from './fiscal-years/plan-closing.ts';
export { closePeriods, type PeriodChange, setPeriodStatus } from './fiscal-years/set-period-status.ts';
export { type ImportOptions, importJournal } from './import/import-journal.ts';
export { ImportRefused } from './import/import-refused.ts';
export type { ImportReport } from './import/import-report.ts';
export { readJournalFile } from './import/read-journal-file.ts';
export { type Approval, approveDraft, getApproval, withdrawApproval } from './journal/approve-draft.ts';
export { type BulkResult, bulkEntries, settleBulk } from './journal/bulk-entries.ts';
export type { Received } from './journal/bulk-received.ts';
export { createDraft, deleteDraft, postDraft, updateDraft } from './journal/drafts.ts';
export { dryRun } from './journal/dry-run.ts';
export type { Entry, EntryInput, EntryResult, EntryStatus, EntrySummary } from './journal/entry.ts';
export { holdPostings, postEntries } from './journal/post-entries.ts';
export { PostingQueue } from './journal/posting-queue.ts';
export { entryOrders, getEntry, listEntries } from './journal/read-entries.ts';
export { reverseEntry } from './journal/reverse-entry.ts';
export { readableEntry, saveEntry } from './journal/save-entry.ts';
export { streamBatch } from './journal/stream-batch.ts';
export { lineBatches, type NumberedLine } from './journal/stream-lines.ts';
export { openBooks } from './open-books.ts';
export { accountingPanels } from './pages/panels.ts';
export { accountingPageRoutes } from './pages/routes.ts';
export { accountingPermissions } from './permissions.ts';
export { createTemplate, deleteTemplate, updateTemplate } from './recurring/keep-templates.ts';
export { getTemplate, listOccurrences, listTemplates, templateOrders } from './recurring/read-templates.ts';
export { type RunReport, type RunResult, runRecurring } from './recurring/run-recurring.ts';
export { scheduleUnits } from './recurring/schedule.ts';
export { listScheduledReversals, reversalOrders } from './recurring/scheduled-reversals.ts';
export { reversalDays, type Template } from './recurring/template.ts';
export { layouts } from './reports/account-rows.ts';
export { type AccountStatement, accountStatement } from './reports/account-statement.ts';
export { type BalanceSheet, balanceSheet } from './reports/balance-sheet.ts';
export { type CashFlow, type CashFlowMethod, cashFlow, cashFlowMethods } from './reports/cash-flow.ts';
export { type CashLines, type CashLinesQuery, cashFlowLines } from './reports/cash-flow-lines.ts';
export { type CurrencyBalances, currencyBalances } from './reports/currency-balances.ts';
export { type DayBook, dayBook, pageOfDayBook } from './reports/day-book.ts';
export { type GeneralLedger, generalLedger, ledgerOf, pageOfLedger } from './reports/general-ledger.ts';
export type { LineScopeQuery } from './reports/line-scope.ts';
export { accountStatementSheet, dayBookSheet, generalLedgerSheet } from './reports/line-sheets.ts';
export type { StatementQuery } from './reports/prepare-statement.ts';
export { type ProfitAndLoss, profitAndLoss } from './reports/profit-and-loss.ts';
export { comparisons, yearStart } from './reports/report-dates.ts';
export { plainLedgerLink } from './reports/report-links.ts';
export { statementSheet, trialBalanceSheet } from './reports/report-sheets.ts';
export { type TrialBalance, trialBalance } from './reports/trial-balance.ts';
export {
  type TrialBalanceColumns,
  type TrialBalanceQuery,
  trialBalanceColumns,
} from './reports/trial-balance-columns.ts';
export { createSeries, updateSeries } from './series/keep-series.ts';
export { listSeries, type NumberSeries, requiredSeries, seriesResets } from './series/number-series.ts';
export { previewNumber } from './series/preview-number.ts';
export { type Verdict, verifyBooks } from './verify/verify-books.ts';
export { verifyCompany } from './verify/verify-company.ts';
