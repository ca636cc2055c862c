// All that the serving process does by itself, and when: the one place to look at.
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Db } from '#lib/db';
import type { KeyRing } from '#lib/key-ring';
import type { Mailer } from '#lib/mail/mailer';
import { purgeMails, relayMails } from '#lib/mail/relay-mails';
import { eraseRetiredKeys, purgeRefreshTokens, purgeSignIns } from '#users';
import { purgeAll } from './purge-answers.ts';
import { verifyCompanies } from './verify-companies.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Work that comes again. Every process that serves does it, so it is made to be done by several at once and again.
 * `stopped` tells long work to end early.
 */
export type Schedule = {
  name: string;
  firstAfterMs: number;
  everyMs: number;
  work(db: Db, log: Pick<FastifyBaseLogger, 'error'>, stopped: () => boolean): Promise<unknown>;
};

/** Mails go out within moments of what they tell of; until there is a queue, each serving process looks for them by itself. */
export function mailSchedule(keyRing: KeyRing, mailer: Mailer): Schedule {
  return {
    name: 'send the mails of the outbox',
    firstAfterMs: 500,
    everyMs: 2000,
    work: (db, log, stopped) =>
      relayMails(
        db,
        keyRing,
        mailer,
        (err, mail) =>
          log.error({ err, ...mail }, mail.givenUp ? 'a mail was given up' : 'a mail was not sent yet'),
        stopped,
      ),
  };
}

/** What recurring entries bring is not here yet: until there is a scheduler, `ledger run-recurring` posts it. */
export const schedules: readonly Schedule[] = [
  {
    name: 'forget the answers whose Idempotency-Keys have run out',
    firstAfterMs: MINUTE_MS,
    everyMs: 24 * HOUR_MS,
    work: (db, log, stopped) =>
      purgeAll(
        db,
        (err, company) => log.error({ err, company }, 'old idempotency keys were not purged'),
        stopped,
      ),
  },
  {
    name: 'forget old sign-ins, links and mails',
    firstAfterMs: MINUTE_MS,
    everyMs: 24 * HOUR_MS,
    work: async (db) => {
      await purgeSignIns(db);
      await purgeMails(db);
    },
  },
  {
    name: 'forget the refresh tokens and the signing keys whose time is over',
    firstAfterMs: 3 * MINUTE_MS,
    everyMs: 24 * HOUR_MS,
    work: async (db, _log, stopped) => {
      await eraseRetiredKeys(db);
      await purgeRefreshTokens(db, stopped);
    },
  },
  {
    // Hourly, as each company has its own night; what is proved is not proved again.
    name: 'prove each company once a night',
    firstAfterMs: 2 * MINUTE_MS,
    everyMs: HOUR_MS,
    work: (db, log, stopped) =>
      verifyCompanies(
        db,
        {
          onBreach: (company, breaches) =>
            log.error({ company, breaches }, 'the books do not hold; see: bin/himalytix verify --history'),
          onError: (err, company) => log.error({ err, company }, 'a company could not be verified'),
        },
        { stopped },
      ),
  },
];

/** Does one piece of work at its times, never twice at once; what it throws is logged and the next time comes. */
async function repeat(
  { name, firstAfterMs, everyMs, work }: Schedule,
  db: Db,
  log: Pick<FastifyBaseLogger, 'error'>,
  signal: AbortSignal,
): Promise<void> {
  for (let wait = firstAfterMs; !signal.aborted; wait = everyMs) {
    await delay(wait, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return;
    await work(db, log, () => signal.aborted).catch((err: unknown) =>
      log.error({ err }, `failed to ${name}`),
    );
  }
}

/**
 * Starts the schedules without keeping the process alive. The returned function stops them and waits for what is under way.
 */
export function startSchedules(
  db: Db,
  log: Pick<FastifyBaseLogger, 'error'>,
  list: readonly Schedule[] = schedules,
): () => Promise<void> {
  const stop = new AbortController();
  const running = list.map((schedule) => repeat(schedule, db, log, stop.signal));
  return async () => {
    stop.abort();
    await Promise.all(running);
  };
}
