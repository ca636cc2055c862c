// Access tokens (JWT, RFC 7519, signed with Ed25519): issued, checked, and exchanged for new ones.
import { randomUUIDv7 } from 'node:crypto';
import { type JWK, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose';
import { Cache, type Lookup } from '#lib/cache';
import type { Db } from '#lib/db';
import type { KeyRing } from '#lib/key-ring';
import { Problem } from '#lib/problem';
import { ACCESS_SECONDS } from './access-seconds.ts';
import {
  beginFamily,
  type FreshToken,
  ownerOf,
  revokeFamily,
  revokeFamilyOf,
  useRefreshToken,
} from './refresh-families.ts';
import type { SignInOrigin } from './sign-in-facts.ts';
import { type AccessClaims, claimsKey, signedInMembers } from './signed-in-members.ts';
import { SIGNING_ALGORITHM, SigningKeys } from './signing-keys.ts';
import { type Member, memberOf } from './user.ts';

const ISSUER = 'himalytix';
const AUDIENCE = 'himalytix-api';
/** So many access tokens are recognised without computing their signature again. */
const REMEMBERED = 2000;
/** What would have us take a key from the token itself or from an address in it (RFC 8725, 3.10). */
const FOREIGN_KEYS = ['jwk', 'jku', 'x5c', 'x5u'] as const;

/** What a client gets at sign-in. `expires_in` is in seconds and concerns the access token. */
export type TokenPair = { access: string; refresh: string; token_type: 'Bearer'; expires_in: number };

type Verified = AccessClaims & { kid: string; until: number };

function refused(detail: string): Problem {
  return new Problem('unauthenticated', 'users/token-refused', detail);
}

const notValid = () => refused('the access token is not valid, or no longer');

/** Issues, checks and revokes tokens. */
export class Tokens {
  readonly #db: Db;
  readonly #keys: SigningKeys;
  readonly #members: Lookup<Member>;
  readonly #verified = new Map<string, Verified>();

  /** `cache` remembers whom tokens speak for; without it the database is asked each time. */
  constructor(db: Db, ring: KeyRing, cache = new Cache()) {
    this.#db = db;
    this.#keys = new SigningKeys(db, ring);
    this.#members = cache.lookup((keys) => signedInMembers(db, keys));
  }

  /** Makes sure that tokens can be signed here. Throws KeyRingError when the secret keys are not those of the database. */
  async ready(): Promise<void> {
    await this.#keys.toSign();
  }

  /** The public keys that verify access tokens, as a JSON Web Key Set. */
  async keySet(): Promise<{ keys: JWK[] }> {
    return await this.#keys.published();
  }

  async #pair(member: Member, { familyId, refresh, seconds }: FreshToken): Promise<TokenPair> {
    const { kid, key } = await this.#keys.toSign();
    // No access token outlives its family.
    const expiresIn = Math.min(ACCESS_SECONDS, seconds);
    const access = await new SignJWT({ tid: member.tenantId, fid: familyId })
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: 'JWT' })
      .setSubject(member.userId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setJti(randomUUIDv7())
      .setIssuedAt()
      .setExpirationTime(`${expiresIn}s`)
      .sign(key);
    return { access, refresh, token_type: 'Bearer', expires_in: expiresIn };
  }

  /**
   * A new sign-in: a pair of tokens with a family of its own; `from` is for the member's list of sessions, `methods` is how they
   * have proved themselves.
   */
  async issue(
    member: Member,
    from?: Pick<SignInOrigin, 'ip' | 'userAgent'>,
    methods?: readonly string[],
  ): Promise<TokenPair> {
    return await this.#pair(member, await beginFamily(this.#db, member, from, methods));
  }

  /**
   * Checks an access token's signature, times, issuer and audience. Throws an unauthenticated Problem. A signature holds
   * for ever, so one that was found good is not computed again while the token and its key last.
   */
  async verify(access: string): Promise<AccessClaims> {
    const known = this.#verified.get(access);
    if (known && Date.now() < known.until && (await this.#keys.verifies(known.kid))) return known;
    this.#verified.delete(access);
    const claims = await this.#verifySignature(access);
    if (this.#verified.size >= REMEMBERED) this.#verified.delete(this.#verified.keys().next().value ?? '');
    this.#verified.set(access, claims);
    return claims;
  }

  async #keyOf(header: JWTHeaderParameters) {
    if (FOREIGN_KEYS.some((name) => name in header)) throw notValid();
    const key = await this.#keys.toVerify(header.kid ?? '');
    if (!key) throw refused('the access token was signed by nobody here');
    return key;
  }

  // There is no tolerance for clocks that differ: no token of ours says from when it is good, and one that a node finds over a
  // moment early is exchanged as any other.
  async #verifySignature(access: string): Promise<Verified> {
    try {
      const { payload, protectedHeader } = await jwtVerify(access, (header) => this.#keyOf(header), {
        algorithms: [SIGNING_ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: 'JWT',
        clockTolerance: 0,
        requiredClaims: ['sub', 'exp', 'tid', 'fid'],
      });
      const [userId, tenantId, familyId] = [payload.sub, payload.tid, payload.fid].map(String) as [
        string,
        string,
        string,
      ];
      const until = Number(payload.exp) * 1000;
      return { userId, tenantId, familyId, until, kid: String(protectedHeader.kid) };
    } catch (cause) {
      const isOurs = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_J');
      if (!isOurs) throw cause;
      throw notValid();
    }
  }

  /** The member that an access token speaks for, unless its sign-in was ended since. Throws as verify() does. */
  async memberOf(access: string): Promise<Member> {
    return await this.signedIn(await this.verify(access));
  }

  /** The member that verified claims speak for, unless their sign-in was ended since. Throws as verify() does. */
  async signedIn(claims: AccessClaims): Promise<Member> {
    const member = await this.#members(claimsKey(claims));
    if (!member) throw notValid();
    return member;
  }

  /**
   * Exchanges a refresh token for a new pair; see useRefreshToken for what a second use does. `tenantId` is the company that
   * the request names, if any. Throws an unauthenticated Problem, the same for whatever is wrong.
   */
  async refresh(refresh: string, tenantId: string | null): Promise<{ member: Member; pair: TokenPair }> {
    const owner = await ownerOf(this.#db, refresh);
    // A token that is shown to the wrong company is not used up by that.
    const isHere = owner !== null && (tenantId ?? owner.tenantId) === owner.tenantId;
    const member = isHere ? await memberOf(this.#db, owner.userId, owner.tenantId) : null;
    const fresh = member && (await useRefreshToken(this.#db, refresh));
    if (!member || !fresh) throw refused('the refresh token is not valid, or no longer');
    return { member, pair: await this.#pair(member, fresh) };
  }

  /** Ends a sign-in, known by its family or by one of its refresh tokens; an unknown one is no error. */
  async revoke(of: { familyId: string } | { refresh: string }): Promise<void> {
    if ('familyId' in of) await revokeFamily(this.#db.kysely, of.familyId);
    else await revokeFamilyOf(this.#db, of.refresh);
    this.#db.changed();
  }
}
