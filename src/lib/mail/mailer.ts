// Hands mails over: to an SMTP server, or as files into the mail folder where there is none.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Config } from '#lib/config';
import type { Mail } from './mail.ts';

/** `id` is the row's in the outbox: it names the mail's file and its Message-ID, so that a repeat is known as one. */
export type Mailer = { send(id: string, mail: Mail): Promise<void>; close(): void };

/** A server that is silent for so long counts as dead; all together stay below the lease of a claimed mail. */
const SILENT_MS = 20_000;

function optionsOf(from: string, id: string, mail: Mail): SendMailOptions {
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    from,
    // As an object, so that no comma in an address makes it two.
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: `<${id}@${domain}>`,
    // Answers of machines to a machine help nobody (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function smtpMailer(url: string, from: string): Mailer {
  const timeouts = { connectionTimeout: SILENT_MS, greetingTimeout: SILENT_MS, socketTimeout: SILENT_MS };
  const transport = createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  return {
    send: async (id, mail) => {
      await transport.sendMail(optionsOf(from, id, mail));
    },
    close: () => transport.close(),
  };
}

function folderMailer(folder: string, from: string): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    send: async (id, mail) => {
      const { message } = await transport.sendMail(optionsOf(from, id, mail));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // A reader never sees half a mail; only the folder's owner may, as links in it open accounts.
      await writeFile(join(folder, `.${id}`), message as Buffer, { mode: 0o600 });
      await rename(join(folder, `.${id}`), join(folder, `${id}.eml`));
    },
    close: () => transport.close(),
  };
}

/** Where mails lie that no server takes. */
export function mailFolder({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, 'mail');
}

/** The way out that the configuration names: SMTP_URL, or the mail folder. */
export function openMailer(config: Pick<Config, 'smtpUrl' | 'mailFrom' | 'dataDir'>): Mailer {
  return config.smtpUrl === null
    ? folderMailer(mailFolder(config), config.mailFrom)
    : smtpMailer(config.smtpUrl, config.mailFrom);
}
