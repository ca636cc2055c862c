// Sends requests for pages as a browser does, with the cookies that it was given.
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';

/** The cookies of one browser at one host, by name. */
export type Jar = Map<string, string>;
type Sent = { host: string; form?: Record<string, string>; jar?: Jar; headers?: Record<string, string> };

/** Asks for a page, or sends a form; cookies that come are kept in the jar. */
export async function browse(app: FastifyInstance, url: string, sent: Sent): Promise<LightMyRequestResponse> {
  const { host, form, jar = new Map(), headers = {} } = sent;
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await app.inject({
    method: form ? 'POST' : 'GET',
    url,
    headers: {
      host,
      cookie,
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(form && { payload: new URLSearchParams(form).toString() }),
  });
  for (const { name, value } of answer.cookies) {
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
  return answer;
}
