// Sends the mails of the outbox: each once where all goes well, again after a failure, and never two at a time of one.
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import type { KeyRing } from '#lib/key-ring';
import type { Mail } from './mail.ts';
import type { Mailer } from './mailer.ts';
import { MAIL_TOPIC, mailContext } from './queue-mail.ts';

/** A claimed mail is another process's only after so long; its claimer has sent it by then, or has died. */
const LEASE_SECONDS = 300;
/** The wait after the first failure; it doubles with each further one, up to the most. */
const FIRST_WAIT_SECONDS = 15;
const MOST_WAIT_SECONDS = 3600;
/** A link in a mail that is a day late would have run out. */
const GIVE_UP_AFTER_HOURS = 24;

type Claimed = { id: string; sealed: string; attempts: number };

/** Takes the next mail that is due. What others have locked is theirs. The lease is the time of its next attempt. */
async function claim(db: Db): Promise<Claimed | undefined> {
  const { rows } = await sql<Claimed>`
    update public.outbox set attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    where id = (select id from public.outbox
      where topic = ${MAIL_TOPIC} and relayed_at is null and failed_at is null and (due_at is null or due_at <= clock_timestamp())
      order by due_at nulls first for update skip locked limit 1)
    returning id, sealed, attempts`.execute(db.kysely);
  return rows[0];
}

async function markSent(db: Db, id: string): Promise<void> {
  await sql`update public.outbox set relayed_at = clock_timestamp(), sealed = null, last_error = null where id = ${id}`.execute(
    db.kysely,
  );
}

/** Sets the next attempt, or gives the mail up and erases it. Returns whether it was given up. */
async function markFailed(db: Db, { id, attempts }: Claimed, error: unknown): Promise<boolean> {
  const wait = Math.min(MOST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(attempts - 1, 20));
  const why = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  const isOver = sql`created_at < clock_timestamp() - make_interval(hours => ${GIVE_UP_AFTER_HOURS})`;
  const { rows } = await sql<{ over: boolean }>`
    update public.outbox set last_error = ${why}, due_at = clock_timestamp() + make_interval(secs => ${wait}),
      failed_at = case when ${isOver} then clock_timestamp() end, sealed = case when ${isOver} then null else sealed end
    where id = ${id} returning failed_at is not null as over`.execute(db.kysely);
  return rows[0]?.over === true;
}

/**
 * Sends what is due, one mail after the other, until nothing is or `stopped` says so; returns how many went out. A mail that
 * cannot be sent is tried again later, and given up after a day; `onError` hears of it and the others go on. A crash between
 * sending and noting it sends a mail again, under the same Message-ID.
 */
export async function relayMails(
  db: Db,
  keyRing: KeyRing,
  mailer: Mailer,
  onError: (error: unknown, mail: { id: string; attempts: number; givenUp: boolean }) => void,
  stopped = () => false,
): Promise<number> {
  let sent = 0;
  while (!stopped()) {
    const claimed = await claim(db);
    if (!claimed) break;
    const { id, attempts, sealed } = claimed;
    try {
      const mail = JSON.parse(keyRing.open(sealed, mailContext(id)).toString()) as Mail;
      await mailer.send(id, mail);
    } catch (error) {
      onError(error, { id, attempts, givenUp: await markFailed(db, claimed, error) });
      continue;
    }
    await markSent(db, id);
    sent += 1;
  }
  return sent;
}

/** Forgets the rows of mails that were sent or given up a month ago; nothing but their times is in them. */
export async function purgeMails(db: Db): Promise<void> {
  await sql`delete from public.outbox where topic = ${MAIL_TOPIC}
    and coalesce(relayed_at, failed_at) < now() - interval '30 days'`.execute(db.kysely);
}
