// Buys and sells: invoices, receipts, deliveries and payments to suppliers.
import { addDays } from '#lib/dates';
import { type Books, type Move, share, whole } from './books.ts';
import type { Good, Profile } from './profile.ts';
import type { Random } from './random.ts';

/** Goods on hand at moving average cost; `value` in hundredths of the currency. */
type Stock = { good: Good; quantity: number; value: bigint };

/** A simulated company at work. */
export type Company = { profile: Profile; books: Books; random: Random; stock: Stock[] };

export const customerName = (number: number): string => `Customer ${String(number).padStart(3, '0')}`;
export const supplierName = (number: number): string => `Supplier ${String(number).padStart(2, '0')}`;

/** Lots of stock that make a buyer order, and lots up to which an order fills. */
const ORDER_BELOW = 7;
const ORDER_UP_TO = 17;

/** Fills the shelves before the first day. */
export function initialStock(profile: Profile, random: Random): Stock[] {
  return profile.goods.map((good) => {
    const quantity = good.lot * random.between(8, 15);
    return { good, quantity, value: whole(good.cost) * BigInt(quantity) };
  });
}

type Basket = { net: bigint; cost: bigint; text: string };

/** Takes some goods off the shelves at about their list price; null when what was asked for is not there. */
function fillBasket({ stock, random }: Company, kinds: number, lots: number): Basket | null {
  const basket: Basket = { net: 0n, cost: 0n, text: '' };
  for (let kind = 0; kind < kinds; kind++) {
    const item = random.pick(stock);
    const wanted = Math.ceil((item.good.lot * lots * random.between(40, 160)) / 100);
    const quantity = Math.min(wanted, item.quantity);
    if (quantity === 0 || basket.text.includes(item.good.name)) continue;
    const cost = share(item.value, BigInt(quantity), BigInt(item.quantity));
    item.quantity -= quantity;
    item.value -= cost;
    basket.cost += cost;
    basket.net += share(whole(item.good.price) * BigInt(quantity), BigInt(random.between(96, 102)));
    basket.text += `${basket.text && ', '}${quantity} × ${item.good.name}`;
  }
  return basket.net > 0n ? basket : null;
}

/** The lines of a sale but for who owes or pays its total: revenue, tax on the sum, and the goods' cost. */
function saleOf({ profile }: Company, { net, cost, text }: Basket): { total: bigint; moves: Move[] } {
  const { accounts, taxPercent } = profile;
  const tax = share(net, taxPercent);
  const moves: Move[] = [
    [accounts.sales, -net, text],
    [accounts.outputTax, -tax],
    [accounts.costOfSales, cost],
    [accounts.inventory, -cost],
  ];
  return { total: net + tax, moves };
}

/** Lets a customer pay an invoice after `days`; small sums often come in cash, large ones in two instalments. */
export function collectLater(
  company: Company,
  customer: number,
  invoice: string,
  total: bigint,
  days: number,
): void {
  const { books, profile, random } = company;
  const { accounts } = profile;
  const first = random.chance(0.08) ? share(total, BigInt(random.between(40, 60))) : total;
  const into = random.chance(0.12) ? accounts.cash : accounts.bank;
  books.later(addDays(books.date, days), () => {
    const memo = `Receipt from ${customerName(customer)} for ${invoice}${first < total ? ', part' : ''}`;
    const moves: Move[] = [
      [into, first],
      [accounts.receivable, -first, customerName(customer)],
    ];
    books.post('RV', () => memo, moves);
    if (first < total) collectLater(company, customer, invoice, total - first, random.between(12, 30));
    return true;
  });
}

/** How long a customer takes: some pay in two weeks, some in two months, each around their own habit. */
export const payingDays = (customer: number, random: Random): number =>
  ([14, 25, 32, 45, 60][customer % 5] ?? 30) + random.between(-4, 12);

/** Invoices goods to a customer, who pays later. */
export function sellOnCredit(company: Company): void {
  const { books, profile, random } = company;
  const basket = fillBasket(company, random.between(1, 4), 1);
  if (!basket) return;
  const customer = random.between(1, profile.customers);
  const { total, moves } = saleOf(company, basket);
  const owed: Move = [profile.accounts.receivable, total, customerName(customer)];
  const invoice = books.post('SI', (number) => `Sales invoice ${number} to ${customerName(customer)}`, [
    owed,
    ...moves,
  ]);
  if (invoice) collectLater(company, customer, invoice, total, payingDays(customer, random));
}

/** Books a day's sales over the counter, mostly in cash. */
export function sellOverCounter(company: Company): void {
  const { books, profile, random } = company;
  const basket = fillBasket(company, random.between(2, 4), 0.5);
  if (!basket) return;
  const { total, moves } = saleOf(company, basket);
  const into = random.chance(0.75) ? profile.accounts.cash : profile.accounts.bank;
  books.post('CS', (number) => `Counter sales ${number}`, [[into, total], ...moves]);
}

/** Lets the company pay a supplier after `days`, once the bank balance leaves enough for salaries and taxes. */
export function paySupplierLater(
  company: Company,
  supplier: number,
  bill: string,
  total: bigint,
  days: number,
): void {
  const { books, profile } = company;
  const { accounts, bankReserve } = profile;
  const moves: Move[] = [
    [accounts.payable, total, supplierName(supplier)],
    [accounts.bank, -total],
  ];
  const memo = `Payment to ${supplierName(supplier)} for ${bill}`;
  books.later(
    addDays(books.date, days),
    () => books.post('PV', () => memo, moves, whole(bankReserve)) !== null,
  );
}

/** Orders what runs low from its supplier, who delivers the same day with an invoice; carriage is paid in cash. */
export function restock(company: Company, supplier: number): void {
  const { books, profile, random, stock } = company;
  const { accounts } = profile;
  const mine = stock.filter((item) => item.good.supplier === supplier);
  if (!mine.some((item) => item.quantity < item.good.lot * ORDER_BELOW)) return;
  let net = 0n;
  for (const item of mine) {
    const quantity = Math.max(0, item.good.lot * ORDER_UP_TO - item.quantity);
    const value = share(whole(item.good.cost) * BigInt(quantity), BigInt(random.between(98, 102)));
    item.quantity += quantity;
    item.value += value;
    net += value;
  }
  const tax = share(net, profile.taxPercent);
  const bill = `bill ${random.between(1000, 9999)}`;
  books.post('PI', () => `Goods from ${supplierName(supplier)}, ${bill}`, [
    [accounts.inventory, net],
    [accounts.inputTax, tax],
    [accounts.payable, -net - tax, supplierName(supplier)],
  ]);
  paySupplierLater(company, supplier, bill, net + tax, random.between(18, 40));
  const carriage = (share(net, BigInt(random.between(4, 12)), 1000n) / 100n) * 100n;
  books.post('PV', () => `Carriage and unloading, ${bill}`, [
    [accounts.freight, carriage],
    [accounts.cash, -carriage],
  ]);
}

/** Takes cash above the limit to the bank, in whole thousands and leaving a third for change. */
export function depositCash({ books, profile }: Company): void {
  const { cash, bank } = profile.accounts;
  const held = books.balance(cash);
  if (held < whole(profile.cashLimit)) return;
  const thousand = whole(1000);
  const amount = ((held - whole(profile.cashLimit) / 3n) / thousand) * thousand;
  books.post('CV', () => 'Cash taken to the bank', [
    [bank, amount],
    [cash, -amount],
  ]);
}
