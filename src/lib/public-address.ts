// Tells addresses of the public internet from those that only this machine or its own network can reach.
import ipaddr from 'ipaddr.js';

/** All of the IPv6 internet that has been handed out is in here (RFC 4291, 2.4); what lies outside is special or nobody's. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** Public by its number, yet answered by the cloud's own host: Azure's platform and metadata. */
const platformAddresses = new Set(['168.63.129.16']);

/**
 * Whether an IP address belongs to the public internet. False for what is no address, and for loopback, private, link-local,
 * shared (CGNAT), multicast, reserved and metadata addresses, also when they are wrapped into IPv6 as IPv4-mapped, NAT64,
 * 6to4 or Teredo (IANA's special-purpose registries, RFC 6890).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast' || platformAddresses.has(address.toString())) return false;
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(globalUnicast);
}
