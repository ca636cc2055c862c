// Bounds what a request may be made of before anybody works on it: its address, its encoding, the fields of its form.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '#lib/problem';

/** Twice what the longest address of ours needs: a list filtered by accounts' codes, as the way back behind a sign-in. */
const LONGEST_ADDRESS = 8192;
const MOST_PARAMETERS = 200;
/** The grid of an entry with its thousand lines has some four thousand. */
const MOST_FIELDS = 10_000;

const parametersIn = (address: string) => {
  const start = address.indexOf('?');
  return start === -1 ? 0 : address.slice(start).split('&').length;
};

function refuseAddress({ raw: { url = '' } }: FastifyRequest): void {
  if (url.length > LONGEST_ADDRESS) {
    const detail = `an address has at most ${LONGEST_ADDRESS} characters`;
    throw new Problem('address-too-long', 'request/address-too-long', detail);
  }
  if (parametersIn(url) > MOST_PARAMETERS) {
    const detail = `an address has at most ${MOST_PARAMETERS} parameters`;
    throw new Problem('address-too-long', 'request/too-many-parameters', detail);
  }
}

/** Nothing here unpacks a body, so that no small one grows large in memory. */
function refuseEncoding({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new Problem('unsupported-type', 'request/content-encoding', 'a body is sent uncompressed');
}

function refuseFields({ body, mediaType }: FastifyRequest): void {
  if (mediaType !== 'application/x-www-form-urlencoded' || typeof body !== 'object' || body === null) return;
  let fields = 0;
  for (const value of Object.values(body)) fields += Array.isArray(value) ? value.length : 1;
  if (fields <= MOST_FIELDS) return;
  throw new Problem('too-large', 'request/too-many-fields', `a form has at most ${MOST_FIELDS} fields`);
}

/** Limits all requests of an app. To be called before any hook that asks the database. */
export function limitRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    refuseAddress(request);
    refuseEncoding(request);
    done();
  });
  app.addHook('preValidation', (request, _reply, done) => {
    refuseFields(request);
    done();
  });
}
