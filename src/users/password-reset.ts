// A forgotten password: a link by mail, good once and for an hour, with which its reader chooses another.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import { companyOrigin } from '#lib/company-origin';
import type { Db } from '#lib/db';
import { mailOf } from '#lib/mail/mail';
import { queueMail } from '#lib/mail/queue-mail';
import { invalid, type Problem } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import { forgetOrigins, rememberOrigin } from './known-origins.ts';
import { hashSecretToken, newSecretToken } from './secret-token.ts';
import { actorByLink, type LinkServices, ownPasswordFaults, storePassword } from './set-own-password.ts';
import type { SignInOrigin } from './sign-in-facts.ts';
import { waitFor } from './throttle.ts';

/** Longer than the longest wait between two links, so that nobody can ask for so many that none works. */
export const RESET_MINUTES = 60;

/** One answer for a link that is unknown, used or too old. */
export function linkRefused(): Problem {
  const detail = 'this link was used before, has run out, or is not complete; ask for another';
  return invalid([{ pointer: '/token', code: 'users/link-refused', detail }]);
}

/** The active person of an address and the company whose address the link leads to; one row also when there is nobody. */
async function addressee(db: Pick<Db, 'kysely'>, email: string, tenantId: string | null) {
  const { rows } = await sql<{ id: string | null; slug: string | null }>`
    select u.id, t.slug from (select ${email}::text as email) asked
      left join public.users u on u.email = asked.email and u.is_active
      left join lateral (select t.slug from public.memberships m join public.tenants t on t.id = m.tenant_id
        where m.user_id = u.id and t.status = 'active' order by t.id is distinct from ${tenantId}::uuid, t.name limit 1) t on true`.execute(
    db.kysely,
  );
  return rows[0] ?? { id: null, slug: null };
}

/**
 * Mails a link to whom the address belongs, if anybody. Nothing tells the asker whether somebody has it: the same statements
 * are run either way, and for nobody the mail is one that is never sent. Links that were mailed before stay good. Who asks too
 * often gets no further mail but the same answer, as asking must not keep the owner from the link they have; who asks for many
 * addresses meets the rate limit `reset`.
 */
export async function requestPasswordReset(
  { db, keyRing, config }: LinkServices,
  input: { email: string; tenantId: string | null },
): Promise<void> {
  const email = input.email.trim().toLowerCase();
  const wait = await waitFor(db, [{ rule: 'mail', of: `reset\0${email}` }]);
  if (wait > 0) return;
  const token = newSecretToken();
  await inDirectory(db, async (tx) => {
    const { id, slug } = await addressee({ kysely: tx.db }, email, input.tenantId);
    const href = `${companyOrigin(config, slug)}/password-reset/confirm/?token=${token}`;
    const letter = mailOf({
      to: email,
      subject: 'Choose a new password',
      paragraphs: [`Somebody, probably you, asked for a new password for ${email}.`],
      link: { label: 'Choose a new password', href },
      footnotes: [
        `The link works once, within ${RESET_MINUTES} minutes.`,
        'If it was not you, do nothing: your password stays as it is, and nobody else has this link.',
      ],
    });
    const deliver = id !== null && slug !== null;
    await sql`insert into public.password_resets (id, token_hash, user_id, expires_at)
      select ${randomUUIDv7()}::uuid, ${hashSecretToken(token)}::bytea, u.id, now() + make_interval(mins => ${RESET_MINUTES})
      from public.users u where u.id = ${id} and ${deliver}`.execute(tx.db);
    await queueMail(tx, keyRing, letter, { deliver });
  });
}

/** Whose password a link sets, or null when it does so no more. Looking does not use it up. */
export async function resetOf(
  db: Pick<Db, 'kysely'>,
  token: string,
): Promise<{ id: string; email: string; name: string } | null> {
  const row = await db.kysely
    .selectFrom('password_resets as r')
    .innerJoin('users as u', 'u.id', 'r.user_id')
    .select(['u.id', 'u.email', 'u.name'])
    .where('r.token_hash', '=', hashSecretToken(token))
    .where('r.used_at', 'is', null)
    .where('r.expires_at', '>', sql<Date>`now()`)
    .where('u.is_active', '=', true)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Sets the password by a link, which is used up with it. Every session and every program of the person is signed out, and all
 * other links are void. The browser is known from now on, but nobody is signed in by that: whatever else a sign-in asks for
 * is still asked. Throws an invalid Problem naming the link or every fault of the password.
 */
export async function resetPassword(
  services: LinkServices,
  input: { token: string; password: string; tenantId: string | null; requestId: string; from: SignInOrigin },
): Promise<{ email: string; userId: string }> {
  const { db } = services;
  const person = await resetOf(db, input.token);
  if (!person) throw linkRefused();
  const actor = actorByLink(person, { requestId: input.requestId, ip: input.from.ip });
  await inDirectory(
    db,
    async (tx) => {
      const used = await tx.db
        .updateTable('password_resets')
        .set({ used_at: sql<Date>`now()` })
        .where('token_hash', '=', hashSecretToken(input.token))
        .where('used_at', 'is', null)
        .where('expires_at', '>', sql<Date>`now()`)
        .executeTakeFirst();
      if (used.numUpdatedRows === 0n) throw linkRefused();
      const faults = await ownPasswordFaults(tx, person, input.password);
      if (faults.length > 0) throw invalid(faults);
      const { slug } = await addressee({ kysely: tx.db }, person.email, input.tenantId);
      await storePassword(tx, services, person, input.password, { slug });
      await forgetOrigins(tx, person.id);
    },
    actor,
  );
  await rememberOrigin(db, person.id, input.from);
  return { email: person.email, userId: person.id };
}

/** Forgets links that ran out a day ago. */
export async function purgePasswordResets(db: Db): Promise<void> {
  await sql`delete from public.password_resets where expires_at < now() - interval '1 day'`.execute(
    db.kysely,
  );
}
