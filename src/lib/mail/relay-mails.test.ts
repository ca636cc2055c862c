// Sends mails from the outbox to a real SMTP server and into a folder, with everything going wrong that can.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { keyRingOf } from '#lib/key-ring';
import { inDirectory } from '#lib/tenant-tx';
import { openTestHouse, type TestHouse } from '#test/company';
import { mailOf } from './mail.ts';
import { type Mailer, openMailer } from './mailer.ts';
import { queueMail } from './queue-mail.ts';
import { purgeMails, relayMails } from './relay-mails.ts';

const keyRing = keyRingOf(() => [{ id: 'test', key: Buffer.alloc(32, 1) }]);
const mailFrom = 'Books, “Himalaya” <books@example.com>';

let house: TestHouse;
let dataDir: string;
let smtp: SMTPServer;
let received: ParsedMail[] = [];
let refusal: string | null = null;

before(async () => {
  house = await openTestHouse();
  dataDir = await mkdtemp(join(tmpdir(), 'himalytix-mail-'));
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: async (stream, _session, done) => {
      const mail = await simpleParser(stream);
      if (refusal === null) received.push(mail);
      done(refusal === null ? null : Object.assign(new Error(refusal), { responseCode: 451 }));
    },
  });
  await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  await new Promise<void>((resolve) => void smtp.close(resolve));
  await rm(dataDir, { recursive: true, force: true });
  await house.close();
});
beforeEach(async () => {
  received = [];
  refusal = null;
  await house.superuser.query("delete from outbox where topic = 'mail.send'");
});

const port = () => (smtp.server.address() as AddressInfo).port;
const overSmtp = () => openMailer({ smtpUrl: `smtp://127.0.0.1:${port()}`, mailFrom, dataDir });

const letter = (to: string) =>
  mailOf({
    to,
    subject: 'Ein Brief – पत्र',
    paragraphs: ['Good day <b>to you</b>.'],
    link: { label: 'Open', href: 'https://acme.example.com/x/?token=secret-token' },
    footnotes: ['Bye.'],
  });
const queue = (to = 'sita@example.com', more = {}) =>
  inDirectory(house.db, (tx) => queueMail(tx, keyRing, letter(to), more));

async function relay(mailer: Mailer): Promise<{ sent: number; errors: string[] }> {
  const errors: string[] = [];
  const sent = await relayMails(house.db, keyRing, mailer, (error) => errors.push(String(error)));
  return { sent, errors };
}

type Row = {
  sealed: string | null;
  relayed: boolean;
  failed: boolean;
  attempts: number;
  wait: number | null;
  last_error: string | null;
};
async function rows(): Promise<Row[]> {
  const { rows: found } = await house.superuser.query<Row>(`select sealed, relayed_at is not null as relayed,
    failed_at is not null as failed, attempts, round(extract(epoch from due_at - clock_timestamp()))::integer as wait, last_error
    from outbox where topic = 'mail.send' order by id`);
  return found;
}

test('a mail is sealed while it waits, arrives whole, and is erased once it is sent', async () => {
  const id = await queue();
  const [waiting] = await rows();
  assert.match(waiting?.sealed ?? '', /^v1\.test\./);
  assert.doesNotMatch(JSON.stringify(waiting), /sita|secret-token/);
  assert.deepEqual(await relay(overSmtp()), { sent: 1, errors: [] });
  const [mail] = received;
  assert.equal(mail?.subject, 'Ein Brief – पत्र');
  assert.match(
    mail?.text ?? '',
    /Good day <b>to you<\/b>[\s\S]*https:\/\/acme\.example\.com\/x\/\?token=secret-token/,
  );
  assert.match(mail?.html || '', /&lt;b&gt;to you/);
  assert.equal(mail?.messageId, `<${id}@example.com>`);
  assert.equal(mail?.from?.value[0]?.address, 'books@example.com');
  const [done] = await rows();
  assert.deepEqual([done?.sealed, done?.relayed], [null, true]);
  assert.deepEqual(await relay(overSmtp()), { sent: 0, errors: [] }, 'and it is not sent again');
});

test('what is rolled back is never sent, and what needs no sending is not', async () => {
  const broken = inDirectory(house.db, async (tx) => {
    await queueMail(tx, keyRing, letter('a@example.com'));
    throw new Error('no');
  });
  await assert.rejects(broken, /no/);
  await queue('nobody@example.com', { deliver: false });
  assert.deepEqual(await relay(overSmtp()), { sent: 0, errors: [] });
  assert.deepEqual(
    (await rows()).map(({ sealed }) => sealed),
    [null],
  );
});

