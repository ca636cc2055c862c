// Random tokens of which the database keeps only the hash, so that a copy of the database opens no session.
import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits in base64url. */
export function newSecretToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token: its SHA-256. A token is random enough not to need salt or stretching. */
export function hashSecretToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
