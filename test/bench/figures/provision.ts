// How long a new company takes, beside the bare making of its tables.
import { type Benchmark, byTurns, timed } from '../figure.ts';

/** `provision`: seconds for a company with chart, years and a member; the baseline copies its tables with their indexes. */
export const provision: Benchmark = async (house) => {
  const { tenant } = await house.company();
  const { rows } = await house.superuser.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = $1`,
    [tenant.schema],
  );
  let made = 0;
  const bare = () => {
    made += 1;
    const tables = rows.map(
      ({ name }) => `create table bare_${made}."${name}" (like "${tenant.schema}"."${name}" including all)`,
    );
    return house.superuser.query([`create schema bare_${made}`, ...tables].join('; '));
  };
  const [baseline, value] = await byTurns(
    house.small ? 5 : 15,
    async () => (await timed(bare)) / 1000,
    async () => (await timed(() => house.company())) / 1000,
  );
  const note = `with chart, two years and a member; baseline: CREATE SCHEMA and its ${rows.length} tables`;
  return [{ name: 'provision', value, unit: 's', baseline, ratio: value / baseline, goal: 'none set', note }];
};
