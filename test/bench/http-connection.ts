// One keep-alive connection that sends prepared requests, as lean as it gets, so that the load costs little itself.
import { connect, type Socket } from 'node:net';

/** Sends one request at a time; `send` resolves with the status once the whole answer is there. */
export type HttpConnection = { send(request: string): Promise<number>; close(): void };

const headEnd = Buffer.from('\r\n\r\n');

/** The status of a complete answer, or null while some of it is missing. Throws for one without a length. */
function statusOf(answer: Buffer): number | null {
  const end = answer.indexOf(headEnd);
  if (end < 0) return null;
  const head = answer.toString('latin1', 0, end);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${head}`);
  return answer.length >= end + headEnd.length + Number(length) ? Number(head.slice(9, 12)) : null;
}

/** Opens a connection to the loopback address. A connection that breaks rejects the request that is under way. */
export async function openHttpConnection(port: number): Promise<HttpConnection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let answer: Buffer = Buffer.alloc(0);
  let waiting: { resolve(status: number): void; reject(error: Error): void } | null = null;
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the server closed the connection')));
  socket.on('data', (chunk: Buffer) => {
    answer = answer.length === 0 ? chunk : Buffer.concat([answer, chunk]);
    const status = statusOf(answer);
    if (status === null) return;
    answer = Buffer.alloc(0);
    const { resolve } = waiting ?? { resolve: () => {} };
    waiting = null;
    resolve(status);
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => {
      waiting = null;
      socket.destroy();
    },
  };
}
