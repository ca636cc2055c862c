// What a version of the API is: the little in which the routes of one answer otherwise than those of another.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { TArray, TObject, TSchema } from 'typebox';
import type { Key, Listed, Ordering, Part } from '#lib/lists/part';

/** The orders that a list can be asked for by `ordering`, the one it has unless asked, and how long its parts are. */
export type ListOrders<Name extends string> = {
  orders: readonly Name[];
  preset: Ordering<Name>;
  size?: { preset: number; most: number };
};

type Asking<Query> = Pick<FastifyRequest, 'url' | 'params' | 'tenant' | 'routeOptions'> & { query: Query };

/** How lists are asked for and answered in parts. */
export type Pages = {
  /** The schema of a list's query: its own filters, its ordering, and which part. */
  query<Own extends Record<string, TSchema>, Name extends string>(
    own: Own,
    list: ListOrders<Name>,
    options?: Record<string, unknown>,
  ): TObject<Own>;
  /** The schema of the answer. */
  of<Item extends TSchema>(item: Item): TObject<{ results: TArray<Item> }>;
  /** What such a query asks. Throws an invalid Problem for a part that is none of this list's. */
  asked<Query extends object, Name extends string>(
    request: Asking<Query>,
    list: ListOrders<Name>,
  ): { filter: Query; ordering: Ordering<Name>; part: Part };
  /** The answer with where to go on, for the body; what belongs into the header is set. */
  answer<Row>(
    request: Asking<object>,
    reply: FastifyReply,
    part: Part,
    listed: Listed<Row>,
  ): { results: Row[] };

  /** The parameters of a report of lines, which is whole unless it is asked for in parts. */
  readonly reportQuery: Record<string, TSchema>;
  /** The part of a report that is asked for, null for all of it. Throws an invalid Problem as `asked` does. */
  askedOfReport(request: Asking<object>): Part | null;
  /** The schema of the fields that tell a report's length and where to go on. */
  readonly reportFields: Record<'count' | 'next', TSchema>;
  /** Those fields; null for a part when the report is whole. */
  reportLinks(
    request: Asking<object>,
    reply: FastifyReply,
    part: Part | null,
    listed: { count: number; next: Key | null },
  ): { count: number; next: string | null };
};

/** A version of the API; its routes lie below `root`. */
export type ApiVersion = {
  number: 1 | 2;
  root: '/api/v1' | '/api/v2';
  pages: Pages;
  /** Looks at each route while it is added, and may give it hooks. */
  adapt(route: RouteOptions): void;
};

/** The version that a request came by. */
export function versionOf({ server }: { server: FastifyInstance }): ApiVersion {
  return (server as FastifyInstance & { api: ApiVersion }).api;
}

/** Tells where what was made is: a path below the root of the version that the request came by. */
export function setLocation(reply: FastifyReply, path: string): void {
  reply.header('Location', versionOf(reply).root + path);
}

/** Adds hooks to those that a route has already. */
export function withHook<Hook>(hooks: Hook | Hook[] | undefined, hook: Hook): Hook[] {
  return [...(hooks === undefined ? [] : [hooks].flat()), hook] as Hook[];
}
