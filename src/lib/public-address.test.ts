// Holds the list of addresses that a stranger's URL must not reach to every way in which they can be written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from './public-address.ts';

const inside: Record<string, string[]> = {
  'this machine': ['127.0.0.1', '127.255.255.254', '0.0.0.0', '0.1.2.3', '::', '::1'],
  'a private network': [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
  ],
  'its own link': ['169.254.1.1', 'fe80::1', 'fe80::1%eth0'],
  'a cloud’s metadata': [
    '169.254.169.254',
    'fd00:ec2::254',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
  ],
  'a carrier’s shared network': ['100.64.0.1', '100.127.255.255'],
  many: ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
  nobody: [
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '240.0.0.1',
    '2001:db8::1',
    '100::1',
    '4000::1',
  ],
  'an IPv4 address in IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001::7f00:1',
  ],
  'no address': ['', 'localhost', 'example.com', '1.2.3.4.5', '[::1]', '127.0.0.1:80'],
};

for (const [what, addresses] of Object.entries(inside)) {
  test(`an address of ${what} is not public`, () => {
    assert.deepEqual(addresses.filter(isPublicAddress), []);
  });
}

test('an address of the internet is public', () => {
  const addresses = [
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ];
  assert.deepEqual(addresses.filter(isPublicAddress), addresses);
});
