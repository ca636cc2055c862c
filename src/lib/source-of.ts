// Says which network a request comes from, as far as one party has it to itself.
import { isIPv4, isIPv6 } from 'node:net';

/** The eight groups of an IPv6 address that the URL parser has written in its one short form. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(missing).fill('0'), ...after];
}

/**
 * The source of an address: an IPv4 address itself, of an IPv6 address the /64, as that is what one subscriber gets and may
 * use up at will. An IPv4 address written as IPv6 is the IPv4 address. What is no address is one source altogether.
 */
export function sourceOf(ip: string | null): string {
  const address = ip?.split('%', 1)[0] ?? '';
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return 'unknown';
  const groups = groupsOf(address);
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') {
    const bytes = groups.slice(6).flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 255];
    });
    return bytes.join('.');
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
