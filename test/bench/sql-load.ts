// The baseline of posting: the same function, once a transaction, from clients that do nothing else.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Tenant } from '#lib/tenant-tx';
import { loadDay } from './requests.ts';

const run = promisify(execFile);

/**
 * `warmUp` and `seconds` as in the load over HTTP. With `within`, what counts are the best of so many seconds in a row within that
 * time after the warm-up, for clients of which nobody knows beforehand when they are warm.
 */
export type SqlLoad = {
  url: string;
  tenants: Tenant[];
  clients: number;
  warmUp: number;
  seconds: number;
  within?: number;
};

/** One entry of two lines with an Idempotency-Key as the API posts it; `amount` is how the program that runs it writes a parameter. */
function postingOf(tenant: Tenant, amount: string): string {
  const head = `jsonb_build_array(jsonb_build_object('ix', 0, 'id', uuidv7(), 'entry_date', '${loadDay}', 'memo', 'Cash sale', 'source', 'api'))`;
  const lines = `jsonb_build_array(jsonb_build_object('entry_ix', 0, 'line_ix', 0, 'account', '1010', 'debit', ${amount}), jsonb_build_object('entry_ix', 0, 'line_ix', 1, 'account', '4010', 'credit', ${amount}))`;
  const claim = `jsonb_build_array(jsonb_build_object('ix', 0, 'actor', '${tenant.id}', 'key', gen_random_uuid(), 'fingerprint', repeat('00', 32)))`;
  return `select * from "${tenant.schema}".answer_postings(${head}, ${lines}, ${claim});`;
}

/** Whether PostgreSQL's own pgbench is there. */
export async function hasPgbench(): Promise<boolean> {
  return await run('pgbench', ['--version']).then(
    () => true,
    () => false,
  );
}

/** The mean of the best so many seconds in a row, of what was posted in each second. */
function bestMean(posted: readonly number[], seconds: number): number {
  // pgbench does not always tell of its last second.
  const width = Math.min(seconds, posted.length);
  const means = posted
    .slice(width - 1)
    .map((_, start) => posted.slice(start, start + width).reduce((sum, each) => sum + each, 0) / width);
  return Math.max(...means);
}

/** What was posted in each second after the warm-up, from pgbench's progress lines. */
function progressOf(text: string, warmUp: number): number[] {
  const rates = [...text.matchAll(/^progress: ([\d.]+) s, ([\d.]+) tps.* (\d+) failed$/gm)]
    .filter((match) => Number(match[1]) > warmUp + 0.5)
    .map((match) => Number(match[2]));
  if (rates.length === 0) throw new Error(`pgbench told nothing: ${text}`);
  return rates;
}

async function byPgbench({
  url,
  tenants,
  clients,
  warmUp,
  seconds,
  within = seconds,
}: SqlLoad): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'himalytix-pgbench-'));
  try {
    const files = tenants.map((tenant) => join(folder, `${tenant.schema}.sql`));
    for (const [index, tenant] of tenants.entries()) {
      const script = `\\set cents random(1, 99999)\n${postingOf(tenant, '(:cents::integer / 100.0)::text')}\n`;
      await writeFile(files[index] ?? '', script);
    }
    const options = ['--no-vacuum', '--protocol=prepared', '--progress=1', `--client=${clients}`, '--jobs=2'];
    const scripts = files.flatMap((file) => ['--file', file]);
    const length = `--time=${warmUp + within}`;
    const { stderr } = await run('pgbench', [...options, length, ...scripts, url], { maxBuffer: 1e8 });
    return progressOf(stderr, warmUp);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same by clients of our own, for a machine without pgbench; they cost more, so the baseline comes out lower. */
async function byOurselves({
  url,
  tenants,
  clients,
  warmUp,
  seconds,
  within = seconds,
}: SqlLoad): Promise<number[]> {
  const from = performance.now() + warmUp * 1000;
  const until = from + within * 1000;
  const posted = Array<number>(within).fill(0);
  const work = async () => {
    const client = new pg.Client(url);
    await client.connect();
    while (performance.now() < until) {
      const index = Math.floor(Math.random() * tenants.length);
      const text = postingOf(tenants[index] as Tenant, '$1::text');
      await client.query({ name: `post${index}`, text, values: [(1 + Math.random() * 999).toFixed(2)] });
      const second = Math.floor((performance.now() - from) / 1000);
      if (second >= 0 && second < within) posted[second] = (posted[second] ?? 0) + 1;
    }
    await client.end();
  };
  await Promise.all(Array.from({ length: clients }, work));
  return posted;
}

/** Postings a second, each one statement and one durable commit, spread evenly over the companies. */
export async function sqlLoad(load: SqlLoad): Promise<number> {
  return bestMean((await hasPgbench()) ? await byPgbench(load) : await byOurselves(load), load.seconds);
}
