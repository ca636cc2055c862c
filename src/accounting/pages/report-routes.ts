// The addresses of the reports.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pageParameter, sendPage, textParameter } from '#dashboard';
import { isIsoDate, today } from '#lib/dates';
import { pageNumber } from '#lib/lists/part';
import { formatAmount, parseAmount } from '#lib/money';
import { Problem } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { accountTypes, listAccounts } from '../accounts/account.ts';
import { type FiscalYear, listFiscalYears } from '../fiscal-years/fiscal-year.ts';
import { pageOfLedger } from '../reports/general-ledger.ts';
import { type TrialBalance, trialBalance } from '../reports/trial-balance.ts';
import { generalLedgerPage, type LedgerView, ledgerPageSize } from './general-ledger-page.ts';
import type { PageParts } from './page-parts.ts';
import { type Subtotals, trialBalancePage } from './trial-balance-page.ts';

const reading = { config: { permission: 'accounting.report.view' } };

/** GET /reports/trial-balance/?as_of= and /reports/general-ledger/?account=&from=&to=. */
export function reportRoutes(app: FastifyInstance, { contextOf, read }: PageParts): void {
  app.get('/reports/trial-balance/', reading, async (request, reply) => {
    const fault = dateFault(request, ['as_of']);
    const asOf = dateParameter(request, 'as_of') ?? today(request.tenant.timeZone);
    const { report, years } = await read(request, async (tx) => ({
      report: await trialBalance(tx, asOf),
      years: await listFiscalYears(tx),
    }));
    const from = yearOf(years, asOf)?.starts_on ?? null;
    const subtotals = subtotalsOf(report, request.tenant.currencyScale);
    const view = { report, from, subtotals, ...(fault !== undefined && { fault }) };
    return await sendPage(reply, trialBalancePage(contextOf(request), view), fault === undefined ? 200 : 422);
  });

  app.get('/reports/general-ledger/', reading, async (request, reply) => {
    const view = await read(request, (tx) => ledgerView(tx, request));
    return await sendPage(
      reply,
      generalLedgerPage(contextOf(request), view),
      view.fault === undefined ? 200 : 422,
    );
  });
}

/** Without dates the ledger shows the fiscal year of today, or the last one there is. */
async function ledgerView(tx: TenantTx, request: FastifyRequest): Promise<LedgerView> {
  const day = today(tx.tenant.timeZone);
  const years = await listFiscalYears(tx);
  const year = yearOf(years, day) ?? years.at(-1);
  const to = dateParameter(request, 'to') ?? (year && year.ends_on < day ? year.ends_on : day);
  const from = dateParameter(request, 'from') ?? yearOf(years, to)?.starts_on ?? year?.starts_on ?? to;
  const query = { account: textParameter(request, 'account'), from, to };
  const accounts = await listAccounts(tx);
  const fault = dateFault(request, ['from', 'to']);
  if (fault !== undefined) return { query, ledger: null, accounts, fault };
  if (query.account === '') return { query, ledger: null, accounts };
  if (from > to) return { query, ledger: null, accounts, fault: 'The first day lies after the last one.' };
  try {
    const page = pageNumber(pageParameter(request), ledgerPageSize);
    return { query, ledger: await pageOfLedger(tx, query, page), accounts };
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'not-found') throw error;
    return { query, ledger: null, accounts, fault: `There is no account ${query.account}.` };
  }
}

function dateParameter(request: FastifyRequest, name: string): string | null {
  const text = textParameter(request, name);
  return isIsoDate(text) ? text : null;
}

/** What is wrong with the dates of the address, in words; a day that is not given is no fault. */
function dateFault(request: FastifyRequest, names: readonly string[]): string | undefined {
  const bad = names
    .map((name) => textParameter(request, name))
    .find((text) => text !== '' && !isIsoDate(text));
  return bad === undefined ? undefined : `“${bad.slice(0, 40)}” is no day between 1900 and 2200.`;
}

function yearOf(years: readonly FiscalYear[], date: string): FiscalYear | undefined {
  return years.find((year) => year.starts_on <= date && date <= year.ends_on);
}

function subtotalsOf({ rows }: TrialBalance, scale: number): Subtotals {
  const sum = (type: string, side: 'debit' | 'credit') => {
    const units = rows.filter((row) => row.type === type).map((row) => parseAmount(row[side], scale));
    return formatAmount(
      units.reduce<bigint>((total, unit) => (typeof unit === 'bigint' ? total + unit : total), 0n),
      scale,
    );
  };
  const of = (type: string) => ({ debit: sum(type, 'debit'), credit: sum(type, 'credit') });
  return Object.fromEntries(accountTypes.map((type) => [type, of(type)])) as Subtotals;
}
