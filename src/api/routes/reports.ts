// Reports over the API: statements from balances, and reports of lines.
import type { ApiServer, Services } from './context.ts';
import { accountStatementRoute } from './report-routes/account-statement.ts';
import { balanceSheetRoute } from './report-routes/balance-sheet.ts';
import { cashFlowRoutes } from './report-routes/cash-flow.ts';
import { dayBookRoute } from './report-routes/day-book.ts';
import { generalLedgerRoute } from './report-routes/general-ledger.ts';
import { profitAndLossRoute } from './report-routes/profit-and-loss.ts';
import { trialBalanceRoute } from './report-routes/trial-balance.ts';

/** Everything under /reports/. */
export function reportRoutes(app: ApiServer, services: Services): void {
  trialBalanceRoute(app, services);
  balanceSheetRoute(app, services);
  profitAndLossRoute(app, services);
  cashFlowRoutes(app, services);
  generalLedgerRoute(app, services);
  dayBookRoute(app, services);
  accountStatementRoute(app, services);
}
