// A company out of whose books the examples of routes are made; everything in it can be told from another company's.
import { randomBytes } from 'node:crypto';
import { createAccount, createDimension, createSeries, createValues, setRate } from '#accounting';
import { type Actor, systemActor } from '#lib/tenant-tx';
import { addMember, createCompany, type TestApi, type TestCompany, type TestHouse } from '#test/company';
import type { Member } from '#users';
import { type Makers, makersOf } from './makers.ts';

/**
 * What tells one company from another: a word that is in every name and text of it, the cents of all its amounts, the currency
 * and the day of its rate, and where its ids begin, which is 1 unless told.
 */
export type Marks = { word: string; amount: string; currency: string; rateDate: string; firstId?: number };

/** The company that others try to reach: all of its words have `zanskar` in them, and its amounts odd cents. */
export const secretMarks: Marks = {
  word: 'zanskar',
  amount: '7313.13',
  currency: 'EUR',
  rateDate: '2026-01-05',
  firstId: 5001,
};
export const plainMarks: Marks = {
  word: 'plain',
  amount: '100.00',
  currency: 'GBP',
  rateDate: '2026-01-06',
};

/** Codes of what was there from the beginning and stays; the company has no other of each kind that is its own. */
const namesOf = ({ word, currency, rateDate }: Marks) => ({
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

type Core = {
  house: TestHouse;
  api: TestApi;
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

export type Books = Core & Makers;

const facts = ({ word }: Marks) => ({ name: `The ${word} one` });

async function fill({ company, names, marks, owner, api }: Core): Promise<void> {
  const { group, cash, income, dimension, value, series, role, currency, rateDate } = names;
  const named = facts(marks);
  await company.run(async (tx) => {
    await createAccount(tx, { code: group, ...named, type: 'asset', parent: '1000', group: true });
    await createAccount(tx, { code: cash, ...named, type: 'asset', parent: group });
    await createAccount(tx, { code: income, ...named, type: 'income', parent: '4000' });
    await createDimension(tx, { code: dimension, ...named });
    await createValues(tx, dimension, [{ code: value, ...named }]);
    await createSeries(tx, { code: series, ...named });
    await setRate(tx, { currency, rate_date: rateDate, rate: '2', source: named.name });
  });
  const call = await api.as(owner);
  const made = await call('POST', '/roles/', { key: role, title: named.name, permissions: [] });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
}

/** Opens a company with the years 2024 to 2027. Keep what is called by `names` in use, and the year 2024 free for closing. */
export async function openBooksOf(house: TestHouse, api: TestApi, marks: Marks): Promise<Books> {
  const slug = `${marks.word}-${randomBytes(4).toString('hex')}`;
  const company = await createCompany(house.db, {
    slug,
    years: 4,
    ...(marks.firstId === undefined ? {} : { firstId: marks.firstId }),
  });
  const names = namesOf(marks);
  const owner = await addMember(house.db, company, 'owner');
  const known = new Set<string>([...Object.values(names), slug, owner.userId, owner.email]);
  let count = 0;
  const core: Core = {
    house,
    api,
    company,
    marks,
    names,
    owner,
    ownerActor: { ...systemActor, userId: owner.userId, email: owner.email, name: owner.name, role: 'owner' },
    fresh: () => {
      count += 1;
      return `${marks.word}${count}`;
    },
    known: (name) => {
      known.add(String(name));
      return name;
    },
    isKnown: (text) => known.has(text),
  };
  await fill(core);
  const books = { ...core, ...makersOf(core) };
  await books.entry();
  await books.entry({ entry_date: '2024-03-01' });
  await books.draft();
  await books.template();
  return books;
}

export type { Core };
