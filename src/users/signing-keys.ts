// The Ed25519 keys that sign access tokens: read by every web node, published, and exchanged without signing anyone out.
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import type { KeyRing } from '#lib/key-ring';
import { type DirectoryTx, inDirectory } from '#lib/tenant-tx';

export const SIGNING_ALGORITHM = 'EdDSA';

/** No node goes by what it read longer ago than this, so that a key that was retired is refused everywhere after it. */
const FRESH_MS = 1000;
/** Whoever names unknown keys makes a node read them so often at most. */
const LEAST_MS = 100;

type PublicKey = { kid: string; publicKey: CryptoKey; jwk: JWK };

/** What a node knows for a moment: the keys that verify, and the one of them that signs. */
type KeySet = { byKid: ReadonlyMap<string, PublicKey>; signing: { kid: string; sealed: string } | null };

/** The place of a key's private part, for which it is sealed. */
const signingKeyContext = (kid: string): string => `signing_keys.private:${kid}`;

/** Makes a key that signs `afterSeconds` from now; returns its kid. */
export async function addSigningKey(tx: DirectoryTx, ring: KeyRing, afterSeconds: number): Promise<string> {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const { d, ...publicJwk } = await exportJWK(privateKey);
  const kid = randomUUIDv7();
  await tx.db
    .insertInto('signing_keys')
    .values({
      kid,
      public_jwk: JSON.stringify(publicJwk),
      private_sealed: ring.seal(JSON.stringify({ ...publicJwk, d }), signingKeyContext(kid)),
      signs_from: sql<Date>`now() + make_interval(secs => ${afterSeconds})`,
    })
    .execute();
  return kid;
}

/** Seals the keys that lie there in plain, from before keys were sealed. Returns how many there were. */
export async function sealPlainSigningKeys(tx: DirectoryTx, ring: KeyRing): Promise<number> {
  const query = tx.db.selectFrom('signing_keys').select(['kid', 'private_jwk']);
  const plain = await query.where('private_jwk', 'is not', null).forUpdate().execute();
  for (const { kid, private_jwk } of plain) {
    const private_sealed = ring.seal(JSON.stringify(private_jwk), signingKeyContext(kid));
    await tx.db
      .updateTable('signing_keys')
      .set({ private_jwk: null, private_sealed })
      .where('kid', '=', kid)
      .execute();
  }
  return plain.length;
}

/** Those of the keys that are not retired yet, as a condition of the table. */
export const notRetired = sql<boolean>`(retired_at is null or retired_at > now())`;

/** Locks the keys against any other change until the transaction ends; reading them goes on. */
export async function lockSigningKeys(tx: DirectoryTx): Promise<void> {
  await sql`lock table signing_keys in share row exclusive mode`.execute(tx.db);
}

/** Makes the first key, by one of the programs that find none, and seals what lies there in plain. */
async function prepareKeys(db: Db, ring: KeyRing): Promise<void> {
  await inDirectory(db, async (tx) => {
    await lockSigningKeys(tx);
    await sealPlainSigningKeys(tx, ring);
    const query = tx.db.selectFrom('signing_keys').select('kid').where(notRetired).limit(1);
    const signing = await query.where('signs_from', '<=', sql<Date>`now()`).executeTakeFirst();
    if (!signing) await addSigningKey(tx, ring, 0);
  });
}

type Row = { kid: string; public_jwk: JWK; private_sealed: string | null; plain: boolean; signs: boolean };

/** The keys that are not retired, the one that signs first among them. */
async function readRows(db: Db): Promise<Row[]> {
  const { rows } = await db.pool.query<Row>(
    `select kid, public_jwk, private_sealed, private_jwk is not null as plain, signs_from <= now() as signs
     from public.signing_keys where retired_at is null or retired_at > now()
     order by signs_from <= now() desc, signs_from desc, created_at desc`,
  );
  return rows;
}

async function readKeys(db: Db, ring: KeyRing): Promise<KeySet> {
  let rows = await readRows(db);
  if (!rows[0]?.signs || rows.some(({ plain }) => plain)) {
    await prepareKeys(db, ring);
    rows = await readRows(db);
  }
  const keys = await Promise.all(
    rows.map(async ({ kid, public_jwk: jwk }): Promise<[string, PublicKey]> => {
      const publicKey = (await importJWK(jwk, SIGNING_ALGORITHM)) as CryptoKey;
      return [kid, { kid, publicKey, jwk }];
    }),
  );
  const [first] = rows;
  const signing =
    first?.signs && first.private_sealed ? { kid: first.kid, sealed: first.private_sealed } : null;
  return { byKid: new Map(keys), signing };
}

/**
 * A web node's view of the keys, never more than a second old, so that all nodes follow a rotation or a retirement together. A
 * token that names a key unknown here waits for the next reading, as another node may have just begun to sign with it.
 */
export class SigningKeys {
  readonly #db: Db;
  readonly #ring: KeyRing;
  #known: Promise<KeySet> | undefined;
  #coming: Promise<KeySet> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #opened: { kid: string; key: CryptoKey } | undefined;

  constructor(db: Db, ring: KeyRing) {
    this.#db = db;
    this.#ring = ring;
  }

  #read(): Promise<KeySet> {
    this.#readAt = performance.now();
    const reading = readKeys(this.#db, this.#ring);
    this.#known = reading;
    reading.catch(() => {
      if (this.#known === reading) this.#known = undefined;
    });
    return reading;
  }

  #now(): Promise<KeySet> {
    if (this.#known && performance.now() - this.#readAt < FRESH_MS) return this.#known;
    return this.#read();
  }

  /** A reading that begins after this call; all who wait share it. */
  #next(): Promise<KeySet> {
    this.#coming ??= delay(Math.max(0, this.#readAt + LEAST_MS - performance.now())).then(() => {
      this.#coming = undefined;
      return this.#read();
    });
    return this.#coming;
  }

  /** The key that verifies what names this kid; null for a kid that is retired or nobody's. */
  async toVerify(kid: string): Promise<CryptoKey | null> {
    const known = (await this.#now()).byKid.get(kid) ?? (await this.#next()).byKid.get(kid);
    return known?.publicKey ?? null;
  }

  /** Whether a key that verified before still does. */
  async verifies(kid: string): Promise<boolean> {
    return (await this.#now()).byKid.has(kid);
  }

  /** The key that signs now. Throws KeyRingError when its private part cannot be opened with the secret keys here. */
  async toSign(): Promise<{ kid: string; key: CryptoKey }> {
    const { signing } = await this.#now();
    if (!signing) throw new Error('there is no key that signs access tokens');
    if (this.#opened?.kid === signing.kid) return this.#opened;
    const jwk = JSON.parse(this.#ring.open(signing.sealed, signingKeyContext(signing.kid)).toString()) as JWK;
    this.#opened = { kid: signing.kid, key: (await importJWK(jwk, SIGNING_ALGORITHM)) as CryptoKey };
    return this.#opened;
  }

  /** The public keys as a JSON Web Key Set (RFC 7517, 5), those that only come to sign later among them. */
  async published(): Promise<{ keys: JWK[] }> {
    const keys = [...(await this.#now()).byKid.values()];
    return { keys: keys.map(({ kid, jwk }) => ({ ...jwk, kid, use: 'sig', alg: SIGNING_ALGORITHM })) };
  }
}
