// Proves that one party's many addresses are one source, and two parties' are two.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceOf } from './source-of.ts';

test('an IPv4 address is a source, also when it is written as IPv6', () => {
  assert.equal(sourceOf('192.0.2.7'), '192.0.2.7');
  assert.equal(sourceOf('::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(sourceOf('::ffff:c000:207'), '192.0.2.7');
});

test('all addresses of a /64 are one source, however they are written, and the next /64 is another', () => {
  const source = '2001:db8:0:1::/64';
  for (const address of [
    '2001:db8:0:1::1',
    '2001:DB8:0:1:ffff:1:2:3',
    '2001:0db8:0000:0001:0::9',
    '2001:db8:0:1::%eth0',
  ])
    assert.equal(sourceOf(address), source, address);
  assert.equal(sourceOf('2001:db8:0:2::1'), '2001:db8:0:2::/64');
  assert.equal(sourceOf('::1'), '0:0:0:0::/64');
});

test('what is no address is one source', () => {
  for (const nothing of [null, '', 'unix:', '999.1.1.1']) assert.equal(sourceOf(nothing), 'unknown');
});
