// Finds a ready-made chart by the name that commands and demo companies use for it.
import type { ChartAccount } from './chart.ts';
import { generalChart } from './general.ts';
import { nepalChart } from './nepal.ts';

const CHARTS = { none: [], general: generalChart, nepal: nepalChart } satisfies Record<
  string,
  ChartAccount[]
>;

export type ChartName = keyof typeof CHARTS;

/** The names that chartNamed knows, for help texts and validation. */
export const CHART_NAMES = Object.keys(CHARTS) as ChartName[];

/** The accounts of a ready-made chart, parents first; 'none' is empty, for companies that bring their own. */
export function chartNamed(name: ChartName): readonly ChartAccount[] {
  return CHARTS[name];
}
