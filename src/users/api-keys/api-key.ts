// What an API key is: its form as text, and what is known of it afterwards.
import { randomInt } from 'node:crypto';
import { hashSecretToken, newSecretToken } from '../secret-token.ts';

/** A personal key acts as its person, a service key as the company's own. */
export type ApiKeyKind = 'personal' | 'service';

/** A key as it is listed; its secret is told once, when it is made. `scopes` null: all that its person or role may. */
export type ApiKey = {
  id: string;
  kind: ApiKeyKind;
  name: string;
  prefix: string;
  role: string | null;
  owner: { id: string; email: string; name: string } | null;
  scopes: readonly string[] | null;
  status: 'active' | 'expired' | 'revoked';
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const FORM = /^hmx_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/;

/** Whether a credential says of itself that it is an API key; access tokens never begin so. */
export const isApiKey = (credential: string): boolean => credential.startsWith('hmx_');

/** Whether it can be one of ours at all. */
export const hasKeyForm = (credential: string): boolean => FORM.test(credential);

/** A new key: `hmx_<prefix>_<256 random bits>`. The prefix names it in lists and is no secret; only the hash is stored. */
export function newApiKey(): { secret: string; prefix: string; hash: Buffer } {
  const prefix = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  const secret = `hmx_${prefix}_${newSecretToken()}`;
  return { secret, prefix, hash: hashSecretToken(secret) };
}
