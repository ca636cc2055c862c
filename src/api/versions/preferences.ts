// Does what clients of v2 prefer: an answer without its body, or a request whose unknown fields are passed over.
import { Ajv } from 'ajv';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { type Preferences, readPreferences } from './prefer.ts';
import { withHook } from './version.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The preferences (RFC 7240) that a route knows. */
    prefers?: { return: boolean; handling: boolean };
  }
}

const preferencesOf = ({ headers }: FastifyRequest): Preferences | null =>
  headers.prefer === undefined ? null : readPreferences(headers.prefer);

/** Tells the client that a preference was followed. */
function tellApplied(reply: FastifyReply, preference: string): void {
  const before = reply.getHeader('Preference-Applied');
  reply.header('Preference-Applied', before === undefined ? preference : `${String(before)}, ${preference}`);
}

/** Leaves the body out of the answer to a change that was made; what it would have said is at the Location or the address. */
async function answerMinimally(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
  reply.header('Vary', 'Prefer');
  const { statusCode } = reply;
  const wish = preferencesOf(request)?.return ?? null;
  // An answer that changed nothing, such as a dry run, has nowhere else to be read.
  if (wish === null || request.method === 'GET' || statusCode < 200 || statusCode > 201) return payload;
  if (statusCode === 200 && request.method === 'POST') return payload;
  tellApplied(reply, `return=${wish}`);
  if (wish === 'representation') return payload;
  if (statusCode === 200) reply.code(204);
  reply.removeHeader('Content-Type').removeHeader('Content-Length');
  return null;
}

/** Takes out of values what their schema has no place for. */
const dropping = new Ajv({ strict: false, removeAdditional: true, validateFormats: false });

type Schemas = { body?: object; querystring?: object };

/** Makes the hook that passes over unknown fields and parameters before a request is validated. */
function lenience({ body, querystring }: Schemas) {
  let drop: { body?: (value: unknown) => unknown; query?: (value: unknown) => unknown } | null = null;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const wish = preferencesOf(request)?.handling ?? null;
    if (wish === null) return;
    tellApplied(reply, `handling=${wish}`);
    if (wish === 'strict') return;
    drop ??= {
      ...(body && { body: dropping.compile(body) }),
      ...(querystring && { query: dropping.compile(querystring) }),
    };
    drop.body?.(request.body);
    drop.query?.(request.query);
  };
}

/** Whether a route answers a change with what came of it, which is to be read elsewhere as well. */
function answersWithResource({ method, schema }: RouteOptions): boolean {
  const answers = (schema?.response ?? {}) as Record<string, { headers?: object; type?: string } | undefined>;
  if (method === 'PUT' || method === 'PATCH') return answers[200] !== undefined;
  return method === 'POST' && 'Location' in (answers[201]?.headers ?? {});
}

/** Gives a route the preferences that make sense for it. */
export function followPreferences(route: RouteOptions): void {
  const { body, querystring } = (route.schema ?? {}) as Schemas;
  const readsItself = route.validatorCompiler !== undefined;
  const prefers = {
    return: answersWithResource(route),
    handling: !readsItself && (body !== undefined || querystring !== undefined),
  };
  route.config = { ...route.config, prefers };
  if (prefers.handling) {
    const hook = lenience({ ...(body && { body }), ...(querystring && { querystring }) });
    route.preValidation = withHook(route.preValidation, hook) as NonNullable<RouteOptions['preValidation']>;
  }
  if (prefers.return)
    route.onSend = withHook(route.onSend, answerMinimally) as NonNullable<RouteOptions['onSend']>;
}
