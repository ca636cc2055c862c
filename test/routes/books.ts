// A company out of whose books the examples of routes are made; everything in it can be told from another company's.
import { randomBytes } from 'node:crypto';
import { createAccount, createDimension, createSeries, createValues, setRate } from '#accounting';
import { systemActor } from '#lib/tenant-tx';
import { addMember, createCompany, type TestHouse } from '#test/company';
import type { RoutesApi } from './api.ts';
import { type Core, type Marks, namesOf } from './core.ts';
import { type Makers, makersOf } from './makers.ts';

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
export async function openBooksOf(house: TestHouse, api: RoutesApi, marks: Marks): Promise<Books> {
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
