// Access tokens (JWT, RFC 7519, signed with Ed25519) and the rotating refresh tokens behind them.
import { randomUUIDv7 } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { sql } from 'kysely';
import { Cache, type Lookup } from '#lib/cache';
import type { Db } from '#lib/db';
import { Problem } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import { hashSecretToken, newSecretToken } from './secret-token.ts';
import { type AccessClaims, claimsKey, signedInMembers } from './signed-in-members.ts';
import { type Member, memberOf } from './user.ts';

const ISSUER = 'himalytix';
const AUDIENCE = 'himalytix-api';
const ALGORITHM = 'EdDSA';
const ACCESS_SECONDS = 600;
/** So many access tokens are recognised without computing their signature again. */
const REMEMBERED = 2000;
const REFRESH_SECONDS = 14 * 24 * 60 * 60;

/** What a client gets at sign-in. `expires_in` is in seconds and concerns the access token. */
export type TokenPair = { access: string; refresh: string; token_type: 'Bearer'; expires_in: number };

type SigningKey = { kid: string; privateKey: CryptoKey; publicKey: CryptoKey };

function refused(detail: string): Problem {
  return new Problem('unauthenticated', 'users/token-refused', detail);
}

async function keyFromJwk(kid: string, jwk: JWK): Promise<SigningKey> {
  const { d: _, ...publicJwk } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    importJWK(jwk, ALGORITHM),
    importJWK(publicJwk, ALGORITHM),
  ]);
  return { kid, privateKey: privateKey as CryptoKey, publicKey: publicKey as CryptoKey };
}

/** The keys that are not retired, newest first; the first program to ask makes one. */
async function loadKeys(db: Db): Promise<SigningKey[]> {
  return await inDirectory(db, async (tx) => {
    await sql`lock table signing_keys in share row exclusive mode`.execute(tx.db);
    const query = tx.db.selectFrom('signing_keys').selectAll().where('retired_at', 'is', null);
    const rows = await query.orderBy('created_at', 'desc').execute();
    if (rows.length === 0) {
      const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
      const jwk = await exportJWK(privateKey);
      const row = { kid: randomUUIDv7(), private_jwk: JSON.stringify(jwk) };
      await tx.db.insertInto('signing_keys').values(row).execute();
      return [await keyFromJwk(row.kid, jwk)];
    }
    return await Promise.all(rows.map((row) => keyFromJwk(row.kid, row.private_jwk as unknown as JWK)));
  });
}

/** Issues, checks and revokes tokens. Keys are read once and again when an unknown `kid` turns up. */
export class Tokens {
  readonly #db: Db;
  readonly #members: Lookup<Member>;
  readonly #verified = new Map<string, AccessClaims & { until: number }>();
  #keys: Promise<SigningKey[]> | undefined;
  #keysReadAt = 0;

  /** `cache` remembers whom tokens speak for. */
  constructor(db: Db, cache = new Cache()) {
    this.#db = db;
    this.#members = cache.lookup((keys) => signedInMembers(db, keys));
  }

