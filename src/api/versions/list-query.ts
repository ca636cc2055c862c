// What the query of a list has in every version: its order and how much of it is asked for.
import { Type } from 'typebox';
import type { Ordering } from '#lib/lists/part';
import { oneOf } from '../routes/schemas.ts';
import type { ListOrders } from './version.ts';

const SIZE = { preset: 50, most: 500 };
/** Lines of a report; without a part all of them are sent, as they are read. */
const REPORT_SIZE = { preset: 100, most: 1000 };

/** How long the parts of a list are, or those of a report without one. */
export const sizeOf = (list: ListOrders<string> | null) => (list ? (list.size ?? SIZE) : REPORT_SIZE);

/** The parameter that says how long a part may be. */
export const sizeParameter = (list: ListOrders<string> | null, description: string) => {
  const { preset, most } = sizeOf(list);
  return Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: preset, description }));
};

/** The parameter `ordering`. */
export function orderingParameter<Name extends string>({ orders, preset }: ListOrders<Name>) {
  const orderings = orders.flatMap((name): Ordering<Name>[] => [name, `-${name}`]);
  const description = 'What the list is sorted by; with a "-" the other way round.';
  return Type.Optional(oneOf(orderings, { default: preset, description }));
}

/** The parameters of a query by name, however they were typed. */
export const parametersOf = (query: object) => query as Record<string, unknown>;
