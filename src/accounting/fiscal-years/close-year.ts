// Closes a fiscal year to retained earnings, and opens a closed one again.
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { type Fault, invalid, notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { requireWholeCompany } from '../branch-limit.ts';
import { holdPostings } from '../journal/post-entries.ts';
import { type FiscalYear, getFiscalYear, listFiscalYears } from './fiscal-year.ts';
import { closingFaults } from './plan-closing.ts';

/**
 * Closes a fiscal year: its income and expenses go to retained earnings on its last day, by one entry made from the balances, and
 * its open periods are closed. All in the caller's transaction, so that it is done or not begun; a closed year stays as it is.
 * Waits for postings under way. Throws not-found, forbidden for who is
 * limited to branches, or an invalid Problem with all that stands in the way.
 */
export async function closeYear(tx: TenantTx, id: number, reason: string | null = null): Promise<FiscalYear> {
  requireWholeCompany(tx);
  await holdPostings(tx);
  const year = await getFiscalYear(tx, id);
  const faults = await closingFaults(tx, id);
  if (faults.length > 0) throw invalid(faults, 'accounting/year-not-closable');
  await sql`select close_year(${year.name}, ${uuidv7()}, ${reason})`.execute(tx.db);
  return await getFiscalYear(tx, id);
}

/**
 * Opens a closed fiscal year again by reversing its closing entry on the same day; its periods stay closed. An open year stays as
 * it is. `reason` goes into the audit log. Throws not-found, or an invalid Problem without a reason or when a later year is closed.
 */
export async function reopenYear(tx: TenantTx, id: number, reason: string): Promise<FiscalYear> {
  requireWholeCompany(tx);
  const years = await listFiscalYears(tx);
  const year = years.find((each) => each.id === id);
  if (!year) throw notFound('fiscal year');
  if (year.status === 'open') return year;
  const faults: Fault[] = [];
  if (reason.trim() === '') {
    const detail = 'say why the year is opened again; the audit log keeps it';
    faults.push({ pointer: '/reason', code: 'accounting/reason-required', detail });
  }
  const later = years.filter((each) => each.starts_on > year.starts_on && each.status === 'closed');
  if (later.length > 0) {
    const names = later.map(({ name }) => name).join(', ');
    const detail = `closed after ${year.name}: fiscal year ${names}; the last one is reopened first`;
    faults.push({ pointer: '', code: 'accounting/later-year-closed', detail });
  }
  if (faults.length > 0) throw invalid(faults, 'accounting/year-not-reopenable');
  await sql`select reopen_year(${year.name}, ${uuidv7()}, ${reason})`.execute(tx.db);
  return await getFiscalYear(tx, id);
}
