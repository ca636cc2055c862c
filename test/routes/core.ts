// What the makers of examples stand on: a company, its marks, and the names of what stays in it.
import type { Actor } from '#lib/tenant-tx';
import type { TestCompany, TestHouse } from '#test/company';
import type { Member } from '#users';
import type { RoutesApi } from './api.ts';

/**
 * What tells one company from another: a word that is in every name and text of it, the cents of all its amounts, the currency
 * and the day of its rate, and where its ids begin, which is 1 unless told.
 */
export type Marks = { word: string; amount: string; currency: string; rateDate: string; firstId?: number };

/** Codes of what was there from the beginning and stays; the company has no other of each kind that is its own. */
export const namesOf = ({ word, currency, rateDate }: Marks) => ({
  group: `${word}-group`,
  cash: `${word}-cash`,
  income: `${word}-income`,
  dimension: `${word}_shop`,
  value: `${word}-street`,
  series: word.toUpperCase(),
  role: `${word}_cashier`,
  currency,
  rateDate,
});

/** A company and what is known of it from the beginning. */
export type Core = {
  house: TestHouse;
  api: RoutesApi;
  company: TestCompany;
  marks: Marks;
  names: ReturnType<typeof namesOf>;
  /** An owner, who may make whatever is needed. */
  owner: Member;
  ownerActor: Actor;
  /** A word that nothing has been called by yet. */
  fresh(): string;
  /** Notes that this names something of the company, and returns it. */
  known<T>(name: T): T;
  /** Whether a text names something of the company, so that another company has to find nothing by it. */
  isKnown(text: string): boolean;
};
