// Gives the members of tests second factors: an app whose codes are made here.
import { generateSync } from 'otplib';
import { plainAccess } from '#lib/access';
import type { Db } from '#lib/db';
import { inDirectory, systemActor } from '#lib/tenant-tx';
import { type TestCompany, testPassword } from '#test/company';
import { testKeyRing } from '#test/secret-keys';
import { addApp, enrolmentSecret, ensureUser, type Member, type Role, setMembership } from '#users';

/** A new member of their own, so that no test sees another's attempts; the password is `testPassword`. */
export async function addPerson(db: Db, { tenant }: TestCompany, role: Role): Promise<Member> {
  const email = `${crypto.randomUUID()}@example.test`;
  const name = `A new ${role}`;
  const userId = await inDirectory(db, async (tx) => {
    const id = await ensureUser(tx, { email, name, password: testPassword });
    await setMembership(tx, id, tenant.id, role);
    return id;
  });
  return { userId, tenantId: tenant.id, email, name, role, access: plainAccess };
}

/** The code that an app shows so many steps of 30 seconds from now. */
export function codeOf(secret: string, stepsFromNow = 0): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * stepsFromNow });
}

/** Sets up an app for a person with the code before the present one, so that the present one is good still. */
export async function setUpApp(db: Db, userId: string): Promise<{ secret: string; codes: string[] }> {
  const holder = crypto.randomUUID();
  const secret = await enrolmentSecret(db, testKeyRing, { userId, holder });
  const add = () => {
    const sent = { holder, code: codeOf(secret, -1) };
    return addApp({ db, keyRing: testKeyRing }, { userId, actor: systemActor }, sent);
  };
  // Its step may have ended on the way; then the next one's is sent.
  const codes = await add().catch(add);
  return { secret, codes: codes ?? [] };
}

/** Makes a person's sign-ins, of page and API, as old as that. */
export async function ageSignIns(db: Db, userId: string, minutes: number): Promise<void> {
  await inDirectory(db, async ({ client }) => {
    const aged =
      'set proved_at = now() - make_interval(mins => $2) where user_id = $1 and proved_at is not null';
    for (const table of ['sessions', 'refresh_tokens'])
      await client.query(`update ${table} ${aged}`, [userId, minutes]);
  });
}
