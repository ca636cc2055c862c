// How many lines a second come in through the bulk endpoint, beside COPY of the same lines.
import { type Benchmark, byTurns } from '../figure.ts';
import type { BenchCompany, BenchHouse } from '../house.ts';
import { httpLoad } from '../http-load.ts';
import { copyOf } from './import.ts';
import { requireSoundBooks } from './posting.ts';

const shape = { entries: 1000, lines: 10 };
const CONNECTIONS = 4;

async function linesPerSecond(house: BenchHouse, company: BenchCompany): Promise<number> {
  const { perSecond } = await httpLoad({
    port: await house.port(),
    request: { kind: 'bulk', ...shape },
    tokens: [await house.accessOf(company)],
    connections: CONNECTIONS,
    warmUp: house.small ? 1 : 3,
    seconds: house.small ? 3 : 8,
  });
  return perSecond * shape.entries * shape.lines;
}

/** The lines that the company has by now, from files of the server's own into tables with the same indexes. */
async function copied(house: BenchHouse, { tenant }: BenchCompany): Promise<number> {
  const { rows } = await house.superuser.query<{ n: string }>(
    `select count(*) as n from "${tenant.schema}".journal_lines`,
  );
  return (Number(rows[0]?.n) * 1000) / (await copyOf(house, tenant.schema));
}

/** `bulk-lines`: requests of 1,000 entries with 10 lines each on four connections. */
export const bulkLines: Benchmark = async (house) => {
  const company = await house.company();
  await linesPerSecond(house, company);
  const [value, baseline] = await byTurns(
    house.small ? 1 : 3,
    () => linesPerSecond(house, company),
    () => copied(house, company),
  );
  await requireSoundBooks(house, company);
  const note = `${shape.entries} entries × ${shape.lines} lines a request, ${CONNECTIONS} connections, posted by the bulk endpoint; baseline: COPY of entries and lines into tables with the same indexes, nothing checked`;
  return [
    { name: 'bulk-lines', value, unit: 'lines/s', baseline, ratio: value / baseline, goal: '≥ 0.4', note },
  ];
};
