// The keys that seal secrets in tests, the same for every process of a run, so that no test writes a key file for itself.
import { keyRingOf } from '#lib/key-ring';
import { parseSecretKeys } from '#lib/secret-keys';

/** For HIMALYTIX_SECRET_KEYS. */
export const testSecretKeys = `test:${Buffer.alloc(32, 'test').toString('base64')}`;

const keys = parseSecretKeys(testSecretKeys);

/** The ring of those keys. */
export const testKeyRing = keyRingOf(() => keys);
