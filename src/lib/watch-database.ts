// Notices a database that has fallen silent, connected but without an answer, which a socket would not tell for many minutes.
import { Socket } from 'node:net';
import pg from 'pg';

const TICK_MS = 500;
/** So many ticks without an answer to `select 1` are silence; a slow statement does not keep that question waiting. */
const PATIENCE_TICKS = 8;
/** While there is silence, a question is given up after so many ticks and asked anew on another connection. */
const RETRY_TICKS = 4;

/** Makes the sockets of the connections that are watched; `stop()` ends the watch. */
export type DatabaseWatch = { socket(): Socket; stop(): void };

type Question = { client: pg.Client; socket: Socket; ticks: number };

function newQuestion(url: string): Question {
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url,
    application_name: 'himalytix watch',
    stream: () => socket,
  });
  client.on('error', () => {});
  return { client, socket, ticks: 0 };
}

/**
 * Asks the database at `url` over a connection of its own for a sign of life, twice a second while `isBusy()`. After four
 * seconds without one, all sockets that it made are cut, and new ones too until an answer comes: what waits for them fails as
 * with ETIMEDOUT instead of hanging. An error is an answer. Time is counted in ticks, so that a process that was itself held
 * up does not take that for the database's silence.
 */
export function watchDatabase(url: string, isBusy: () => boolean): DatabaseWatch {
  const sockets = new Set<Socket>();
  let question: Question | null = null;
  let waiting = false;
  let silent = false;

  const drop = () => {
    question?.socket.destroy();
    question = null;
    waiting = false;
  };

  /** The connection is kept while there is work, but for one that has failed. */
  const ask = async () => {
    const fresh = question === null;
    const mine = question ?? newQuestion(url);
    question = mine;
    mine.ticks = 0;
    waiting = true;
    const failed = await (fresh ? mine.client.connect() : Promise.resolve())
      .then(() => mine.client.query('select 1'))
      .then(
        () => false,
        () => true,
      );
    if (question !== mine) return;
    silent = false;
    waiting = false;
    if (failed) drop();
  };

  const tick = () => {
    if (question && waiting) {
      question.ticks += 1;
      if (question.ticks >= (silent ? RETRY_TICKS : PATIENCE_TICKS)) {
        silent = true;
        drop();
      }
    }
    if (!waiting && (silent || isBusy())) void ask();
    else if (!waiting) drop();
    if (silent) for (const socket of sockets) socket.destroy(silence());
  };

  const timer = setInterval(tick, TICK_MS).unref();
  return {
    socket: () => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
    stop: () => {
      clearInterval(timer);
      drop();
    },
  };
}

function silence(): Error {
  return Object.assign(new Error('the database is silent'), { code: 'ETIMEDOUT' });
}
