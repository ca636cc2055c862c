// How long the closing of a year takes, whose entry comes from the balances and not from its lines.
import { closeYear, listFiscalYears, reopenYear } from '#accounting';
import { type Benchmark, byTurns, timed } from '../figure.ts';
import { seedBooks } from '../seeded-books.ts';

/** The days of 2024, which all lines are in. */
const YEAR = 366;

/** `close-year`: one year of very many lines, closed, with a reopening between the rounds that is not counted. */
export const closeYearFigure: Benchmark = async (house) => {
  const lines = house.small ? 100_000 : 1_000_000;
  const { tenant, run } = await seedBooks(house, lines, YEAR);
  const id = (await run(listFiscalYears))[0]?.id ?? 0;
  const sums = `select account_id, sum(debit), sum(credit) from "${tenant.schema}".journal_lines group by account_id`;
  const aggregate = () => timed(() => house.superuser.query(sums));
  await aggregate();
  const close = async () => {
    const spent = await timed(() => run((tx) => closeYear(tx, id)));
    await run((tx) => reopenYear(tx, id, 'the next round'));
    return spent;
  };
  const [baseline, value] = (await byTurns(5, aggregate, close)).map((ms) => ms / 1000);
  if (baseline === undefined || value === undefined) return [];
  const note = `a year of ${lines.toLocaleString('en-US')} lines; baseline: SELECT … GROUP BY over the lines`;
  return [{ name: 'close-year', value, unit: 's', baseline, ratio: baseline / value, goal: '< 5 s', note }];
};
