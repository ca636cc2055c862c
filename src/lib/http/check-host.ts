// Refuses requests that are unclear about where they were sent to, before a host name leads to a company or into an address.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '#lib/problem';

/** A host name or address with or without a port (RFC 3986, 3.2.2 and 3.2.3), and nothing that a URL would read otherwise. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

const unclear = (detail: string) => new Problem('malformed', 'request/host', detail);

/** RFC 9112, 3.2: more than one Host is refused; Node would take the first and a proxy perhaps the last. */
function namesHostTwice({ rawHeaders }: FastifyRequest['raw']): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

function checkHost(request: FastifyRequest): void {
  const { raw, routeOptions } = request;
  if (!raw.url?.startsWith('/') && raw.url !== '*')
    throw new Problem('malformed', 'request/target', 'the address of a request begins with a slash');
  if (namesHostTwice(raw)) throw unclear('a request names its host once');
  const { host, protocol } = request;
  // A probe by HTTP/1.0 needs to name none.
  if (host === '' && routeOptions.config.tenant === 'none') return;
  if (!HOST.test(host) || host.length > 261) throw unclear('the host of the request is no host name');
  if (protocol !== 'http' && protocol !== 'https')
    throw unclear('X-Forwarded-Proto is neither http nor https');
}

/**
 * Checks the host of all requests of an app, be it of the Host header or, behind a proxy that is trusted, of what it forwards.
 * Which companies a host names is not asked here. To be called before any hook that reads the host.
 */
export function checkHosts(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    checkHost(request);
    done();
  });
}
