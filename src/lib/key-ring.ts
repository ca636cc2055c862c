// Seals the secrets that the database has to keep (AES-256-GCM), so that a copy of the database alone gives none away.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Config } from './config.ts';
import { ensureKeyFile, keyFileReader } from './key-file.ts';
import { parseSecretKeys, type SecretKey } from './secret-keys.ts';

const ALGORITHM = 'aes-256-gcm';
/** What GCM is made for (NIST SP 800-38D, 8.2): 96 random bits, good for 2^32 texts a key, and a tag of full length. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Opens each sealed text, so that another format can come beside this one. */
const VERSION = 'v1';

/** A secret that cannot be opened, or keys that cannot be read; the message is one line and quotes no secret. */
export class KeyRingError extends Error {
  override name = 'KeyRingError';
}

/** The keys that are at hand; the first seals, all of them open. */
export type KeyRing = {
  /**
   * Seals a secret for one place. `context` names that place, for instance `users.totp:<user id>`; what was sealed for one
   * place does not open for another, so nobody who can write to the database can move a secret. The text is
   * `v1.<key id>.<base64url of IV, tag and ciphertext>`.
   */
  seal(plain: string | Buffer, context: string): string;
  /**
   * Opens what seal() made for the same context. Throws KeyRingError when the key is not at hand, or when the text or the
   * context is another.
   */
  open(sealed: string, context: string): Buffer;
  /** The names of the keys, the one that seals first. */
  ids(): readonly string[];
};

/** The name of the key that a text is sealed with, or null for what is no sealed text. */
export function sealedWith(sealed: string): string | null {
  return /^v1\.([A-Za-z0-9_-]{1,40})\.[A-Za-z0-9_-]{38,}$/.exec(sealed)?.[1] ?? null;
}

/** The key's name and the format are proved along with the place, so that neither can be exchanged. */
const additionalData = (id: string, context: string) => Buffer.from(`${VERSION}.${id}.${context}`);

function seal({ id, key }: SecretKey, plain: string | Buffer, context: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(id, context));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return `${VERSION}.${id}.${Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')}`;
}

function open({ id, key }: SecretKey, sealed: string, context: string): Buffer {
  const bytes = Buffer.from(sealed.slice(sealed.lastIndexOf('.') + 1), 'base64url');
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additionalData(id, context));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new KeyRingError(
      `the secret ${context} does not open: it was altered, or sealed for another place`,
    );
  }
}

/** A ring of keys that `read` gives each time anew, as a key file may be rotated while the program runs. */
export function keyRingOf(read: () => readonly SecretKey[]): KeyRing {
  return {
    seal: (plain, context) => {
      const [first] = read();
      if (!first) throw new KeyRingError('there is no secret key to seal with');
      return seal(first, plain, context);
    },
    open: (sealed, context) => {
      const id = sealedWith(sealed);
      if (id === null) throw new KeyRingError(`the secret ${context} is not in the form of a sealed text`);
      const keys = read();
      const key = keys.find((each) => each.id === id);
      if (key) return open(key, sealed, context);
      const known = keys.map((each) => each.id).join(', ');
      throw new KeyRingError(
        `the secret ${context} is sealed with the key ${id}, but the secret keys here are ${known}; see docs/runbooks/keys.md`,
      );
    },
    ids: () => read().map(({ id }) => id),
  };
}

/** Where the key file is that a configuration uses; null when the keys come from the environment. */
export function keyFileOf(config: Pick<Config, 'secretKeys' | 'secretKeysFile' | 'dataDir'>): string | null {
  if (config.secretKeys !== null) return null;
  return config.secretKeysFile ?? path.join(config.dataDir, 'secret-keys');
}

/**
 * Opens the keys of HIMALYTIX_SECRET_KEYS, those of the file that HIMALYTIX_SECRET_KEYS_FILE names, which must be there, or
 * those of the data folder, where the first program to come makes one. Throws KeyRingError for what cannot be read.
 */
export async function openKeyRing(
  config: Pick<Config, 'secretKeys' | 'secretKeysFile' | 'dataDir'>,
): Promise<KeyRing> {
  const { secretKeys } = config;
  const file = keyFileOf(config);
  if (secretKeys !== null || file === null) {
    const keys = parseSecretKeys(secretKeys ?? '');
    return keyRingOf(() => keys);
  }
  try {
    if (config.secretKeysFile === null) await ensureKeyFile(file);
    const read = keyFileReader(file);
    read();
    return keyRingOf(read);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KeyRingError(`the secret keys of ${file} cannot be read: ${why}`, { cause: error });
  }
}
