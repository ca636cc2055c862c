// How fast single entries are posted over HTTP, beside the same function called from pgbench.

import { verifyBooks } from '#accounting';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { type Benchmark, byTurns, median, quantile } from '../figure.ts';
import type { BenchCompany, BenchHouse } from '../house.ts';
import { httpLoad } from '../http-load.ts';
import { hasPgbench, sqlLoad } from '../sql-load.ts';

const CONNECTIONS = 64;

const timesOf = ({ small }: BenchHouse) =>
  small ? { rounds: 1, warmUp: 2, seconds: 4 } : { rounds: 3, warmUp: 3, seconds: 6 };

type Load = { connections?: number; rate?: number; warmUp?: number; seconds?: number };

/** Posts over HTTP into those companies. */
async function overHttp(house: BenchHouse, companies: BenchCompany[], load: Load = {}) {
  const { warmUp, seconds } = timesOf(house);
  const tokens = await Promise.all(companies.map(house.accessOf));
  const job = { port: await house.port(), request: { kind: 'post' as const }, tokens };
  return await httpLoad({ ...job, connections: CONNECTIONS, warmUp, seconds, ...load });
}

function inSql(
  house: BenchHouse,
  companies: BenchCompany[],
  clients: number,
  within?: number,
): Promise<number> {
  const tenants = companies.map(({ tenant }) => tenant);
  const { warmUp, seconds } = timesOf(house);
  return sqlLoad({ url: house.url, tenants, clients, warmUp, seconds, ...(within && { within }) });
}

/** A figure of books that do not hold is worth nothing. */
export async function requireSoundBooks({ db }: BenchHouse, { tenant }: BenchCompany): Promise<void> {
  const verdicts = await inTenant(db, tenant, systemActor, verifyBooks, { snapshot: true });
  const broken = verdicts.filter(({ breaches }) => breaches > 0).map(({ claim }) => claim);
  if (broken.length > 0) throw new Error(`${tenant.slug} does not hold: ${broken.join(', ')}`);
}

const baselineName = async () =>
  (await hasPgbench()) ? 'pgbench' : 'clients of our own, as pgbench is missing';

/** `post-spread`: 100 companies, 64 connections, against 16 clients. */
export const postSpread: Benchmark = async (house) => {
  const companies = await house.companies(100);
  // Each client plans each company's function once: 16 clients and 100 companies take minutes over it, in each round anew, while
  // the server keeps its few connections. Soon after, autovacuum analyzes the tables of all companies, and each change that it tells
  // of makes each client look through its many thousand plans, so that none posts for most of a minute. What counts is their best time.
  const times = house.small ? { within: 12, warmUp: 6 } : { within: 180, warmUp: 30 };
  const [baseline, value] = await byTurns(
    house.small ? 1 : 2,
    () => inSql(house, companies, 16, times.within),
    async () => (await overHttp(house, companies, { warmUp: times.warmUp })).perSecond,
  );
  await requireSoundBooks(house, companies[0] as BenchCompany);
  const note = `100 companies, ${CONNECTIONS} connections; baseline: ${await baselineName()}, 16 clients, their best ${timesOf(house).seconds} s of ${times.within}`;
  return [
    { name: 'post-spread', value, unit: 'entries/s', baseline, ratio: value / baseline, goal: '≥ 0.7', note },
  ];
};

/** The clients with which the baseline does best on one company. */
async function bestClients(house: BenchHouse, company: BenchCompany): Promise<number> {
  let best = { clients: 1, rate: 0 };
  for (const clients of [1, 8, 16, 64]) {
    const rate = await inSql(house, [company], clients);
    house.log(`  pgbench, one company, ${clients} clients: ${rate.toFixed(0)}/s`);
    if (rate > best.rate) best = { clients, rate };
  }
  return best.clients;
}

/** `post-hot`: one company, 64 connections, against the best of 1, 8, 16 and 64 clients. */
export const postHot: Benchmark = async (house) => {
  const [company] = (await house.companies(1)) as [BenchCompany];
  const clients = await bestClients(house, company);
  const [baseline, value] = await byTurns(
    timesOf(house).rounds,
    () => inSql(house, [company], clients),
    async () => (await overHttp(house, [company])).perSecond,
  );
  await requireSoundBooks(house, company);
  const note = `one company, ${CONNECTIONS} connections; baseline: ${await baselineName()}, ${clients} clients, the best`;
  return [
    { name: 'post-hot', value, unit: 'entries/s', baseline, ratio: value / baseline, goal: '≥ 3', note },
  ];
};

/** `post-p99`: at 70 % of the peak, with open-loop arrivals, against one client that posts one after the other. */
export const postP99: Benchmark = async (house) => {
  const { rounds, warmUp, seconds } = timesOf(house);
  const companies = await house.companies(1);
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round += 1) peaks.push((await overHttp(house, companies)).perSecond);
  const rate = 0.7 * median(peaks);
  const p99 = async (load: Load) => quantile((await overHttp(house, companies, load)).latencies, 0.99);
  const [baseline, value] = await byTurns(
    rounds,
    () => p99({ connections: 1, warmUp: 1, seconds }),
    () => p99({ connections: 256, rate, warmUp, seconds }),
  );
  const note = `${rate.toFixed(0)} entries/s arriving at random; baseline: p99 of one after the other`;
  return [{ name: 'post-p99', value, unit: 'ms', baseline, ratio: value / baseline, goal: '≤ 8', note }];
};
