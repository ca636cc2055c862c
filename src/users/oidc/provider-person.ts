// Who a provider says somebody is, and how much its word about their e-mail addresses is worth.
import { isEmailAddress } from '../user.ts';
import { domainOfEmail } from './email-domain.ts';
import type { ProviderKind } from './provider-kind.ts';

/**
 * An address that the provider names. `verified`: its owner has proved at some time that it is theirs. `authoritative`: the
 * provider speaks for the address's domain today, so whoever has the address now is who signs in.
 */
export type NamedEmail = { address: string; verified: boolean; authoritative: boolean };

/** `subject` is the provider's own name of the person, which never changes and is never given to anybody else. */
export type ProviderPerson = { issuer: string; subject: string; name: string; emails: readonly NamedEmail[] };

type Claims = Readonly<Record<string, unknown>>;

/** A text for people, without what no database and no page takes. */
const textOf = (value: unknown) =>
  typeof value === 'string'
    ? value
        .toWellFormed()
        .replace(/\p{Cc}+/gu, ' ')
        .trim()
    : '';

/** A subject as it is, as each of its characters counts; null for what is none (OpenID Connect Core 1.0, 2: ASCII, 255 at most). */
const subjectOf = (value: unknown) =>
  typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value) ? value : null;

/**
 * How much a claimed address is worth by what each provider documents. Google speaks for a domain only where it hosts it
 * (`hd`); other accounts have proved an address once. Microsoft's `email` can be set to anything, unless `xms_edov` says that
 * the domain's owner has been verified. Any other provider is one that the company has chosen to believe.
 */
function worthOf(kind: ProviderKind, claims: Claims, address: string): Omit<NamedEmail, 'address'> {
  const verified = claims.email_verified === true;
  if (kind === 'google') return { verified, authoritative: verified && claims.hd === domainOfEmail(address) };
  if (kind === 'microsoft') {
    const owned = [true, 1, '1', 'true'].includes(claims.xms_edov as never);
    return { verified: owned, authoritative: owned };
  }
  return { verified, authoritative: verified };
}

/** The person of the claims of an ID token, or of an ID token and the answer of the userinfo endpoint; null for nobody. */
export function personOfClaims(kind: ProviderKind, issuer: string, claims: Claims): ProviderPerson | null {
  const subject = subjectOf(claims.sub);
  if (subject === null) return null;
  const address = textOf(claims.email).toLowerCase();
  return {
    issuer,
    subject,
    name: textOf(claims.name) || textOf(claims.preferred_username),
    emails: isEmailAddress(address) ? [{ address, ...worthOf(kind, claims, address) }] : [],
  };
}

/**
 * The person of GitHub's answers to /user and /user/emails, the primary address first. GitHub has seen at some time that an
 * address was theirs; whose it is today it does not know. Returns null for answers that are none.
 */
export function personOfGithub(issuer: string, user: unknown, emails: unknown): ProviderPerson | null {
  const { id, name, login } = (user ?? {}) as Claims;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0 || !Array.isArray(emails)) return null;
  const named = emails.flatMap((each: Claims | null) => {
    const address = textOf(each?.email).toLowerCase();
    const primary = each?.primary === true;
    return isEmailAddress(address) ? [{ address, primary, verified: each?.verified === true }] : [];
  });
  named.sort((a, b) => Number(b.primary) - Number(a.primary));
  return {
    issuer,
    subject: String(id),
    name: textOf(name) || textOf(login),
    emails: named.map(({ address, verified }) => ({ address, verified, authoritative: false })),
  };
}
