// Whether reports stay as fast when the books grow a hundredfold.
import { type Benchmark, byTurns, type Figure, median, timed } from '../figure.ts';
import type { BenchCompany, BenchHouse } from '../house.ts';
import { openHttpConnection } from '../http-connection.ts';
import { seedBooks, seeded } from '../seeded-books.ts';

type Books = { small: BenchCompany; large: BenchCompany; lines: number };

let books: Promise<Books> | undefined;

/** Both books, made once for all figures of this file. */
async function madeBooks(house: BenchHouse): Promise<Books> {
  const lines = house.small ? 100_000 : 1_000_000;
  const small = await seedBooks(house, 10_000);
  return { small, large: await seedBooks(house, lines), lines };
}

function booksOf(house: BenchHouse): Promise<Books> {
  books ??= madeBooks(house);
  return books;
}

/** The median time of a page or an answer, one after the other on one connection, in milliseconds. */
async function latency(house: BenchHouse, path: string, header: string, times: number): Promise<number> {
  const connection = await openHttpConnection(await house.port());
  const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`;
  const measured: number[] = [];
  for (let n = 0; n < times + 3; n += 1) {
    let status = 0;
    const spent = await timed(async () => {
      status = await connection.send(request);
    });
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    if (n >= 3) measured.push(spent);
  }
  connection.close();
  return median(measured);
}

const bearerOf = async (house: BenchHouse, company: BenchCompany) =>
  `Authorization: Bearer ${await house.accessOf(company)}`;

async function trialBalanceOn(house: BenchHouse, company: BenchCompany, day: string): Promise<number> {
  const path = `/api/v1/reports/trial-balance/?as_of=${day}`;
  return await latency(house, path, await bearerOf(house, company), 50);
}

/** `trial-balance` against the sums of all lines, and against itself on books a hundred times smaller. */
export const trialBalance: Benchmark = async (house) => {
  const { small, large, lines } = await booksOf(house);
  const sums = `select account_id, sum(debit), sum(credit) from "${large.tenant.schema}".journal_lines group by account_id`;
  const aggregate = () => timed(() => house.superuser.query(sums));
  await aggregate();
  const figures: Figure[] = [];
  const [baseline, value] = await byTurns(5, aggregate, () => trialBalanceOn(house, large, seeded.to));
  const note = `${lines.toLocaleString('en-US')} lines over HTTP; baseline: SELECT … GROUP BY over the lines`;
  figures.push({
    name: 'trial-balance',
    value,
    unit: 'ms',
    baseline,
    ratio: baseline / value,
    goal: '≥ 50',
    note,
  });
  for (const [name, day] of [
    ['trial-balance-growth', seeded.to],
    ['trial-balance-mid-period', seeded.middle],
  ] as const) {
    const [less, more] = await byTurns(
      3,
      () => trialBalanceOn(house, small, day),
      () => trialBalanceOn(house, large, day),
    );
    const growth = `as of ${day}, ${lines.toLocaleString('en-US')} lines; baseline: the same at 10,000`;
    figures.push({
      name,
      value: more,
      unit: 'ms',
      baseline: less,
      ratio: more / less,
      goal: '≤ 1.5',
      note: growth,
    });
  }
  return figures;
};

const PAGE = 100;

/** The time of a page of 100 lines in the middle of an account's ledger. */
async function middlePage(house: BenchHouse, company: BenchCompany): Promise<number> {
  const { rows } = await house.superuser.query<{ n: string }>(
    `select sum(d.lines) as n from "${company.tenant.schema}".account_days d
     join "${company.tenant.schema}".accounts a on a.id = d.account_id where a.code = '${seeded.hot}'`,
  );
  const page = Math.ceil(Number(rows[0]?.n) / PAGE / 2);
  const query = `account=${seeded.hot}&from=${seeded.from}&to=${seeded.to}&page=${page}&page_size=${PAGE}`;
  const path = `/api/v1/reports/general-ledger/?${query}`;
  return await latency(house, path, await bearerOf(house, company), 50);
}

/** `ledger-page`: that page in large books against small ones. */
export const ledgerPage: Benchmark = async (house) => {
  const { small, large, lines } = await booksOf(house);
  const [baseline, value] = await byTurns(
    3,
    () => middlePage(house, small),
    () => middlePage(house, large),
  );
  const note = `the middle page of account ${seeded.hot}, ${lines.toLocaleString('en-US')} lines in the books; baseline: the same at 10,000`;
  return [{ name: 'ledger-page', value, unit: 'ms', baseline, ratio: value / baseline, goal: '≤ 1.5', note }];
};

/** `rls-cost`: that page behind the policies of its tables against the same without them. */
export const rlsCost: Benchmark = async (house) => {
  const { large, lines } = await booksOf(house);
  const { schema } = large.tenant;
  const { rows } = await house.superuser.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = $1::regnamespace and relrowsecurity`,
    [`"${schema}"`],
  );
  const turn = async (how: 'enable' | 'disable') => {
    for (const { name } of rows)
      await house.superuser.query(`alter table "${schema}"."${name}" ${how} row level security`);
    return await middlePage(house, large);
  };
  const [baseline, value] = await byTurns(
    5,
    () => turn('disable'),
    () => turn('enable'),
  );
  const note = `the middle page of account ${seeded.hot}, ${lines.toLocaleString('en-US')} lines; baseline: without row-level security`;
  return [{ name: 'rls-cost', value, unit: 'ms', baseline, ratio: value / baseline, goal: '≤ 1.2', note }];
};
