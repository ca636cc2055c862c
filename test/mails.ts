// Sends what lies in a test's outbox into a folder, as a server without SMTP does, and reads it there as a mail program would.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParsedMail, simpleParser } from 'mailparser';
import type { Db } from '#lib/db';
import { openMailer } from '#lib/mail/mailer';
import { relayMails } from '#lib/mail/relay-mails';
import { testKeyRing } from '#test/secret-keys';

/** Everything that has been queued since the last call, oldest first. */
export async function deliveredMails(db: Db): Promise<ParsedMail[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'himalytix-mails-'));
  try {
    const mailer = openMailer({ smtpUrl: null, mailFrom: 'Books <books@example.com>', dataDir });
    await relayMails(db, testKeyRing, mailer, (error) => {
      throw error;
    });
    const folder = join(dataDir, 'mail');
    const names = (await readdir(folder).catch(() => [])).sort();
    return await Promise.all(names.map(async (name) => simpleParser(await readFile(join(folder, name)))));
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The token in a mail's link, and the link's host. */
export function linkOf(mail: ParsedMail | undefined): { token: string; url: URL } {
  const url = new URL(/https?:\/\/\S+token=\S+/.exec(mail?.text ?? '')?.[0] ?? 'http://no-link.invalid');
  return { token: url.searchParams.get('token') ?? '', url };
}
