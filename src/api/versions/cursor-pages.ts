// Parts that go on behind the last row, so that nothing is seen twice or missed: how v2 answers lists.
import type { FastifyReply } from 'fastify';
import { type TObject, type TSchema, Type } from 'typebox';
import type { Key, Ordering, Part } from '#lib/lists/part';
import { nullable, strictObject } from '../routes/schemas.ts';
import { CURSOR_MAX_LENGTH, cursorAfter, keyOfCursor } from './cursor.ts';
import { orderingParameter, parametersOf, sizeOf, sizeParameter } from './list-query.ts';
import type { ListOrders, Pages } from './version.ts';

type Asking = Parameters<Pages['askedOfReport']>[0];

const LIMIT = 'How many are answered at the most.';

const cursor = Type.Optional(
  Type.String({
    maxLength: CURSOR_MAX_LENGTH,
    description: 'Goes on where an answer ended: follow its `next` rather than making one.',
  }),
);

const next = nullable(
  Type.String({
    description: 'The address of what follows, also in the header Link; null at the end.',
    examples: ['/api/v2/journal-entries/?limit=50&cursor=kX3v2bQ1r0'],
  }),
);

function partOf(request: Asking, list: ListOrders<string> | null): Part {
  const { cursor: given, limit = sizeOf(list).preset } = parametersOf(request.query);
  const after = given === undefined ? null : keyOfCursor(request, String(given));
  return { by: 'key', after, size: Number(limit) };
}

/** The address of what follows a key, which is set as a Link (RFC 8288), too. */
function linkNext(request: Asking, reply: FastifyReply, key: Key | null): string | null {
  if (key === null) return null;
  const address = new URL(request.url, 'http://relative.invalid');
  address.searchParams.set('cursor', cursorAfter(request, key));
  const path = `${address.pathname}${address.search}`;
  reply.header('Link', `<${path}>; rel="next"`);
  return path;
}

/** `limit` and `cursor`; answered with `results`, `next` and a Link. */
export const cursorPages: Pages = {
  query: <Own extends Record<string, TSchema>>(
    own: Own,
    list: ListOrders<string>,
    options: Record<string, unknown> = {},
  ) =>
    strictObject(
      { ...own, ordering: orderingParameter(list), limit: sizeParameter(list, LIMIT), cursor },
      options,
    ) as unknown as TObject<Own>,
  of: (item) => Type.Object({ results: Type.Array(item), next }),
  asked: <Query extends object, Name extends string>(
    request: Asking & { query: Query },
    list: ListOrders<Name>,
  ) => {
    const { cursor: _, limit: __, ordering = list.preset, ...filter } = parametersOf(request.query);
    return {
      filter: filter as Query,
      ordering: ordering as Ordering<Name>,
      part: partOf(request, list),
    };
  },
  answer: (request, reply, _part, { results, next: key }) => ({
    results,
    next: linkNext(request, reply, key),
  }),
  reportQuery: {
    // A default would ask for a part in the name of everybody.
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: sizeOf(null).most,
        description: `${LIMIT} Without it and without a cursor all lines are sent.`,
      }),
    ),
    cursor,
  },
  askedOfReport: (request) => {
    const { limit, cursor: given } = parametersOf(request.query);
    return limit === undefined && given === undefined ? null : partOf(request, null);
  },
  reportFields: { count: Type.Integer({ description: 'How many there are between the two days.' }), next },
  reportLinks: (request, reply, _part, { count, next: key }) => ({
    count,
    next: linkNext(request, reply, key),
  }),
};
