// Gives a company books of several branches, in which all that is not of the branch KTM can be told by its cents and its words.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  createDraft,
  createTemplate,
  createValues,
  type EntryInput,
  reverseEntry,
  setRate,
} from '#accounting';
import { today } from '#lib/dates';
import type { Db } from '#lib/db';
import type { Actor } from '#lib/tenant-tx';
import { createCompany, type TestCompany } from '#test/company';

/** Ids by what they are: entries, drafts and templates of one branch or the other, or with lines of both. */
export type BranchBooks = { company: TestCompany; ids: Record<string, string> };

type Dimensions = Record<string, string>;

/** Cash against sales; the lines carry the memo, too. */
export function saleOf(
  dimensions: Dimensions,
  amount: string,
  memo: string,
  more: Partial<EntryInput> = {},
): EntryInput {
  const line = { memo, dimensions };
  const lines = [
    { account: '1010', debit: amount, ...line },
    { account: '4010', credit: amount, ...line },
  ];
  return { entry_date: '2024-02-10', memo, reference: memo, lines, ...more };
}

/**
 * An entry between branches: what KTM sends is 41.00, all else of it is the other's. Its memo is everybody's; a line's is not.
 */
const between: EntryInput = {
  entry_date: '2024-02-11',
  memo: 'Between branches',
  lines: [
    { account: '1010', credit: '41.00', memo: 'Sent', dimensions: { branch: 'KTM' } },
    { account: '1010', debit: '8181.51', memo: 'SECRET received', dimensions: { branch: 'PKR' } },
    { account: '4010', credit: '8140.51', memo: 'SECRET sale', dimensions: { branch: 'PKR' } },
  ],
};

const own = { branch: 'KTM' };
const other = { branch: 'PKR' };

const euros = (dimensions: Dimensions, amount: string, memo: string): EntryInput => ({
  entry_date: '2024-02-12',
  memo,
  lines: [
    { account: '1010', debit: amount, currency: 'EUR', memo, dimensions },
    { account: '4010', credit: amount, currency: 'EUR', memo, dimensions },
  ],
});

async function postAll(company: TestCompany): Promise<Record<string, string>> {
  const day = today('UTC');
  const project = { project: 'P' };
  const named: Record<string, EntryInput> = {
    own: saleOf({ ...own, ...project }, '100.00', 'Sale in Kathmandu'),
    other: saleOf({ ...other, ...project }, '7313.13', 'SECRET sale in Pokhara'),
    nowhere: saleOf({}, '9494.07', 'SECRET of the head office'),
    project: saleOf(project, '6262.09', 'SECRET of the head office, for a project'),
    between,
    ownEuros: euros(own, '10.00', 'Euros in Kathmandu'),
    otherEuros: euros(other, '3131.37', 'SECRET euros in Pokhara'),
    ownToday: saleOf(own, '200.00', 'Sale of today', { entry_date: day, reverse_on: '2027-12-30' }),
    otherToday: saleOf(other, '7373.23', 'SECRET sale of today', {
      entry_date: day,
      reverse_on: '2027-12-31',
    }),
    reversedOther: saleOf(other, '5151.29', 'SECRET and reversed'),
  };
  const ids = await company.post(...Object.values(named));
  return Object.fromEntries(Object.keys(named).map((name, index) => [name, ids[index] ?? '']));
}

/** Books in USD with the years 2024 to 2027, entries of 2024 and of today, drafts and templates. */
export async function createBranchBooks(db: Db): Promise<BranchBooks> {
  const company = await createCompany(db, { years: 4 });
  await company.run(async (tx) => {
    await createValues(tx, 'branch', [
      { code: 'KTM', name: 'Kathmandu' },
      { code: 'PKR', name: 'SECRET branch' },
      { code: 'BRT', name: 'Biratnagar' },
    ]);
    await createValues(tx, 'project', [{ code: 'P', name: 'A project' }]);
    await setRate(tx, { currency: 'EUR', rate_date: '2024-01-01', rate: '2' });
  });
  const ids = await postAll(company);
  const template = (dimensions: Dimensions, amount: string, name: string) => {
    const { lines, memo } = saleOf(dimensions, amount, name);
    return { name, memo, lines, unit: 'month', starts_on: '2027-12-31' };
  };
  const more = await company.run(async (tx) => {
    await reverseEntry(tx, ids.reversedOther ?? '', {});
    return {
      ownDraft: await createDraft(tx, saleOf(own, '300.00', 'Draft in Kathmandu')),
      otherDraft: await createDraft(tx, saleOf(other, '4242.19', 'SECRET draft in Pokhara')),
      ownTemplate: await createTemplate(tx, template(own, '400.00', 'Rent in Kathmandu')),
      otherTemplate: await createTemplate(tx, template(other, '2121.31', 'SECRET rent in Pokhara')),
    };
  });
  return { company, ids: { ...ids, ...more } };
}

/** Somebody of that role who is limited to these branches. */
export const limitedActor = (userId: string, branches: string[], role = 'accountant'): Actor => ({
  userId,
  email: 'limited@example.com',
  name: 'Limited',
  role,
  branches,
});

/** Limits whoever asks the app to these branches, before it starts. */
export function limitEverybody(app: FastifyInstance, branches: string[]): void {
  const actors = new WeakMap<FastifyRequest, Actor>();
  app.decorateRequest('actor', {
    getter() {
      return actors.get(this as FastifyRequest) as Actor;
    },
    setter(actor: Actor) {
      actors.set(this as FastifyRequest, { ...actor, branches });
    },
  });
}

/**
 * What in a text is not of KTM: every amount there is whole, and none elsewhere, nor any sum with one of those. Moments are left
 * out, and decimals that go on are a version’s.
 */
export function telltales(text: string): string[] {
  const plain = text
    .replaceAll(/\d\d(?::|%3A)\d\d(?::|%3A)\d\d\.\d+/g, '')
    .replaceAll(/(?<=\d),(?=\d{3})/g, '');
  return plain.match(/SECRET[^"<]*|\d+\.(?!00)\d\d(?![\d.])/g) ?? [];
}
