// A company that knows a few rates, and entries with lines in other currencies to send to it.
import assert from 'node:assert/strict';
import { setRates, verifyBooks } from '#accounting';
import {
  addMember,
  type Body,
  type Call,
  createCompany,
  fingerprint,
  openTestApi,
  openTestHouse,
  type TestApi,
} from '#test/company';
import { assertBooksHold } from '#test/invariants';
import type { Member } from '#users';
import { faultsOf } from './problem.ts';

export type Line = Record<string, string | null | object>;

export const entryOf = (lines: Line[], more: object = {}) => ({
  entry_date: '2024-01-15',
  memo: 'Abroad',
  lines,
  ...more,
});

/** A line on the bank account, in USD unless it says otherwise. */
export const bank = (line: Line): Line => ({ account: '1020', currency: 'USD', ...line });

/** A credit of sales in the company's currency. */
export const sales = (credit: string): Line => ({ account: '4010', credit });

/** What an answer says of amounts: account, currency, debit, credit, rate, and both in the company's currency. */
export const shown = ({ lines }: Pick<Body, 'lines'>) =>
  lines.map((line) => {
    const { account, debit, credit, currency, rate, base_debit, base_credit } = line as unknown as Line;
    return [account, currency, debit, credit, rate, base_debit, base_credit];
  });

export type ForeignBooks = {
  api: TestApi;
  member: Member;
  owner: Call;
  /** Posts an entry that is expected to be good. */
  posted(lines: Line[], more?: object): Promise<Body>;
  /** The faults of an entry, which has to be refused alone, in bulk and dry alike, with nothing stored. */
  refused(lines: Line[], more?: object): Promise<string[]>;
  /** Proves the books and closes everything. */
  close(): Promise<void>;
};

/** Opens a company in NPR with the Nepali chart and the rates of USD, KRW and KWD. */
export async function openForeignBooks(): Promise<ForeignBooks> {
  const house = await openTestHouse(4);
  const company = await createCompany(house.db, { currency: 'NPR', chart: 'nepal' });
  const api = await openTestApi(house.db);
  const member = await addMember(house.db, company, 'owner');
  const owner = await api.as(member);
  await company.run((tx) =>
    setRates(tx, [
      { currency: 'USD', rate_date: '2024-01-01', rate: '133.25' },
      { currency: 'USD', rate_date: '2024-02-01', rate: '134' },
      { currency: 'KRW', rate_date: '2024-01-01', rate: '10.05', units: 100 },
      { currency: 'KWD', rate_date: '2024-01-01', rate: '433.7777' },
    ]),
  );
  return {
    api,
    member,
    owner,
    posted: async (lines, more) => {
      const { status, body } = await owner('POST', '/journal-entries/', entryOf(lines, more));
      assert.equal(status, 201, JSON.stringify(body));
      return body;
    },
    refused: async (lines, more) => {
      const stored = await fingerprint(house, company);
      const body = entryOf(lines, more);
      const single = faultsOf(await owner('POST', '/journal-entries/', body), 422);
      const bulk = faultsOf(await owner('POST', '/journal-entries/bulk/', { entries: [body] }), 422);
      assert.deepEqual(
        bulk,
        single.map((fault) => `/entries/0${fault}`),
      );
      assert.deepEqual(faultsOf(await owner('POST', '/journal-entries/?dry_run=true', body), 422), single);
      assert.deepEqual(await fingerprint(house, company), stored);
      return single;
    },
    close: async () => {
      const verdicts = await company.run(verifyBooks);
      assert.deepEqual(
        verdicts.filter(({ breaches }) => breaches > 0),
        [],
      );
      await assertBooksHold(house, company);
      await api.close();
      await house.close();
    },
  };
}
