// Recovery codes: ten single-use words for the day on which the app and the passkeys are lost.
import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import type { DirectoryTx } from '#lib/tenant-tx';

const CODES = 10;
/** Crockford's alphabet: no letter that is taken for a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** Of 32 signs each: 120 random bits, which need neither salt nor stretching. */
const SIGNS = 24;

const newCode = () => [...randomBytes(SIGNS)].map((byte) => ALPHABET[byte % 32]).join('');

/** A code as people key it: capitals, dashes and spaces do not matter, and o, i and l are read as the digits that they look like. */
function canonical(code: string): string {
  return code.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
}

const hashOf = (code: string) => createHash('sha256').update(canonical(code)).digest();

/** Replaces a person's codes by ten new ones, which are returned in groups of four and can never be shown again. */
export async function renewRecoveryCodes(tx: DirectoryTx, userId: string): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode);
  await tx.db.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  const rows = codes.map((code) => ({ user_id: userId, code_hash: hashOf(code) }));
  await tx.db.insertInto('recovery_codes').values(rows).execute();
  return codes.map((code) => code.match(/.{4}/g)?.join('-') ?? code);
}

/** Uses a code up; false for one that is unknown or was used before. */
export async function useRecoveryCode(
  db: Pick<Db, 'kysely'>,
  userId: string,
  code: string,
): Promise<boolean> {
  const used = await db.kysely
    .updateTable('recovery_codes')
    .set({ used_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('code_hash', '=', hashOf(code))
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return used.numUpdatedRows === 1n;
}

/** How many codes are left. */
export async function recoveryCodesLeft(db: Pick<Db, 'kysely'>, userId: string): Promise<number> {
  const row = await db.kysely
    .selectFrom('recovery_codes')
    .select((each) => each.fn.countAll<number>().as('left'))
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return row.left;
}
