// What a request to a route is made of, and how it is sent: the shape of the entries in test/routes/table/.
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { Member } from '#users';
import type { Books } from './books.ts';

/** Somebody who calls. `may` says what they may by what was given to them, told apart from how the program finds out. */
export type Caller = {
  name: string;
  member: Member | null;
  /** The secret of an API key, which is shown to the API in place of a token and is nothing to a page. */
  key?: string;
  may(permission: string): boolean;
};

export type Texts = Readonly<Record<string, string>>;

/**
 * A valid request to a route. `params` fill its address, `query` follows it, and `body` is sent as JSON to the API and as form
 * fields to a page. `signIn` are headers to be sent in place of the caller's own credentials, where the request goes on with a
 * sign-in that it has prepared; who has no credentials at all gets none by it.
 */
export type Example = {
  params?: Texts;
  query?: Texts;
  body?: object;
  headers?: Texts;
  signIn?: Texts;
};

/**
 * Makes an example out of a company's books, for one who is going to send it. What it changes has to be its own, made for it with
 * the makers of Books, so that the examples may be sent in any order and as often as one likes.
 */
export type Make = (books: Books, caller: Caller) => Example | Promise<Example>;

export type RouteExample = {
  make: Make;
  /** Puts right again what other examples need, once the request was let through. */
  after?: (books: Books) => Promise<unknown>;
  /** What those who may are answered where that cannot be a success, and why. Few routes should need it. */
  answers?: { status: number; because: string };
  /** Only a person is answered; an API key is refused even where reading is every member's. */
  forPeople?: true;
  /** The address names what is only made by the request, so that another company has nothing of that name to be reached. */
  makesWhatItNames?: true;
  /** Without a sign-in the route speaks to a person, whatever their company, such as by a link in a mail of theirs. */
  ofPersons?: true;
  /** The route tells what it refuses inside a success, such as a stream that goes on after a bad line. */
  refusesInside?: true;
};

/** Examples by method and address as they were registered: `POST /api/v1/accounts/`. */
export type RouteTable = Readonly<Record<string, Make | RouteExample>>;

export type Route = { method: string; url: string };

export const isApi = ({ url }: Route) => url.startsWith('/api/');
export const isReading = ({ method }: Route) => method === 'GET';

/** The address of an example, with its query. */
function addressOf({ url }: Route, { params = {}, query = {} }: Example): string {
  const path = url.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

function bodyOf(route: Route, { body, headers }: Example): { payload?: string; type?: string } {
  if (body === undefined && (isApi(route) || isReading(route))) return {};
  if (isApi(route)) {
    const type = headers?.['content-type'] ?? 'application/json';
    const lines = type.includes('ndjson') && Array.isArray(body) ? body : [body];
    return { payload: lines.map((line) => JSON.stringify(line)).join('\n'), type };
  }
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(body ?? {}))
    for (const each of [value].flat()) fields.append(name, String(each));
  return { payload: fields.toString(), type: 'application/x-www-form-urlencoded' };
}

let sent = 0;

/** Sends an example with these headers, from an address of its own, as one that fails often has to wait. */
export async function send(
  app: FastifyInstance,
  route: Route,
  example: Example,
  headers: Record<string, string>,
): Promise<LightMyRequestResponse> {
  const { payload, type } = bodyOf(route, example);
  sent += 1;
  return await app.inject({
    method: route.method as 'GET',
    url: addressOf(route, example),
    remoteAddress: `10.${(sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`,
    headers: { ...headers, ...example.headers, ...(type === undefined ? {} : { 'content-type': type }) },
    ...(payload === undefined ? {} : { payload }),
  });
}
