// Does what comes back every month: rent, salaries, taxes, loan, depreciation, and the festival allowance.
import { addDays } from '#lib/dates';
import type { PlannedPeriod } from '../fiscal-years/calendar-years.ts';
import { type Move, share, whole } from './books.ts';
import { festivalsOf } from './festivals.ts';
import { lastOpenDay } from './opening-days.ts';
import type { Profile, Recurring } from './profile.ts';
import type { Company } from './trade.ts';

/** A day of a month counted from 1, or the month's last day where it is shorter. */
function dayOf(period: PlannedPeriod, day: number): string {
  const date = addDays(period.starts_on, day - 1);
  if (date > period.ends_on) return period.ends_on;
  return date;
}

function planPayment({ books, profile, random }: Company, row: Recurring, period: PlannedPeriod): void {
  const date = dayOf(period, row.day);
  if (date < books.date || (row.months && !row.months.includes(period.number))) return;
  const [least, most] = row.amount;
  const amount = whole(random.between(least, most));
  const withheld = share(amount, row.withheld ?? 0n, 10_000n);
  const tax = row.taxed ? share(amount, profile.taxPercent) : 0n;
  const moves: Move[] = [
    [row.account, amount],
    [profile.accounts.inputTax, tax],
    [profile.accounts.withheldTax, -withheld],
    [row.from, withheld - amount - tax],
  ];
  const { cash, pettyCash, bank } = profile.accounts;
  const series = [cash, pettyCash, bank].includes(row.from) ? 'PV' : 'JV';
  const memo = `${row.memo}, ${period.name}`;
  books.later(date, () => books.post(series, () => memo, moves) !== null, row.anyDay);
}

function planPayroll({ books, profile, random }: Company, period: PlannedPeriod): void {
  const { payroll, accounts } = profile;
  const gross = share(whole(payroll.gross), BigInt(random.between(98, 104)));
  const parts = payroll.parts.map(([account, hundredths]): Move => {
    const amount = share(
      hundredths < 0n ? -gross : gross,
      hundredths < 0n ? -hundredths : hundredths,
      10_000n,
    );
    return [account, amount];
  });
  const net = parts.reduce((sum, [, amount]) => sum + amount, 0n);
  const accrue = () => {
    books.post('JV', () => `Salaries, ${period.name}`, [...parts, [accounts.salariesPayable, -net]]);
    const payout: Move[] = [
      [accounts.salariesPayable, net],
      [accounts.bank, -net],
    ];
    const pay = () => books.post('PV', () => `Salaries paid, ${period.name}`, payout) !== null;
    books.later(addDays(books.date, random.between(1, 4)), pay);
    return true;
  };
  books.later(period.ends_on, accrue, true);
}

/** Sets input tax off against output tax as they stood at the month's end, and pays what is left. */
function planTax({ books, profile }: Company, period: PlannedPeriod, month: string): void {
  const { inputTax, outputTax, bank } = profile.accounts;
  const charged = -books.balance(outputTax);
  if (charged <= 0n) return;
  const paidIn = books.balance(inputTax);
  const owesNothing = paidIn >= charged;
  const offset = owesNothing ? charged : paidIn;
  const moves: Move[] = [
    [outputTax, charged],
    [inputTax, -offset],
    [bank, offset - charged],
  ];
  const date = lastOpenDay(profile, dayOf(period, profile.taxDueBy));
  books.later(date, () => books.post('PV', () => `VAT return and payment, ${month}`, moves) !== null);
}

/** Pays over what gathered on an account up to the month's end. */
function planDue(
  { books, profile }: Company,
  due: Profile['dues'][number],
  period: PlannedPeriod,
  month: string,
) {
  const amount = -books.balance(due.account);
  if (amount <= 0n) return;
  const moves: Move[] = [
    [due.account, amount],
    [profile.accounts.bank, -amount],
  ];
  const date = lastOpenDay(profile, dayOf(period, due.by));
  books.later(date, () => books.post('PV', () => `${due.memo}, ${month}`, moves) !== null);
}

function planLoan({ books, profile }: Company, period: PlannedPeriod): void {
  const { account, interest, monthly, yearlyPercent } = profile.loan;
  const date = dayOf(period, 15);
  if (date < books.date) return;
  const payInstalment = () => {
    const charge = share(-books.balance(account), yearlyPercent, 1200n);
    const moves: Move[] = [
      [account, whole(monthly), 'Principal'],
      [interest, charge, 'Interest'],
      [profile.accounts.bank, -whole(monthly) - charge],
    ];
    return books.post('PV', () => `Instalment of the bank loan, ${period.name}`, moves) !== null;
  };
  books.later(date, payInstalment, true);
}

function planDepreciation({ books, profile }: Company, period: PlannedPeriod): void {
  const moves = profile.depreciation.flatMap(({ expense, accumulated, monthly }): Move[] => [
    [expense, whole(monthly)],
    [accumulated, -whole(monthly)],
  ]);
  books.later(
    period.ends_on,
    () => books.post('JV', () => `Depreciation, ${period.name}`, moves) !== null,
    true,
  );
}

function planFestivalAllowance({ books, profile }: Company, period: PlannedPeriod): void {
  const { festivalAllowance: allowance, accounts } = profile;
  const date = addDays(festivalsOf(Number(period.starts_on.slice(0, 4))).dashainFrom, -9);
  if (!allowance || date < period.starts_on || date > period.ends_on || date < books.date) return;
  const amount = whole(allowance.amount);
  const withheld = share(amount, allowance.withheld, 10_000n);
  const moves: Move[] = [
    [allowance.account, amount],
    [accounts.withheldTax, -withheld],
    [accounts.bank, withheld - amount],
  ];
  books.later(date, () => books.post('PV', () => `Dashain allowance, ${period.name}`, moves) !== null);
}

/**
 * Plans a month on its first day, when balances are still those of the month before, named `monthBefore`;
 * or on the opening day, when what fell due earlier in the month counts as done.
 */
export function planMonth(company: Company, period: PlannedPeriod, monthBefore: string): void {
  const { profile } = company;
  planTax(company, period, monthBefore);
  for (const due of profile.dues) planDue(company, due, period, monthBefore);
  for (const row of profile.recurring) planPayment(company, row, period);
  planLoan(company, period);
  planFestivalAllowance(company, period);
  planDepreciation(company, period);
  planPayroll(company, period);
}
