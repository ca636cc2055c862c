// The one table of examples: how each route of the program is really called. Every test that calls all routes calls them by it.
//
// A new route gets its line in a file of ./table/, under its method and address: a function that makes a valid request out of a
// company's books (see Make and RouteExample in example.ts). Then `UPDATE_GOLDEN=1 npm run test:golden` writes it into the two
// files that are reviewed. A route under /api/v2/ needs a line only where it is called in another way than under /api/v1/.
import type { GuardedRoute } from '#lib/http/guard';
import type { Route, RouteExample, RouteTable } from './example.ts';
import { accessRoutes } from './table/access.ts';
import { bookRoutes, calendarRoutes } from './table/books.ts';
import { journalRoutes, reportRoutes } from './table/journal.ts';
import { accountRoutes, openRoutes, signInRoutes } from './table/people.ts';
import { providerRoutes } from './table/providers.ts';

const routeTable: RouteTable = {
  ...bookRoutes,
  ...calendarRoutes,
  ...journalRoutes,
  ...reportRoutes,
  ...accessRoutes,
  ...signInRoutes,
  ...accountRoutes,
  ...providerRoutes,
  ...openRoutes,
};

/** The routes that have to be reviewed: all but those of HEAD, which ask for what GET does, and the files of Swagger UI. */
export const reviewable = (routes: readonly GuardedRoute[]): GuardedRoute[] =>
  routes.filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/api/docs/static/'));

const keyOf = ({ method, url }: Route) => `${method} ${url}`;
/** A later version of a route is called as the first one, unless it has a line of its own. */
const firstKeyOf = ({ method, url }: Route) => `${method} ${url.replace(/^\/api\/v\d+\//, '/api/v1/')}`;

/** How a route is called, or undefined when the table does not tell. */
export function exampleOf(route: Route): RouteExample | undefined {
  const entry = routeTable[keyOf(route)] ?? routeTable[firstKeyOf(route)];
  return typeof entry === 'function' ? { make: entry } : entry;
}

/** What is wrong between the routes that there are and the table: each route without a line, and each line without a route. */
export function tableFaults(routes: readonly Route[]): string[] {
  const there = new Set(routes.map(keyOf));
  return [
    ...routes
      .filter((route) => !exampleOf(route))
      .map((route) => `${keyOf(route)} has no example: add its line in test/routes/table/`),
    ...Object.keys(routeTable)
      .filter((key) => !there.has(key))
      .map((key) => `${key} is no route any more: take its line out of test/routes/table/`),
  ];
}
