// Proves that a wrong or unknown variable stops the start with one line that names it.
import assert from 'node:assert/strict';
import { isAbsolute, join } from 'node:path';
import { test } from 'node:test';
import { ConfigError, loadConfig, projectRoot, variables } from './config.ts';
import { presetLimits } from './rate-limits.ts';

const key = Buffer.alloc(32, 7).toString('base64');

const wrong: Record<string, string[]> = {
  PORT: ['', 'x', '-1', '65536', '80.5', '0x50', '1e3', ' 80', '99999999999'],
  HIMALYTIX_HOST: ['', 'a b', 'http://x', 'x/y', '%'],
  HIMALYTIX_BASE_DOMAIN: ['', 'a b', 'a/b'],
  DATABASE_URL: ['', 'mysql://x', 'localhost', '/tmp/x'],
  HIMALYTIX_DATA_DIR: ['', ' '],
  HIMALYTIX_DEMO_PASSWORD: ['', ' '],
  HIMALYTIX_LOG_LEVEL: ['', 'verbose', 'WARN'],
  REDIS_URL: ['', 'localhost:6379', 'http://x', 'redis://', 'redis://x/y', 'rediss//x'],
  HIMALYTIX_RATE_LIMITS: [
    '',
    'on',
    'token',
    'token=600',
    'token=0/60',
    'token=1/0',
    'nobody=1/1',
    'token=1/1,',
  ],
  HIMALYTIX_TRUST_PROXY: [
    '',
    '0',
    '10',
    '-1',
    'yes',
    'TRUE',
    '10.0.0.0/33',
    '10.0.0.1/8/8',
    'proxy.example.com',
    '::1/129',
    '10.0.0.1,',
  ],
  HIMALYTIX_ALLOWED_INTERNAL_HOSTS: [
    '',
    ' ',
    'idp',
    'idp.lan:',
    'idp.lan:x',
    'a:1,',
    'http://a:1',
    'a b:1',
    '::1:80',
  ],
  HIMALYTIX_SECRET_KEYS: [
    '',
    ',',
    'secret',
    'a:',
    'a:c2hvcnQ=',
    `a b:${key}`,
    `a:${key}x`,
    `a:${key},a:${key}`,
  ],
  HIMALYTIX_SECRET_KEYS_FILE: ['', ' '],
  HIMALYTIX_PUBLIC_URL: ['', 'example.com', 'ftp://example.com', 'https://example.com/books', 'https://'],
  SMTP_URL: ['', 'mail.example.com', 'http://mail.example.com', 'smtp://'],
  HIMALYTIX_MAIL_FROM: ['', 'Books', 'Books <books>', 'a@b\r\nBcc: c@d', '<@>'],
};

for (const [name, values] of Object.entries(wrong)) {
  test(`a wrong ${name} stops the start with one line that names it`, () => {
    for (const value of values) {
      assert.throws(
        () => loadConfig({ [name]: value }),
        (error) =>
          error instanceof ConfigError &&
          error.message.startsWith(`${name} `) &&
          !error.message.includes('\n'),
        JSON.stringify(value),
      );
    }
  });
}

test('every variable is tried with wrong values here', () => {
  assert.deepEqual(Object.keys(wrong).sort(), Object.keys(variables).sort());
});

test('an unknown variable with our prefix stops the start, and the line says which there are', () => {
  assert.throws(
    () => loadConfig({ HIMALYTIX_PROT: '1' }),
    /^ConfigError: HIMALYTIX_PROT is not .* HIMALYTIX_DATA_DIR/,
  );
  assert.throws(() => loadConfig({ HIMALYTIX_: '' }), /HIMALYTIX_ is not/);
  assert.doesNotThrow(() => loadConfig({ HIMALYTIX_OWNER_PASSWORD: 'x' }, ['HIMALYTIX_OWNER_PASSWORD']));
  assert.doesNotThrow(() => loadConfig({ OTHER: 'x', himalytix_port: 'x' }));
});

test('without any variable the program runs on loopback, with its data beside it, trusting no proxy', () => {
  const config = loadConfig({});
  assert.deepEqual([config.port, config.host, config.baseDomain], [8000, '127.0.0.1', 'localhost']);
  assert.equal(config.dataDir, join(projectRoot, '.data'));
  assert.deepEqual([config.databaseUrl, config.demoPassword, config.trustProxy], [null, null, false]);
});

test('proxies are trusted by their number or by their addresses, and true is one', () => {
  const trusted = (value: string) => loadConfig({ HIMALYTIX_TRUST_PROXY: value }).trustProxy;
  assert.deepEqual(['false', 'true', '3'].map(trusted), [false, 1, 3]);
  assert.deepEqual(trusted('10.0.0.0/8, fd00::/8,loopback'), ['10.0.0.0/8', 'fd00::/8', 'loopback']);
});

test('the configuration is frozen, its paths are absolute and its domain is lower case', () => {
  const config = loadConfig({
    HIMALYTIX_DATA_DIR: 'here',
    HIMALYTIX_BASE_DOMAIN: 'Books.Example.com',
    PORT: '0',
  });
  assert.ok(Object.isFrozen(config) && isAbsolute(config.dataDir));
  assert.deepEqual([config.baseDomain, config.port], ['books.example.com', 0]);
});

test('the address of a database or of Redis, which holds a password, is never quoted', () => {
  for (const name of ['DATABASE_URL', 'REDIS_URL'])
    assert.throws(
      () => loadConfig({ [name]: 'mysql://me:secret@db/x' }),
      (error) => !String(error).includes('secret'),
    );
});

test('a limit that is named replaces its preset, and the others stay', () => {
  const { rateLimits } = loadConfig({ HIMALYTIX_RATE_LIMITS: 'token=600/60, sign-in=off' });
  const { 'sign-in': _, ...others } = presetLimits;
  assert.deepEqual(rateLimits, { ...others, token: { requests: 600, seconds: 60 } });
  assert.deepEqual(loadConfig({ HIMALYTIX_RATE_LIMITS: 'off' }).rateLimits, {});
  assert.deepEqual(loadConfig({}).rateLimits, presetLimits);
});

test('a secret key is never quoted, and keys come from the environment or from a file but not from both', () => {
  assert.throws(
    () => loadConfig({ HIMALYTIX_SECRET_KEYS: `a:${key},b:${key.slice(2)}` }),
    (error) =>
      /HIMALYTIX_SECRET_KEYS entry 2 is not/.test(String(error)) && !String(error).includes(key.slice(2)),
  );
  assert.throws(
    () => loadConfig({ HIMALYTIX_SECRET_KEYS: `a:${key}`, HIMALYTIX_SECRET_KEYS_FILE: 'keys' }),
    /ConfigError: HIMALYTIX_SECRET_KEYS and HIMALYTIX_SECRET_KEYS_FILE are both set/,
  );
  assert.ok(isAbsolute(loadConfig({ HIMALYTIX_SECRET_KEYS_FILE: 'keys' }).secretKeysFile ?? ''));
});
