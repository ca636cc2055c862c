// Puts a mail into the outbox, in the transaction of what it tells of: it goes out if that holds, and not otherwise.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { KeyRing } from '#lib/key-ring';
import type { DirectoryTx } from '#lib/tenant-tx';
import type { Mail } from './mail.ts';

export const MAIL_TOPIC = 'mail.send';

/** What a mail is sealed for; src/lib/sealed-columns.ts knows it, too. */
export const mailContext = (id: string) => `outbox.sealed:${id}`;

/**
 * Writes the row. A mail may carry a link that opens an account, so it lies there sealed, and is erased once it is sent. With
 * `deliver` false the row is written as one that needs no sending: the same work for somebody who does not exist.
 */
export async function queueMail(
  tx: Pick<DirectoryTx, 'db'>,
  keyRing: KeyRing,
  mail: Mail,
  { deliver = true }: { deliver?: boolean } = {},
): Promise<string> {
  const id = randomUUIDv7();
  const sealed = keyRing.seal(JSON.stringify(mail), mailContext(id));
  await sql`insert into public.outbox (id, schema_name, topic, sealed, relayed_at)
    values (${id}, null, ${MAIL_TOPIC}, case when ${deliver}::boolean then ${sealed} end,
      case when ${deliver}::boolean then null else clock_timestamp() end)`.execute(tx.db);
  return id;
}
