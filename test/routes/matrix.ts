// Calls every route as everybody, and tells what they may by what they were answered.
import type { LightMyRequestResponse } from 'fastify';
import type { GuardedRoute } from '#lib/http/guard';
import type { Books } from './books.ts';
import { headersOf, legend } from './callers.ts';
import { type Caller, type Example, isApi, isReading, type RouteExample, send } from './example.ts';
import { exampleOf } from './table.ts';

/** What somebody has to be answered by a route: told to sign in, refused, or let through. */
type Due = 'sign in' | 'refused' | 'let through';

/** Works out what is due from what the route declares and what was given to the caller. */
export function dueOf(route: GuardedRoute, example: RouteExample, caller: Caller): Due {
  const { permission, ofNoTenant } = route;
  if (permission === 'public' || ofNoTenant) return 'let through';
  const known = caller.member !== null || (caller.key !== undefined && isApi(route));
  if (!known) return 'sign in';
  if (permission !== 'signed-in') return caller.may(permission) ? 'let through' : 'refused';
  const forPeople = !isReading(route) || example.forPeople === true;
  return caller.key !== undefined && forPeople ? 'refused' : 'let through';
}

const leadsToSignIn = ({ statusCode, headers }: LightMyRequestResponse) =>
  statusCode === 303 && String(headers.location).startsWith('/sign-in/?next=');

/** What is wrong with an answer, or null. */
function faultOf(route: GuardedRoute, due: Due, example: RouteExample, answer: LightMyRequestResponse) {
  const { statusCode: status } = answer;
  const codes = ['users/permission-missing', 'users/person-needed'];
  const isDue = {
    'sign in': () => (isApi(route) || !isReading(route) ? status === 401 : leadsToSignIn(answer)),
    refused: () => status === 403 && (!isApi(route) || codes.includes(answer.json().code)),
    'let through': () =>
      example.answers
        ? status === example.answers.status
        : status >= 200 && status < 400 && !leadsToSignIn(answer),
  };
  return isDue[due]() ? null : `${due} was due, and it was ${status}: ${answer.payload.slice(0, 400)}`;
}

export type MatrixRow = { route: GuardedRoute; statuses: number[] };

/** The rows of the matrix, and where they are not as the declared permissions would have them. */
export type Matrix = { rows: MatrixRow[]; faults: string[]; disturbed: string[] };

type Cell = { row: number; column: number; route: GuardedRoute; caller: Caller; example: RouteExample };

/**
 * Calls each route as each caller. Whoever is to be refused calls first, all with what was made for the owner, and nothing of
 * the company may have changed by that: `disturbed` names the tables that did. Who is let through gets an example of their own.
 */
export async function walkMatrix(
  books: Books,
  callers: readonly Caller[],
  routes: readonly GuardedRoute[],
  digest: () => Promise<Record<string, string>>,
): Promise<Matrix> {
  const rows = routes.map((route): MatrixRow => ({ route, statuses: [] }));
  const faults: string[] = [];
  const cells = routes.flatMap((route, row) => {
    const example = exampleOf(route);
    return example ? callers.map((caller, column): Cell => ({ row, column, route, caller, example })) : [];
  });
  const owner = callers.find(({ name }) => name === 'owner') as Caller;
  const call = async ({ row, column, route, caller, example }: Cell, made: Example) => {
    const answer = await send(books.api.app, route, made, await headersOf(books, caller, route, made));
    const fault = faultOf(route, dueOf(route, example, caller), example, answer);
    if (fault !== null) faults.push(`${route.method} ${route.url} as ${caller.name}: ${fault}`);
    (rows[row] as MatrixRow).statuses[column] = answer.statusCode;
  };
  const isLetThrough = ({ route, example, caller }: Cell) => dueOf(route, example, caller) === 'let through';
  const disturbed = await refusals(
    books,
    owner,
    cells.filter((cell) => !isLetThrough(cell)),
    call,
    digest,
  );
  for (const cell of cells.filter(isLetThrough)) {
    await call(cell, await cell.example.make(books, cell.caller));
    await cell.example.after?.(books);
  }
  return { rows, faults, disturbed };
}

async function refusals(
  books: Books,
  owner: Caller,
  cells: readonly Cell[],
  call: (cell: Cell, made: Example) => Promise<void>,
  digest: () => Promise<Record<string, string>>,
): Promise<string[]> {
  const made = new Map<RouteExample['make'], Example>();
  for (const { example } of cells)
    if (!made.has(example.make)) made.set(example.make, await example.make(books, owner));
  const before = await digest();
  for (const cell of cells) await call(cell, made.get(cell.example.make) ?? {});
  const after = await digest();
  for (const { after: putRight } of new Set(cells.map(({ example }) => example))) await putRight?.(books);
  return Object.keys(before).filter((table) => before[table] !== after[table]);
}

/** The lines of test/authorization-matrix.golden.txt. */
export function matrixLines(callers: readonly Caller[], { rows }: Matrix): string[] {
  const widths = callers.map(({ name }) => Math.max(3, name.length));
  const cells = (values: readonly unknown[]) =>
    values.map((value, column) => String(value).padStart(widths[column] ?? 3)).join(' ');
  const lines = rows.map(({ route, statuses }) => {
    const because = exampleOf(route)?.answers?.because;
    const remark = because === undefined ? '' : ` (${because})`;
    return `${cells(statuses)}  ${route.url} ${route.method}${remark}`;
  });
  const head = `Every route, called for real by everybody with a request that is valid: what they were answered. 401, and 303 of a page for nobody, is
"sign in first"; 403 is "you may not"; all else was let through. A change here is a change of who may do what. ${legend}`;
  const order = ({ route }: MatrixRow) => `${route.url} ${route.method}`;
  const sorted = rows.map((row, place) => ({ key: order(row), line: lines[place] ?? '' }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : 1));
  return [...head.split('\n'), cells(callers.map(({ name }) => name)), ...sorted.map(({ line }) => line)];
}
