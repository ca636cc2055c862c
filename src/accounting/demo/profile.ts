// Says what a simulated company is made of, so that a company is a table and the simulation is written once.
import type { Calendar } from '#lib/tenant-tx';

/** What the company trades in. Money is in whole units of its currency, before tax; `lot` is a usual quantity. */
export type Good = { name: string; cost: number; price: number; lot: number; supplier: number };

/**
 * A payment that comes back every month, or only in the fiscal `months` (1 to 12) named. `amount` is a range in
 * whole units before tax; of it `withheld` hundredths of a percent are kept back for the tax office; `taxed` adds input tax;
 * `anyDay` is for what others book, such as the bank, on holidays too.
 */
export type Recurring = {
  day: number;
  months?: readonly number[];
  memo: string;
  account: string;
  from: string;
  amount: readonly [number, number];
  withheld?: bigint;
  taxed?: true;
  anyDay?: true;
};

export type Profile = {
  calendar: Calendar;
  /** How busy Monday to Sunday are; 0 is closed. */
  weekdays: readonly number[];
  /** Whether Dashain and Tihar close the shop. */
  festivals: boolean;
  taxPercent: bigint;
  accounts: Record<
    | 'cash'
    | 'pettyCash'
    | 'bank'
    | 'receivable'
    | 'payable'
    | 'inventory'
    | 'inputTax'
    | 'outputTax'
    | 'withheldTax'
    | 'sales'
    | 'costOfSales'
    | 'freight'
    | 'salariesPayable'
    | 'retainedEarnings',
    string
  >;
  goods: readonly Good[];
  customers: number;
  creditSalesPerDay: number;
  counterSalesPerDay: number;
  /** How busy the twelve months of the fiscal year are, 1 being usual. */
  seasons: readonly number[];
  /** Above this, cash is taken to the bank. */
  cashLimit: number;
  /** Below this, the bank balance is kept for salaries and taxes, and suppliers wait. */
  bankReserve: number;
  recurring: readonly Recurring[];
  /** Monthly salaries: the gross, and what of it goes where in hundredths of a percent; the rest is paid out. */
  payroll: { gross: number; parts: readonly (readonly [account: string, hundredths: bigint])[] };
  /** What is paid over monthly by a day of the next month, with what has gathered on its account. */
  dues: readonly { account: string; by: number; memo: string }[];
  taxDueBy: number;
  depreciation: readonly { expense: string; accumulated: string; monthly: number }[];
  loan: { account: string; interest: string; monthly: number; yearlyPercent: bigint };
  /** One month's basic salary before Dashain; `withheld` in hundredths of a percent. */
  festivalAllowance?: { account: string; amount: number; withheld: bigint };
  /** Opening balances in whole units, debit positive. Receivables, payables, stock and equity follow by themselves. */
  opening: readonly (readonly [account: string, amount: number])[];
  openReceivables: { count: number; amount: readonly [number, number] };
  openPayables: { count: number; amount: readonly [number, number] };
};
