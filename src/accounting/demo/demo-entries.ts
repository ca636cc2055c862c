// Invents the journal of a demo company: 18 months of believable business, the same for the same seed and day.
import { addDays, addMonths } from '#lib/dates';
import { calendarYears, customaryFirstDay, type PlannedPeriod } from '../fiscal-years/calendar-years.ts';
import type { EntryInput } from '../journal/entry.ts';
import { acmeProfile } from './acme.ts';
import { Books, type Move, whole } from './books.ts';
import { demoProfile } from './demo.ts';
import { planMonth } from './months.ts';
import { busyness } from './opening-days.ts';
import type { Profile } from './profile.ts';
import { randomFrom } from './random.ts';
import {
  type Company,
  collectLater,
  customerName,
  depositCash,
  initialStock,
  payingDays,
  paySupplierLater,
  restock,
  sellOnCredit,
  sellOverCounter,
  supplierName,
} from './trade.ts';

const PROFILES = { acme: acmeProfile, demo: demoProfile };
const MONTHS = 18;

/** The first day with entries: 18 months before today. The company's fiscal years have to cover it. */
export const demoFirstDay = (today: string): string => addMonths(today, -MONTHS);

/** Everything that the company owns and owes on the first day; open items are settled in the weeks after. */
function postOpeningBalances(company: Company): void {
  const { books, profile, random, stock } = company;
  const { accounts, openReceivables, openPayables } = profile;
  const moves = profile.opening.map(([account, amount]): Move => [account, whole(amount)]);
  moves.push([accounts.inventory, stock.reduce((sum, item) => sum + item.value, 0n)]);
  for (let count = 0; count < openReceivables.count; count++) {
    const customer = random.between(1, profile.customers);
    const amount = whole(random.between(...openReceivables.amount));
    moves.push([accounts.receivable, amount, customerName(customer)]);
    collectLater(company, customer, 'opening balance', amount, payingDays(customer, random));
  }
  for (let count = 0; count < openPayables.count; count++) {
    const supplier = random.pick(profile.goods).supplier;
    const amount = whole(random.between(...openPayables.amount));
    moves.push([accounts.payable, -amount, supplierName(supplier)]);
    paySupplierLater(company, supplier, 'opening balance', amount, random.between(5, 35));
  }
  const equity = moves.reduce((sum, [, amount]) => sum + amount, 0n);
  books.post('JV', () => 'Opening balances', [...moves, [accounts.retainedEarnings, -equity]]);
}

/** A whole number of sales around what is expected. */
const countOf = ({ random }: Company, expected: number) =>
  Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0);

function tradeFor(company: Company, activity: number): void {
  const { profile } = company;
  for (const supplier of new Set(profile.goods.map((good) => good.supplier))) restock(company, supplier);
  for (let left = countOf(company, profile.creditSalesPerDay * activity); left > 0; left--)
    sellOnCredit(company);
  for (let left = countOf(company, profile.counterSalesPerDay * activity); left > 0; left--)
    sellOverCounter(company);
  depositCash(company);
}

function periodsOf(profile: Profile, from: string): { label: string; period: PlannedPeriod }[] {
  const years = calendarYears(profile.calendar, customaryFirstDay(profile.calendar, from), 3);
  return years.flatMap((year) => year.periods.map((period) => ({ label: year.name.slice(0, 4), period })));
}

/**
 * The journal of a demo company, ordered by date, from opening balances 18 months before `today` up to it:
 * 'acme', a trader in building materials in NPR on the Nepali chart and calendar, some 2,000 entries; 'demo', a
 * small office supplier in USD on the general chart, some 350. Money and stock never fall below zero. Throws when
 * the months lie outside of the Bikram Sambat table (for acme).
 */
export function demoEntries(options: {
  seed: number;
  today: string;
  profile: keyof typeof PROFILES;
}): EntryInput[] {
  const profile = PROFILES[options.profile];
  const random = randomFrom(options.seed);
  const { cash, pettyCash, bank } = profile.accounts;
  const books = new Books([cash, pettyCash, bank]);
  const company: Company = { profile, books, random, stock: initialStock(profile, random) };
  const from = demoFirstDay(options.today);
  let monthBefore = 'brought forward';
  for (const { label, period } of periodsOf(profile, from)) {
    if (period.ends_on < from || period.starts_on > options.today) continue;
    books.yearLabel = label;
    books.date = period.starts_on;
    if (books.date < from) books.date = from;
    if (books.entries.length === 0) postOpeningBalances(company);
    planMonth(company, period, monthBefore);
    for (; books.date <= period.ends_on && books.date <= options.today; books.date = addDays(books.date, 1)) {
      const busy = busyness(profile, books.date);
      books.runDue(busy > 0);
      if (busy > 0) tradeFor(company, busy * (profile.seasons[period.number - 1] ?? 1));
    }
    monthBefore = period.name;
  }
  return books.entries;
}
