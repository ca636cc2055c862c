// Walks through what the books are kept by: accounts, dimensions, series, rates, years and periods.
import { addDays } from '#lib/dates';
import type { Walk } from './walker.ts';

/** The chart of accounts. */
export async function accounts({ send, change }: Walk): Promise<void> {
  await send('GET', '/accounts/');
  await send('POST', '/accounts/', { code: '1099', name: 'Petty cash', type: 'asset', parent: '1000' });
  await send('GET', '/accounts/1099/');
  await change('PATCH', '/accounts/1099/', { name: 'Till' });
  await send('DELETE', '/accounts/1099/');
}

/** Dimensions and their values. */
export async function dimensions({ send, change }: Walk): Promise<void> {
  await send('GET', '/dimensions/');
  await send('POST', '/dimensions/', { code: 'vehicle', name: 'Vehicle' });
  await send('GET', '/dimensions/vehicle/');
  await change('PATCH', '/dimensions/vehicle/', { name: 'Vehicles' });
  const values = '/dimensions/vehicle/values/';
  await send('POST', values, { code: 'BUS', name: 'The bus' });
  await send('POST', `${values}bulk/`, { values: [{ code: 'CAR', name: 'The car' }] });
  await send('GET', values);
  await send('GET', `${values}BUS/`);
  await change('PATCH', `${values}BUS/`, { active: false });
  await send('DELETE', `${values}BUS/`);
  await send('DELETE', '/dimensions/vehicle/');
}

/** Number series. */
export async function numberSeries({ send, change }: Walk): Promise<void> {
  await send('GET', '/number-series/');
  await send('POST', '/number-series/', { code: 'SI', name: 'Sales invoices' });
  await send('GET', '/number-series/SI/');
  await change('PATCH', '/number-series/SI/', { name: 'Invoices' });
  await send('GET', '/number-series/SI/preview/?date=2024-05-01');
}

/** Exchange rates and revaluation at them. */
export async function exchangeRates({ send, change }: Walk): Promise<void> {
  await send('POST', '/exchange-rates/', { currency: 'EUR', rate_date: '2024-01-01', rate: '1.25' });
  await send('POST', '/exchange-rates/bulk/', {
    rates: [{ currency: 'EUR', rate_date: '2024-01-31', rate: '1.5', source: 'Bank' }],
  });
  await send('GET', '/exchange-rates/');
  await send('PUT', '/exchange-rates/EUR/2024-02-01/', { rate: '1.4' });
  await change('PUT', '/exchange-rates/EUR/2024-02-01/', { rate: '1.45' });
  await send('GET', '/exchange-rates/EUR/2024-02-01/');
  await send('DELETE', '/exchange-rates/EUR/2024-02-01/');
  await send('POST', '/journal-entries/', {
    entry_date: '2024-01-10',
    memo: 'Export',
    lines: [
      { account: '1110', currency: 'EUR', debit: '1000.00', rate: '1.25' },
      { account: '4010', credit: '1250.00' },
    ],
  });
  await send('GET', '/reports/currency-balances/?as_of=2024-01-31');
  await send('POST', '/revaluations/?dry_run=true', { on: '2024-01-31' });
  await send('POST', '/revaluations/', { on: '2024-01-31' });
}

/** Fiscal years and periods; the first year is closed and opened again, its first period closed and excepted. */
export async function fiscalYears({ send, change, owner }: Walk): Promise<void> {
  const years = await send('GET', '/fiscal-years/');
  const year = `/fiscal-years/${years.results[0]?.id}/`;
  await send('POST', '/fiscal-years/', { starts_on: '2026-01-01' });
  await send('GET', year);
  await send('POST', `${year}closing/?dry_run=true`, {});
  await send('POST', `${year}closing/`, {});
  await send('POST', `${year}reopening/`, { reason: 'Something was forgotten' });
  const periods = await send('GET', '/periods/?fiscal_year=2025');
  const period = `/periods/${periods.results[0]?.id}/`;
  await send('GET', period);
  await send('POST', '/periods/closing/', { through: '2025-01-31' });
  await change('PATCH', period, { status: 'locked' });
  const until = `${addDays(new Date().toISOString().slice(0, 10), 2)}T00:00:00Z`;
  const exception = await send('POST', `${period}exceptions/`, {
    user: owner.email,
    expires_at: until,
    reason: 'The bank statement came late',
  });
  await send('GET', `${period}exceptions/`);
  await send('DELETE', `${period}exceptions/${exception.id}/`);
}