  #readKeys(): Promise<SigningKey[]> {
    this.#keysReadAt = performance.now();
    this.#keys = loadKeys(this.#db);
    return this.#keys;
  }

  async #key(kid: string | undefined): Promise<SigningKey> {
    this.#keys ??= this.#readKeys();
    const find = async () => (await this.#keys)?.find((key) => kid === undefined || key.kid === kid);
    let key = await find().catch((error) => {
      this.#keys = undefined;
      throw error;
    });
    // A forged kid must not send everybody who likes to the database, so the keys are read anew once a second at most.
    if (!key && performance.now() - this.#keysReadAt > 1000) {
      this.#keys = this.#readKeys();
      key = await find();
    }
    if (!key) throw refused('the access token was signed by nobody here');
    return key;
  }

  async #pair(member: Member, familyId: string): Promise<TokenPair> {
    const refresh = newSecretToken();
    await this.#db.kysely
      .insertInto('refresh_tokens')
      .values({
        id: randomUUIDv7(),
        family_id: familyId,
        token_hash: hashSecretToken(refresh),
        user_id: member.userId,
        tenant_id: member.tenantId,
        expires_at: sql<Date>`now() + make_interval(secs => ${REFRESH_SECONDS})`,
      })
      .execute();
    const key = await this.#key(undefined);
    const access = await new SignJWT({ tid: member.tenantId, fid: familyId })
      .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'JWT' })
      .setSubject(member.userId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setJti(randomUUIDv7())
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_SECONDS}s`)
      .sign(key.privateKey);
    return { access, refresh, token_type: 'Bearer', expires_in: ACCESS_SECONDS };
  }

  /** A new sign-in: a pair of tokens with a family of its own. */
  async issue(member: Member): Promise<TokenPair> {
    return await this.#pair(member, randomUUIDv7());
  }

  /**
   * Checks an access token's signature, times, issuer and audience. Throws an unauthenticated Problem. A signature holds
   * for ever, so one that was found good is not computed again while the token lasts.
   */
  async verify(access: string): Promise<AccessClaims> {
    const known = this.#verified.get(access);
    if (known && Date.now() < known.until) return known;
    this.#verified.delete(access);
    const claims = await this.#verifySignature(access);
    if (this.#verified.size >= REMEMBERED) this.#verified.delete(this.#verified.keys().next().value ?? '');
    this.#verified.set(access, claims);
    return claims;
  }

  async #verifySignature(access: string): Promise<AccessClaims & { until: number }> {
    try {
      const { payload } = await jwtVerify(
        access,
        async (header) => (await this.#key(header.kid ?? '')).publicKey,
        {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['sub', 'exp', 'tid', 'fid'],
        },
      );
      const [userId, tenantId, familyId] = [payload.sub, payload.tid, payload.fid].map(String) as [
        string,
        string,
        string,
      ];
      return { userId, tenantId, familyId, until: Number(payload.exp) * 1000 };
    } catch (cause) {
      const isOurs = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_J');
      if (!isOurs) throw cause;
      throw refused('the access token is not valid, or no longer');
    }
  }

  /** The member that an access token speaks for, unless its sign-in was ended since. Throws as verify() does. */
  async memberOf(access: string): Promise<Member> {
    const claims = await this.verify(access);
    const member = await this.#members(claimsKey(claims));
    if (!member) throw refused('the access token is not valid, or no longer');
    return member;
  }

  /**
   * Exchanges a refresh token for a new pair. It works once: a second use means that it was stolen, and ends the whole
   * family (RFC 9700, 4.14.2). `tenantId` is the company that the request names, if any.
   */
  async refresh(refresh: string, tenantId: string | null): Promise<{ member: Member; pair: TokenPair }> {
    const hash = hashSecretToken(refresh);
    const owner = await this.#db.kysely
      .selectFrom('refresh_tokens')
      .select(['user_id', 'tenant_id', 'family_id'])
      .where('token_hash', '=', hash)
      .executeTakeFirst();
    // A token that is shown to the wrong company is not used up by that.
    const member =
      owner && (tenantId ?? owner.tenant_id) === owner.tenant_id
        ? await memberOf(this.#db, owner.user_id, owner.tenant_id)
        : null;
    if (!owner || !member) throw refused('the refresh token is not valid here');
    const used = await this.#db.kysely
      .updateTable('refresh_tokens')
      .set({ used_at: sql<Date>`now()` })
      .where('token_hash', '=', hash)
      .where('used_at', 'is', null)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst();
    if (used.numUpdatedRows === 0n) {
      await this.revoke({ refresh });
      throw refused('the refresh token is not valid, or no longer');
    }
    return { member, pair: await this.#pair(member, owner.family_id) };
  }

  /** Ends a sign-in, known by its family or by one of its refresh tokens; an unknown one is no error. */
  async revoke(of: { familyId: string } | { refresh: string }): Promise<void> {
    const family =
      'familyId' in of
        ? sql<string>`${of.familyId}::uuid`
        : sql<string>`(select family_id from refresh_tokens where token_hash = ${hashSecretToken(of.refresh)})`;
    await this.#db.kysely
      .updateTable('refresh_tokens')
      .set({ revoked_at: sql<Date>`now()` })
      .where('family_id', '=', family)
      .where('revoked_at', 'is', null)
      .execute();
    this.#db.changed();
  }
}
