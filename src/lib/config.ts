// The whole environment of the program, read once, checked and frozen; a wrong value stops the start with one line.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { presetLimits, type RateLimits, readRateLimits } from './rate-limits.ts';
import { parseSecretKeys } from './secret-keys.ts';
import { readTrustedProxies, type TrustedProxies } from './trusted-proxies.ts';

/** What the program runs with. Paths are absolute; `port` 0 asks for any free one. */
export type Config = {
  readonly port: number;
  readonly host: string;
  readonly baseDomain: string;
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly demoPassword: string | null;
  readonly logLevel: string;
  readonly trustProxy: TrustedProxies;
  readonly redisUrl: string | null;
  readonly rateLimits: RateLimits;
  readonly secretKeys: string | null;
  readonly secretKeysFile: string | null;
  readonly allowedInternalHosts: readonly string[];
  readonly publicUrl: string | null;
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
};

/** The folder of the program itself; the default data folder is in it, whichever folder a command is called from. */
export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** A wrong or unknown variable; the message is one line that names it. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

type Reader<T> = (text: string, name: string) => T;

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

const port: Reader<number> = (text, name) => {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 65_535))
    throw new ConfigError(`${name} must be a port number from 0 to 65535, not "${text}"`);
  return value;
};

const text: Reader<string> = (value, name) => {
  if (value.trim() === '') throw new ConfigError(`${name} must not be empty; unset it for the default`);
  return value;
};

const host: Reader<string> = (value, name) => {
  if (!/^[\w.:-]+$/.test(value))
    throw new ConfigError(`${name} must be a host name or address, not "${value}"`);
  return value;
};

const postgresUrl: Reader<string> = (value, name) => {
  if (!/^postgres(ql)?:\/\//.test(value) || !URL.canParse(value)) {
    throw new ConfigError(`${name} must be a postgresql:// address`);
  }
  return value;
};

const redisUrl: Reader<string> = (value, name) => {
  const url = /^rediss?:\/\//.test(value) && URL.canParse(value) ? new URL(value) : null;
  if (!url?.hostname || !/^\/?\d*$/.test(url.pathname))
    throw new ConfigError(`${name} must be a redis:// or rediss:// address`);
  return value;
};

const rateLimits: Reader<RateLimits> = (value, name) => {
  const limits = readRateLimits(value);
  if (!limits) throw new ConfigError(`${name} must be off, or limits such as token=600/60,sign-in=off`);
  return limits;
};

const smtpUrl: Reader<string> = (value, name) => {
  if (!/^smtps?:\/\/[^/]/.test(value) || !URL.canParse(value)) {
    throw new ConfigError(`${name} must be an smtp:// or smtps:// address`);
  }
  return value;
};

const origin: Reader<string> = (value, name) => {
  const url = /^https?:\/\//.test(value) && URL.canParse(value) ? new URL(value) : null;
  if (!url || url.href !== `${url.origin}/`)
    throw new ConfigError(`${name} must be an address such as https://example.com, not "${value}"`);
  return url.origin;
};

