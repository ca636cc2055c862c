// Gives a person another password, ends what was opened with the old one, and tells them and their companies.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import { companyOrigin } from '#lib/company-origin';
import type { Config } from '#lib/config';
import type { Db } from '#lib/db';
import type { KeyRing } from '#lib/key-ring';
import { mailOf } from '#lib/mail/mail';
import { queueMail } from '#lib/mail/queue-mail';
import { type Fault, invalid } from '#lib/problem';
import { type Actor, type DirectoryTx, inDirectory } from '#lib/tenant-tx';
import { noteInCompanies } from './note-in-companies.ts';
import { endSignIns } from './own-sessions.ts';
import { hashPassword, passwordMatches } from './password.ts';
import { passwordFaults } from './password-faults.ts';
import { policyOfPerson } from './sign-in-policy.ts';
import { chargeAttempt, settleAttempt, type Throttle } from './throttle.ts';

/** What letters and links are made with. */
export type LinkServices = {
  db: Db;
  keyRing: KeyRing;
  config: Pick<Config, 'publicUrl' | 'baseDomain' | 'port' | 'trustProxy'>;
};

type Person = { id: string; email: string; name: string };

/** Every fault of a new password of somebody, by the strictest policy of their companies. */
export async function ownPasswordFaults(
  tx: Pick<DirectoryTx, 'db'>,
  person: Person,
  password: string,
): Promise<Fault[]> {
  const names = await tx.db
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.id', 'memberships.tenant_id')
    .select(['tenants.name', 'tenants.slug'])
    .where('memberships.user_id', '=', person.id)
    .execute();
  const known = [person.name, person.email, ...names.flatMap(({ name, slug }) => [name, slug])];
  return await passwordFaults(password, await policyOfPerson(tx, person.id), known);
}

/**
 * Stores a password that has no faults; every sign-in of the person but `except` ends, their companies' audit logs say that it
 * was changed, and so does a mail to them, as it may have been somebody else (OWASP ASVS 5, 6.3.7). `slug` is the company to
 * whose address the mail leads.
 */
export async function storePassword(
  tx: DirectoryTx,
  { keyRing, config }: Omit<LinkServices, 'db'>,
  person: Person,
  password: string,
  { slug, except = null }: { slug: string | null; except?: string | null },
): Promise<void> {
  const password_hash = await hashPassword(password);
  await tx.db.updateTable('users').set({ password_hash }).where('id', '=', person.id).execute();
  await tx.db
    .updateTable('password_resets')
    .set({ used_at: sql<Date>`now()` })
    .where('user_id', '=', person.id)
    .where('used_at', 'is', null)
    .execute();
  await endSignIns(tx, person.id, { except });
  await noteInCompanies(tx, person.id, null, { email: person.email, password: 'changed' });
  const letter = mailOf({
    to: person.email,
    subject: 'Your password was changed',
    paragraphs: [`The password of ${person.email} was changed just now, and other sessions were ended.`],
    link: {
      label: 'If it was not you, choose another',
      href: `${companyOrigin(config, slug)}/password-reset/`,
    },
    footnotes: ['If it was you, there is nothing to do.'],
  });
  await queueMail(tx, keyRing, letter);
}

/** Whether somebody has a password; whom a provider has brought has none until they choose one by a mailed link. */
export async function hasPassword(db: Db, userId: string): Promise<boolean> {
  const query = db.kysely.selectFrom('users').select('password_hash').where('id', '=', userId);
  return (await query.executeTakeFirst())?.password_hash != null;
}

/**
 * Changes one's own password, for which the present one has to be told. Ends all other sign-ins; `session` is the one that
 * stays. Throws an invalid Problem naming every fault, or a too-many Problem for who guesses.
 */
export async function changeOwnPassword(
  services: LinkServices,
  actor: Actor & { userId: string },
  {
    current,
    password,
    slug,
    session,
  }: { current: string; password: string; slug: string; session: string | null },
): Promise<void> {
  const { db } = services;
  const throttles: Throttle[] = [{ rule: 'pair', of: `own password\0${actor.userId}` }];
  await chargeAttempt(db, throttles);
  const user = await db.kysely
    .selectFrom('users')
    .select(['id', 'email', 'name', 'password_hash'])
    .where('id', '=', actor.userId)
    .executeTakeFirstOrThrow();
  const isRight = await passwordMatches(current, user.password_hash ?? undefined);
  const wrong = {
    pointer: '/current_password',
    code: 'users/password-wrong',
    detail: 'this is not your password',
  };
  const faults = [
    ...(isRight ? [] : [wrong]),
    ...(await ownPasswordFaults({ db: db.kysely }, user, password)),
  ];
  if (isRight) await settleAttempt(db, throttles);
  if (faults.length > 0) throw invalid(faults);
  await inDirectory(
    db,
    (tx) => storePassword(tx, services, user, password, { slug, except: session }),
    actor,
  );
}

/** Who somebody is while they act for themselves without a session, by a link that was mailed to them. */
export function actorByLink(
  { id, email, name }: Person,
  { requestId, ip }: { requestId: string; ip: string | null },
  role = '',
): Actor & { userId: string } {
  return { userId: id, email, name, role, requestId, ip };
}

/** An id for somebody who is about to become a user. */
export const newUserId = (): string => randomUUIDv7();
