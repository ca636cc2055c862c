// How many SQL statements a batch takes, whatever its size.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PostingQueue } from '#accounting';
import { fingerprintOf } from '#lib/idempotency';
import type { Benchmark } from '../figure.ts';
import type { BenchCompany, BenchHouse } from '../house.ts';
import { loadDay } from '../requests.ts';

function entryOf(lines: number) {
  const pairs = Array.from({ length: lines / 2 }, () => [
    { account: '1010', debit: '1.00' },
    { account: '4010', credit: '1.00' },
  ]);
  return { entry_date: loadDay, memo: 'Round trips', lines: pairs.flat() };
}

/** Counts what goes to the server while `work` runs. */
async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const prototype = pg.Client.prototype as { query: (...words: unknown[]) => unknown };
  const { query } = prototype;
  let count = 0;
  prototype.query = function (this: pg.Client, ...words: unknown[]) {
    count += 1;
    return query.apply(this, words);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  return count;
}

/** Posts `size` entries as one batch: the first goes alone at once, and what comes meanwhile follows as one set. */
async function statementsOf(house: BenchHouse, company: BenchCompany, size: number, lines: number) {
  const queue = new PostingQueue(house.db);
  const { tenant, member } = company;
  const actor = { userId: member.userId, email: member.email, name: member.name, role: member.role };
  const post = () => {
    const key = randomUUID();
    const claim = { actorId: member.userId, key, fingerprint: fingerprintOf('POST', '/', key) };
    return queue.post({ tenant, actor, entry: entryOf(lines), claim });
  };
  const alone = await countStatements(post);
  const together = await countStatements(() => Promise.all(Array.from({ length: size + 1 }, post)));
  return together - alone;
}

/** `round-trips`: the most of any batch, against that of one entry of two lines. */
export const roundTrips: Benchmark = async (house) => {
  const [company] = (await house.companies(1)) as [BenchCompany];
  const counts = new Map<string, number>();
  for (const size of [1, 64])
    for (const lines of [2, 50])
      counts.set(`${size}×${lines}`, await statementsOf(house, company, size, lines));
  const value = Math.max(...counts.values());
  const baseline = counts.get('1×2') ?? Number.NaN;
  const note = `entries × lines: ${[...counts].map(([batch, count]) => `${batch} ${count}`).join(', ')}`;
  return [
    { name: 'round-trips', value, unit: 'statements', baseline, ratio: value / baseline, goal: '= 1', note },
  ];
};