const mailbox: Reader<string> = (value, name) => {
  if (!/^([^<>\r\n]+ <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/.test(value))
    throw new ConfigError(`${name} must be an address such as Books <books@example.com>`);
  return value;
};

const logLevel: Reader<string> = (value, name) => {
  if (!logLevels.includes(value))
    throw new ConfigError(`${name} must be one of ${logLevels.join(', ')}, not "${value}"`);
  return value;
};

const proxies: Reader<TrustedProxies> = (value, name) => {
  const trusted = readTrustedProxies(value);
  if (trusted === null)
    throw new ConfigError(
      `${name} must be true, false, a number of proxies or their addresses, not "${value}"`,
    );
  return trusted;
};

const hostsWithPorts: Reader<readonly string[]> = (value, name) => {
  const pairs = value.split(',').map((each) => each.trim().toLowerCase());
  const strange = pairs.find((each) => !/^([a-z0-9.-]+|\[[0-9a-f:.]+\]):\d{1,5}$/.test(each));
  if (strange !== undefined)
    throw new ConfigError(`${name} must be a list such as idp.lan:8443,10.0.0.5:8080, not "${strange}"`);
  return Object.freeze(pairs);
};

const secretKeys: Reader<string> = (value, name) => {
  try {
    parseSecretKeys(value);
  } catch (error) {
    throw new ConfigError(`${name} ${error instanceof Error ? error.message : 'cannot be read'}`);
  }
  return value;
};

/** The one schema: each variable's reader and default. README's table is tested against these names. */
export const variables = {
  PORT: { read: port, fallback: 8000, about: 'the port that the web server listens on' },
  HIMALYTIX_HOST: { read: host, fallback: '127.0.0.1', about: 'the address that the web server listens on' },
  HIMALYTIX_BASE_DOMAIN: {
    read: host,
    fallback: 'localhost',
    about: 'companies are found at slug.BASE_DOMAIN',
  },
  DATABASE_URL: {
    read: postgresUrl,
    fallback: null,
    about: 'PostgreSQL 16 or newer; unset: an embedded one',
  },
  HIMALYTIX_DATA_DIR: {
    read: text,
    fallback: resolve(projectRoot, '.data'),
    about: 'the folder of the embedded database and its secrets',
  },
  HIMALYTIX_DEMO_PASSWORD: {
    read: text,
    fallback: null,
    about: 'the demo users’ password; unset: made at first start',
  },
  HIMALYTIX_LOG_LEVEL: { read: logLevel, fallback: 'warn', about: `${logLevels.join(', ')}` },
  HIMALYTIX_TRUST_PROXY: {
    read: proxies,
    fallback: false,
    about: 'true behind a proxy that sets X-Forwarded-…; several: their number, or addresses',
  },
  REDIS_URL: {
    read: redisUrl,
    fallback: null,
    about: 'Redis 7 or newer, for several web processes; unset: each counts by itself',
  },
  HIMALYTIX_RATE_LIMITS: {
    read: rateLimits,
    fallback: presetLimits,
    about: 'requests/seconds by name, such as token=600/60; or off',
  },
  HIMALYTIX_SECRET_KEYS: {
    read: secretKeys,
    fallback: null,
    about: 'the keys that seal secrets in the database, id:base64,…; the first one seals',
  },
  HIMALYTIX_SECRET_KEYS_FILE: {
    read: text,
    fallback: null,
    about: 'a file that holds them; unset: secret-keys in the data folder, made at first start',
  },
  HIMALYTIX_ALLOWED_INTERNAL_HOSTS: {
    read: hostsWithPorts,
    fallback: Object.freeze([]) as readonly string[],
    about: 'hosts of your own network, host:port,…, that addresses keyed by users may lead to',
  },
  HIMALYTIX_PUBLIC_URL: {
    read: origin,
    fallback: null,
    about: 'where the bare host is found, for links in mails; unset: from BASE_DOMAIN and PORT',
  },
  SMTP_URL: {
    read: smtpUrl,
    fallback: null,
    about: 'the mail server; unset: mails are files in DATA_DIR/mail',
  },
  HIMALYTIX_MAIL_FROM: {
    read: mailbox,
    fallback: 'Himalytix <no-reply@localhost>',
    about: 'the sender of mails',
  },
} as const;

/**
 * Reads the environment. `allowed` names variables with our prefix that a command line refers to.
 * Throws ConfigError for the first wrong variable, or for an unknown one with our prefix.
 */
export function loadConfig(env: NodeJS.ProcessEnv, allowed: readonly string[] = []): Config {
  for (const name of Object.keys(env)) {
    if (name.startsWith('HIMALYTIX_') && !(name in variables) && !allowed.includes(name)) {
      const known = Object.keys(variables).filter((each) => each.startsWith('HIMALYTIX_'));
      throw new ConfigError(`${name} is not a variable of Himalytix; known are ${known.join(', ')}`);
    }
  }
  function value<T, F>(name: keyof typeof variables, spec: { read: Reader<T>; fallback: F }): T | F {
    const raw = env[name];
    return raw === undefined ? spec.fallback : spec.read(raw, name);
  }
  if (env.HIMALYTIX_SECRET_KEYS !== undefined && env.HIMALYTIX_SECRET_KEYS_FILE !== undefined)
    throw new ConfigError('HIMALYTIX_SECRET_KEYS and HIMALYTIX_SECRET_KEYS_FILE are both set; choose one');
  const secretKeysFile = value('HIMALYTIX_SECRET_KEYS_FILE', variables.HIMALYTIX_SECRET_KEYS_FILE);
  return Object.freeze({
    port: value('PORT', variables.PORT),
    host: value('HIMALYTIX_HOST', variables.HIMALYTIX_HOST),
    baseDomain: value('HIMALYTIX_BASE_DOMAIN', variables.HIMALYTIX_BASE_DOMAIN).toLowerCase(),
    databaseUrl: value('DATABASE_URL', variables.DATABASE_URL),
    dataDir: resolve(value('HIMALYTIX_DATA_DIR', variables.HIMALYTIX_DATA_DIR)),
    demoPassword: value('HIMALYTIX_DEMO_PASSWORD', variables.HIMALYTIX_DEMO_PASSWORD),
    logLevel: value('HIMALYTIX_LOG_LEVEL', variables.HIMALYTIX_LOG_LEVEL),
    trustProxy: value('HIMALYTIX_TRUST_PROXY', variables.HIMALYTIX_TRUST_PROXY),
    redisUrl: value('REDIS_URL', variables.REDIS_URL),
    rateLimits: value('HIMALYTIX_RATE_LIMITS', variables.HIMALYTIX_RATE_LIMITS),
    secretKeys: value('HIMALYTIX_SECRET_KEYS', variables.HIMALYTIX_SECRET_KEYS),
    secretKeysFile: secretKeysFile === null ? null : resolve(secretKeysFile),
    allowedInternalHosts: value(
      'HIMALYTIX_ALLOWED_INTERNAL_HOSTS',
      variables.HIMALYTIX_ALLOWED_INTERNAL_HOSTS,
    ),
    publicUrl: value('HIMALYTIX_PUBLIC_URL', variables.HIMALYTIX_PUBLIC_URL),
    smtpUrl: value('SMTP_URL', variables.SMTP_URL),
    mailFrom: value('HIMALYTIX_MAIL_FROM', variables.HIMALYTIX_MAIL_FROM),
  });
}
