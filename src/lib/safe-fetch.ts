// Fetches addresses that somebody else has chosen, without letting them reach what only this machine can reach.
import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { isPublicAddress } from './public-address.ts';

/** All addresses of a host name; rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** `redirect: 'manual'` hands a redirect to the caller; by default it is followed. The rest is as in fetch(). */
export type SafeRequest = {
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: unknown;
  redirect?: 'follow' | 'manual' | undefined;
  signal?: AbortSignal | undefined;
};

export type SafeFetch = (address: string | URL, request?: SafeRequest) => Promise<Response>;

/**
 * `allowedInternalHosts` are pairs of host and port, such as `idp.example.com:8443`, which may be private, of any port, and
 * without TLS; everything else is https on port 443 of a public address.
 */
export type SafeFetchOptions = {
  allowedInternalHosts?: readonly string[];
  resolve?: Resolve;
  timeoutMs?: number;
  maxBytes?: number;
  maxRedirects?: number;
};

/** The address, or what it answered, is not what we go to or take; the message says what is wrong and no more. */
export class FetchRefused extends Error {
  override name = 'FetchRefused';
}

type Target = { url: URL; addresses: readonly string[] };

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status);

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '');

const portOf = ({ port, protocol }: URL) => port || (protocol === 'https:' ? '443' : '80');

const resolveBySystem: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);

/** Whether the operator lets us go to that host and port although it may be inside. */
function isAllowedInside(url: URL, allowed: readonly string[]): boolean {
  return allowed.includes(`${url.hostname}:${portOf(url)}`.toLowerCase());
}

/**
 * What can be said of an address without asking the network. The URL parser has already turned decimal, octal and
 * hexadecimal spellings of an IP address into the usual one. Throws FetchRefused.
 */
export function checkAddress(address: string | URL, allowedInternalHosts: readonly string[] = []): URL {
  if (!URL.canParse(String(address))) throw new FetchRefused('it is no address');
  const url = new URL(address);
  if (url.username !== '' || url.password !== '')
    throw new FetchRefused('an address carries no user name or password');
  if (isAllowedInside(url, allowedInternalHosts) && /^https?:$/.test(url.protocol)) return url;
  if (url.protocol !== 'https:') throw new FetchRefused('an address begins with https://');
  if (url.port !== '') throw new FetchRefused('an address names no port');
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new FetchRefused('the address is not public');
  return url;
}

/** Node asks this instead of the resolver, so that the connection goes to an address that was checked and to no other. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    if (options.all) callback(null, all);
    else callback(null, all[0]?.address ?? '', all[0]?.family);
  };
}

function payloadOf(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('a body is text, bytes or URLSearchParams');
}

/** Sends one request to the checked addresses and gives the answer's head. Each connection is its own, as a kept one was checked for another name. */
function send(
  { url, addresses }: Target,
  request: SafeRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const payload = payloadOf(request.body);
    const options: RequestOptions = {
      method: request.method ?? 'GET',
      headers: {
        'user-agent': 'himalytix',
        ...request.headers,
        // What is not compressed cannot unpack to more than its size.
        'accept-encoding': 'identity',
        ...(payload !== undefined && { 'content-length': String(Buffer.byteLength(payload)) }),
      },
      agent: false,
      lookup: pinnedTo(addresses),
      signal,
    };
    const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, resolve);
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

async function bodyOf(message: IncomingMessage, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new FetchRefused(`the answer has more than ${maxBytes} bytes`);
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

async function responseOf(message: IncomingMessage, maxBytes: number): Promise<Response> {
  const encoding = message.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new FetchRefused('the answer is compressed, which was not asked for');
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) throw new FetchRefused('the answer has no status of HTTP');
  const body = await bodyOf(message, maxBytes);
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  return new Response([204, 205, 304].includes(status) ? null : body, { status, headers });
}

/** Where a redirect leads and with what; what proves who we are stays with the origin that it was meant for. */
function redirected(from: URL, location: string, request: SafeRequest): { to: string; request: SafeRequest } {
  if (!['GET', 'HEAD'].includes(request.method ?? 'GET'))
    throw new FetchRefused('the answer redirects what is no GET');
  if (!URL.canParse(location, from)) throw new FetchRefused('the answer redirects to no address');
  const to = new URL(location, from);
  if (to.origin === from.origin) return { to: to.href, request };
  const secret = /^(authorization|cookie|proxy-authorization)$/i;
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => !secret.test(name));
  return { to: to.href, request: { ...request, headers: Object.fromEntries(headers) } };
}

/** Waits for a promise no longer than the signal allows. */
function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/**
 * Makes a fetch() for addresses from outside. It resolves names itself, refuses every name of which any address is not
 * public, connects to the very addresses that it has checked, checks each redirect anew, and gives up after `timeoutMs`
 * (10 s), `maxBytes` (1 MiB) or `maxRedirects` (3). Rejects with FetchRefused, or with what the network says.
 */
export function createSafeFetch(options: SafeFetchOptions = {}): SafeFetch {
  const { resolve = resolveBySystem, timeoutMs = 10_000, maxBytes = 1_048_576, maxRedirects = 3 } = options;
  const allowed = (options.allowedInternalHosts ?? []).map((each) => each.toLowerCase());

  const targetOf = async (address: string | URL): Promise<Target> => {
    const url = checkAddress(address, allowed);
    const host = hostOf(url);
    const addresses = isIP(host) === 0 ? await resolve(host) : [host];
    const inside = !isAllowedInside(url, allowed) && !addresses.every(isPublicAddress);
    if (addresses.length === 0 || inside) throw new FetchRefused('the address is not public');
    return { url, addresses };
  };

  return async (address, first = {}) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = first.signal ? AbortSignal.any([deadline, first.signal]) : deadline;
    let [next, request] = [address, first];
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const target = await within(signal, targetOf(next));
      const message = await send(target, request, signal);
      addAbortSignal(signal, message);
      const { location } = message.headers;
      const leadsOn = isRedirect(message.statusCode ?? 0) && location !== undefined;
      if (!leadsOn || request.redirect === 'manual')
        return await responseOf(message, maxBytes).finally(() => message.destroy());
      message.destroy();
      const step = redirected(target.url, location, request);
      [next, request] = [step.to, step.request];
    }
    throw new FetchRefused(`the answer redirects more than ${maxRedirects} times`);
  };
}
