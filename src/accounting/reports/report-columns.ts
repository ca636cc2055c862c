// The columns of a report: its span and the one it is compared with, for all lines or for each value of a dimension.
import type { Part, Sheaf } from './read-sums.ts';
import type { Span, Time } from './report-dates.ts';
import type { Scope } from './report-scope.ts';

/**
 * `time` says which of the report's times a column is, `value` which value of the dimension asked for by `by`; `part` is
 * 'unassigned' for lines without a value, and 'all' for the sum of all lines.
 */
export type Column = Span & {
  time: Time['key'];
  part: 'all' | 'value' | 'unassigned';
  value: string | null;
  title: string;
};

/** A column and where its figures are: `index` is the place of its time, null for a budget, which has none yet. */
export type PlacedColumn = { column: Column; index: number | null; of: Part };

const TIME_TITLES = {
  previous_period: 'Previous period',
  previous_year: 'Previous year',
  budget: 'Budget',
};

function titleOf(time: Time, partTitle: string | null): string {
  if (time.key !== 'current')
    return partTitle === null
      ? TIME_TITLES[time.key]
      : `${partTitle}, ${TIME_TITLES[time.key].toLowerCase()}`;
  return partTitle ?? (time.from === null ? time.to : `${time.from} – ${time.to}`);
}

/** The columns for times; with `by`, those of each value that has figures, of lines without one, and of all together. */
export function columnsOf(
  times: readonly Time[],
  { by }: Scope,
  { parts }: Pick<Sheaf, 'parts'>,
): PlacedColumn[] {
  const place = (of: Part, part: Column['part'], value: string | null, title: string | null) =>
    times.map((time, index): PlacedColumn => {
      const { from, to, key } = time;
      const column = { time: key, from, to, part, value, title: titleOf(time, title) };
      return { column, index: key === 'budget' ? null : index, of };
    });
  if (!by) return place('all', 'all', null, null);
  const values = by.values.filter(({ id }) => parts.has(id));
  return [
    ...values.flatMap(({ id, code, name }) => place(id, 'value', code, name)),
    ...(parts.has(null) ? place(null, 'unassigned', null, `No ${by.name.toLowerCase()}`) : []),
    ...place('all', 'all', null, 'Total'),
  ];
}
