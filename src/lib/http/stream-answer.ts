// Answers with what is read as it is sent: the transaction that reads stays open until the reader has it all, or is gone.
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/**
 * Begins an answer within a transaction and returns it once it has begun: what goes wrong before is thrown, what goes wrong later
 * ends the answer in the middle. The transaction is over when `body` has ended or was destroyed.
 */
export async function streamAnswer<Tx, T extends { body: Readable }>(
  inTransaction: (work: (tx: Tx) => Promise<void>) => Promise<void>,
  begin: (tx: Tx) => Promise<T>,
): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const read = async (tx: Tx) => {
      const answer = await begin(tx);
      resolve(answer);
      await finished(answer.body).catch(() => {});
    };
    inTransaction(read).catch(reject);
  });
}

/** Characters that are gathered before they are sent. */
const CHUNK = 16_384;

async function* jsonText(
  head: Record<string, unknown>,
  name: string,
  items: AsyncIterable<unknown>,
): AsyncGenerator<string> {
  let text = `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(name)}:[`;
  let first = true;
  for await (const item of items) {
    text += first ? JSON.stringify(item) : `,${JSON.stringify(item)}`;
    first = false;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield `${text}]}`;
}

/** A JSON object of `head`'s fields and, as its last field, a list of any length. */
export function jsonWithList(
  head: Record<string, unknown>,
  name: string,
  items: AsyncIterable<unknown>,
): Readable {
  return Readable.from(jsonText(head, name, items), { objectMode: false });
}
