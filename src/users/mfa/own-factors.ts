// Adding and removing one's own factors: with the first come recovery codes, and the last one does not go where one is demanded.
import type { Db } from '#lib/db';
import { isUuid } from '#lib/is-uuid';
import type { KeyRing } from '#lib/key-ring';
import { notFound, Problem } from '#lib/problem';
import { type Actor, type DirectoryTx, inDirectory } from '#lib/tenant-tx';
import { enrolApp, removeApp } from './authenticator-app.ts';
import { type NewPasskey, removePasskey, storePasskey } from './enrol-passkey.ts';
import { changeFactors, type Factors, factorsOf, hasFactor } from './factors.ts';
import { renewRecoveryCodes } from './recovery-codes.ts';

/** Whose factors, and who changes them for the audit log; `firstOnly` refuses who has one already. */
export type FactorOwner = { userId: string; actor: Actor; firstOnly?: boolean };

/** Codes come with the first factor, and when none is left; null otherwise, so that those on paper stay good. */
async function codesFor(tx: DirectoryTx, userId: string, before: Factors): Promise<string[] | null> {
  return before.recoveryCodes > 0 && hasFactor(before) ? null : await renewRecoveryCodes(tx, userId);
}

async function add(
  db: Db,
  { userId, actor, firstOnly }: FactorOwner,
  why: string,
  work: (tx: DirectoryTx) => Promise<void>,
): Promise<string[] | null> {
  return await inDirectory(
    db,
    (tx) =>
      changeFactors(tx, userId, why, async (before) => {
        // Whoever only knows the password must not give a factor of their own to an account that has one.
        if (firstOnly && hasFactor(before))
          throw new Problem(
            'conflict',
            'users/second-factor-there',
            'a second factor is set up already; use that one',
          );
        await work(tx);
        return await codesFor(tx, userId, before);
      }),
    actor,
  );
}

/** Adds the app that was just set up; see enrolApp(). Returns new recovery codes, or null where there are some. */
export async function addApp(
  { db, keyRing }: { db: Db; keyRing: KeyRing },
  owner: FactorOwner,
  { holder, code }: { holder: string; code: string },
): Promise<string[] | null> {
  const enrolment = { userId: owner.userId, holder };
  return await add(db, owner, 'an authenticator app was set up', (tx) =>
    enrolApp(tx, keyRing, enrolment, code),
  );
}

/** Adds a passkey; see storePasskey(). Returns new recovery codes, or null where there are some. */
export async function addPasskey(
  db: Db,
  owner: FactorOwner,
  passkey: NewPasskey,
  name: string,
): Promise<string[] | null> {
  return await add(db, owner, 'a passkey was added', (tx) => storePasskey(tx, owner.userId, passkey, name));
}

/**
 * Removes the app ('app') or a passkey by its id. With the last factor go the recovery codes. Throws not-found, and a conflict when a
 * company of the person demands a factor and this is the last one.
 */
export async function removeFactor(db: Db, { userId, actor }: FactorOwner, which: string): Promise<void> {
  const remove = async (tx: DirectoryTx, before: Factors) => {
    if (which === 'app' ? before.app === null : !isUuid(which) || !(await removePasskey(tx, userId, which)))
      throw notFound('factor of yours');
    if (which === 'app') await removeApp(tx, userId);
    if (hasFactor(await factorsOf({ kysely: tx.db }, userId))) return;
    await refuseWhereDemanded(tx, userId);
    await tx.db.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  };
  await inDirectory(
    db,
    (tx) => changeFactors(tx, userId, 'a factor was removed', (before) => remove(tx, before)),
    actor,
  );
}

async function refuseWhereDemanded(tx: DirectoryTx, userId: string): Promise<void> {
  const demanding = await tx.db
    .selectFrom('memberships')
    .innerJoin('second_factor_demands as demand', 'demand.tenant_id', 'memberships.tenant_id')
    .innerJoin('tenants', 'tenants.id', 'memberships.tenant_id')
    .select('tenants.name')
    .where('memberships.user_id', '=', userId)
    .where((where) =>
      where.or([
        where('demand.everybody', '=', true),
        where('memberships.role', '=', where.fn.any('demand.roles')),
      ]),
    )
    .orderBy('tenants.name')
    .executeTakeFirst();
  if (!demanding) return;
  const detail = `${demanding.name} asks you for a second factor; add another one before you remove the last`;
  throw new Problem('conflict', 'users/second-factor-demanded', detail);
}

/** Replaces the recovery codes by ten new ones. Throws a conflict where there is no factor that they could stand in for. */
export async function replaceRecoveryCodes(db: Db, { userId, actor }: FactorOwner): Promise<string[]> {
  const replace = async (tx: DirectoryTx, before: Factors) => {
    if (hasFactor(before)) return await renewRecoveryCodes(tx, userId);
    const detail = 'set up an authenticator app or a passkey first';
    throw new Problem('conflict', 'users/second-factor-missing', detail);
  };
  const why = 'new recovery codes were made';
  return await inDirectory(
    db,
    (tx) => changeFactors(tx, userId, why, (before) => replace(tx, before)),
    actor,
  );
}
