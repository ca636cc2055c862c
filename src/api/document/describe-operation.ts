// Describes a route for the document: what Fastify knows of it, and what every route of its kind may answer besides.
import type { FastifySchema, RouteOptions } from 'fastify';
import { Type } from 'typebox';
import { problems } from '../routes/schemas.ts';
import { versions } from '../versions/index.ts';

type Described = FastifySchema & { operationId?: string; deprecated?: boolean; 'x-headers'?: string[] };

const PREFER = {
  return:
    '`return=minimal` leaves the body out of the answer to a change that was made; `return=representation` is the rule.',
  handling:
    '`handling=lenient` passes over fields and parameters that are not known; `handling=strict`, which refuses them, is the rule.',
};

/** A name for generated clients, such as getV2JournalEntriesByIdPosting. */
function operationId(method: string, url: string): string {
  const words = url
    .split('/')
    .slice(2)
    .filter((part) => part !== '')
    .flatMap((part) => (part.startsWith(':') ? ['by', part.slice(1)] : part.split('-')));
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** What may be answered because of what a route is, whatever it does. */
function usualProblems({ config, schema }: RouteOptions): number[] {
  const { permission, tenant } = config ?? {};
  return [
    ...(permission === 'public' ? [] : [401, 403]),
    ...(tenant === 'none' ? [] : [403]),
    ...(schema?.params ? [404] : []),
    ...(schema?.body ? [400, 413, 415] : []),
    // Even a query that nobody reads may hold what is no text.
    422,
    429,
    503,
  ];
}

function preferParameter({ config }: RouteOptions): object {
  const told = [
    ...(config?.prefers?.return ? [PREFER.return] : []),
    ...(config?.prefers?.handling ? [PREFER.handling] : []),
  ];
  if (told.length === 0) return {};
  return { Prefer: Type.Optional(Type.String({ description: `${told.join(' ')} RFC 7240.` })) };
}

/** The operation that a route becomes in the document. */
export function describeOperation({
  schema = {},
  url,
  route,
}: {
  schema?: FastifySchema;
  url: string;
  route: RouteOptions;
}): { schema: FastifySchema; url: string } {
  const { config } = route;
  if (!versions.some(({ root }) => url.startsWith(`${root}/`))) return { schema, url };
  const headers = { ...(schema.headers as { properties?: object })?.properties, ...preferParameter(route) };
  const response = { ...problems(...usualProblems(route)), ...(schema.response as object) };
  const described: Described = {
    ...schema,
    operationId: operationId(String(route.method), url),
    ...(config?.superseded && { deprecated: true }),
    ...(Object.keys(headers).length > 0 && { headers: Type.Object(headers as never) }),
    response: config?.prefers?.return && route.method !== 'POST' ? withMinimal(response) : response,
  };
  return { schema: described, url };
}

/** A change may be answered without its body where that is preferred. */
function withMinimal(response: Record<string, unknown>): Record<string, unknown> {
  if (response[200] === undefined || response[204] !== undefined) return response;
  return { ...response, 204: { type: 'null', description: 'Done, as was preferred without a body' } };
}
