// Pages by their number, told with how many rows there are in all: how v1 answers lists.
import { type TObject, type TSchema, Type } from 'typebox';
import type { Ordering, Part } from '#lib/lists/part';
import { nullable, strictObject } from '../routes/schemas.ts';
import { orderingParameter, parametersOf, sizeOf, sizeParameter } from './list-query.ts';
import type { ListOrders, Pages } from './version.ts';

const PAGE_SIZE = 'How many there are on a page.';

const fields = {
  count: Type.Integer({ description: 'How many there are on all pages.' }),
  next: nullable(Type.String({ description: 'The address of the next page.' })),
  previous: nullable(Type.String({ description: 'The address of the page before.' })),
};

/** The links of a page to its neighbours, relative to the origin. */
function links({ url }: { url: string }, { page, size }: { page: number; size: number }, count: number) {
  const link = (to: number) => {
    const address = new URL(url, 'http://relative.invalid');
    address.searchParams.set('page', String(to));
    return `${address.pathname}${address.search}`;
  };
  return {
    count,
    next: page * size < count ? link(page + 1) : null,
    previous: page > 1 ? link(page - 1) : null,
  };
}

function numbered(part: Part): Part & { by: 'number' } {
  if (part.by !== 'number') throw new Error('the pages of v1 have numbers');
  return part;
}

function partOf(query: Record<string, unknown>, list: ListOrders<string> | null): Part & { by: 'number' } {
  const { page = 1, page_size: size = sizeOf(list).preset } = query;
  return { by: 'number', page: Number(page), size: Number(size) };
}

/** `page` and `page_size`; answered with `count`, `next`, `previous` and `results`. */
export const numberedPages: Pages = {
  query: <Own extends Record<string, TSchema>>(
    own: Own,
    list: ListOrders<string>,
    options: Record<string, unknown> = {},
  ) =>
    strictObject(
      {
        ...own,
        ordering: orderingParameter(list),
        page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
        page_size: sizeParameter(list, PAGE_SIZE),
      },
      options,
    ) as unknown as TObject<Own>,
  of: (item) => Type.Object({ ...fields, results: Type.Array(item) }),
  asked: <Query extends object, Name extends string>({ query }: { query: Query }, list: ListOrders<Name>) => {
    const { page: _, page_size: __, ordering = list.preset, ...filter } = parametersOf(query);
    return {
      filter: filter as Query,
      ordering: ordering as Ordering<Name>,
      part: partOf(parametersOf(query), list),
    };
  },
  answer: (request, _reply, part, { results, count }) => ({
    ...links(request, numbered(part), count ?? results.length),
    results,
  }),
  reportQuery: {
    page: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000_000, description: 'Without a page all lines are sent.' }),
    ),
    page_size: sizeParameter(null, PAGE_SIZE),
  },
  askedOfReport: ({ query }) => {
    const asked = parametersOf(query);
    return asked.page === undefined ? null : partOf(asked, null);
  },
  reportFields: fields,
  reportLinks: (request, _reply, part, { count }) =>
    part === null ? { count, next: null, previous: null } : links(request, numbered(part), count),
};