test('several processes at once send each mail once', async () => {
  for (let nth = 0; nth < 12; nth += 1) await queue(`reader${nth}@example.com`);
  const results = await Promise.all([1, 2, 3, 4].map(() => relay(overSmtp())));
  assert.equal(
    results.reduce((sum, { sent }) => sum + sent, 0),
    12,
  );
  const readers = received.map(({ to }) => [to].flat()[0]?.value[0]?.address);
  assert.equal(new Set(readers).size, 12);
  assert.equal(readers.length, 12);
});

test('a server that is dead or refuses keeps no mail: it is tried later and later, and sent when the server is back', async () => {
  await queue();
  const dead = openMailer({ smtpUrl: 'smtp://127.0.0.1:1', mailFrom, dataDir });
  const { sent, errors } = await relay(dead);
  assert.equal(sent, 0);
  assert.match(errors[0] ?? '', /ECONNREFUSED/);
  refusal = 'try later';
  for (const wait of [15, 30, 60, 120]) {
    assert.equal((await rows())[0]?.wait, wait);
    assert.deepEqual(await relay(overSmtp()), { sent: 0, errors: [] }, 'it is not due yet');
    await house.superuser.query("update outbox set due_at = now() where topic = 'mail.send'");
    assert.match((await relay(overSmtp())).errors[0] ?? '', /try later/);
  }
  refusal = null;
  await house.superuser.query("update outbox set due_at = now() where topic = 'mail.send'");
  assert.deepEqual(await relay(overSmtp()), { sent: 1, errors: [] });
  assert.deepEqual([(await rows())[0]?.last_error, received.length], [null, 1]);
});

test('a bad address holds nobody up, and is given up and erased after a day', async () => {
  await queue('nobody@');
  await queue('sita@example.com');
  const { sent, errors } = await relay(overSmtp());
  assert.deepEqual([sent, errors.length], [1, 1]);
  await house.superuser.query(
    "update outbox set due_at = now(), created_at = now() - interval '25 hours' where relayed_at is null",
  );
  await relay(overSmtp());
  const [given] = await rows();
  assert.deepEqual([given?.failed, given?.sealed, given?.attempts], [true, null, 2]);
  assert.deepEqual(await relay(overSmtp()), { sent: 0, errors: [] });
  await house.superuser.query(
    "update outbox set failed_at = now() - interval '31 days' where failed_at is not null",
  );
  await purgeMails(house.db);
  assert.equal((await rows()).length, 1);
});

test('a mail of a process that died is sent by another after its lease', async () => {
  await queue();
  const died: Mailer = { send: () => new Promise(() => {}), close: () => {} };
  void relay(died);
  while ((await rows())[0]?.attempts !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(await relay(overSmtp()), { sent: 0, errors: [] });
  assert.ok(((await rows())[0]?.wait ?? 0) > 250);
  await house.superuser.query("update outbox set due_at = now() where topic = 'mail.send'");
  assert.deepEqual(await relay(overSmtp()), { sent: 1, errors: [] });
});

test('without a server a mail is a file that only its owner reads, and that a mail program opens', async () => {
  const id = await queue('o’brien, x@example.com');
  assert.deepEqual(await relay(openMailer({ smtpUrl: null, mailFrom, dataDir })), { sent: 1, errors: [] });
  const folder = join(dataDir, 'mail');
  assert.deepEqual(await readdir(folder), [`${id}.eml`]);
  assert.equal((await stat(join(folder, `${id}.eml`))).mode & 0o777, 0o600);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  const mail = await simpleParser(await readFile(join(folder, `${id}.eml`)));
  assert.match(mail.text ?? '', /token=secret-token/);
});

test('an address cannot add a header or another reader', async () => {
  for (const to of ['a@example.com\r\nBcc: thief@example.com', 'a@example.com, thief@example.com'])
    await queue(to);
  await relay(openMailer({ smtpUrl: null, mailFrom, dataDir }));
  await relay(overSmtp());
  const folder = join(dataDir, 'mail');
  for (const name of await readdir(folder)) {
    const { bcc, to } = await simpleParser(await readFile(join(folder, name)));
    assert.equal(bcc, undefined);
    assert.ok([to].flat()[0]?.value.length === 1);
  }
});
