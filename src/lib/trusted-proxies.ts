// Reads which proxies stand before the server, as whose word decides about hosts, protocols and senders' addresses.
import { isIP } from 'node:net';

/** How many proxies stand before the server, or their addresses and networks; false for none. */
export type TrustedProxies = false | number | readonly string[];

const MOST_PROXIES = 9;

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** The same as Fastify takes it. Of a number of proxies, the first hop is the connection itself. */
export function trustProxyOf(
  trusted: TrustedProxies,
): false | string[] | ((address: string, hop: number) => boolean) {
  if (typeof trusted === 'number') return (_address, hop) => hop < trusted;
  return trusted === false ? false : [...trusted];
}

/**
 * `false`, `true` for one proxy, the number of proxies in a row, or the addresses and networks from which they connect, such as
 * `10.0.0.0/8, loopback`; null for what is none of these. Of X-Forwarded-For, only what such a proxy wrote is believed:
 * whatever else is in it came from the client.
 */
export function readTrustedProxies(text: string): TrustedProxies | null {
  if (text === 'false') return false;
  if (text === 'true') return 1;
  if (/^\d$/.test(text)) {
    const count = Number(text);
    return count >= 1 && count <= MOST_PROXIES ? count : null;
  }
  const networks = text.split(',').map((each) => each.trim());
  return networks.every(isNetwork) ? networks : null;
}
