// Reads and writes the text form of the keys that seal secrets, as the environment and the key file hold it.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A key of AES-256: 32 bytes under a name that sealed texts carry, and that is no secret. */
export type SecretKey = { readonly id: string; readonly key: Buffer };

const KEY_BYTES = 32;

/**
 * Reads `id:base64` entries between commas or line ends, the one that seals first; a line may be a comment after #. Throws
 * an Error whose message says what is wrong with which entry, and quotes no key.
 */
export function parseSecretKeys(text: string): readonly SecretKey[] {
  const entries = text
    .split('\n')
    .filter((line) => !line.trim().startsWith('#'))
    .flatMap((line) => line.split(','))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const keys = entries.map((entry, index): SecretKey => {
    const [, id, base64] = /^([A-Za-z0-9_-]{1,40}):([A-Za-z0-9+/_-]{43}=?)$/.exec(entry) ?? [];
    if (id === undefined || base64 === undefined) {
      throw new Error(`entry ${index + 1} is not of the form id:base64 with ${KEY_BYTES} bytes of base64`);
    }
    return { id, key: Buffer.from(base64, 'base64') };
  });
  if (keys.length === 0) throw new Error('holds no key');
  const double = keys.find(({ id }, index) => keys.findIndex((other) => other.id === id) !== index);
  if (double) throw new Error(`names the key ${double.id} twice`);
  return keys;
}

/** A key as the environment and the key file hold it; this text is the secret. */
export const secretKeyText = ({ id, key }: SecretKey): string => `${id}:${key.toString('base64')}`;

/** A new key at random, named after the day (UTC) and a few letters, so that a list of them tells their age. */
export function newSecretKey(): SecretKey {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  return { id: `${day}-${randomBytes(3).toString('hex')}`, key: randomBytes(KEY_BYTES) };
}

/** The keys that a file holds now. Throws as parseSecretKeys() does, or for a file that cannot be read. */
export const readSecretKeys = (file: string): readonly SecretKey[] =>
  parseSecretKeys(readFileSync(file, 'utf8'));
