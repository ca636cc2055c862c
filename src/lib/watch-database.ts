// Notices a database that has fallen silent, connected but without an answer, which a socket would not tell for many minutes.
import { Socket } from 'node:net';
import pg from 'pg';

const TICK_MS = 500;
/** So many ticks without an answer to `select 1` are silence; a slow statement does not keep that question waiting. */
const PATIENCE_TICKS = 8;
/** While there is silence, a question is given up after so many ticks and asked anew on another connection. */
const RETRY_TICKS = 4;

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
export class DatabaseWatch {
  readonly #url: string;
  readonly #isBusy: () => boolean;
  readonly #sockets = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;
  #question: Question | null = null;
  #isWaiting = false;
  #isSilent = false;

  constructor(url: string, isBusy: () => boolean) {
    this.#url = url;
    this.#isBusy = isBusy;
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** A socket for a connection that is watched. */
  socket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  /** Ends the watch; the sockets stay as they are. */
  stop(): void {
    clearInterval(this.#timer);
    this.#drop();
  }

  #tick(): void {
    if (this.#question && this.#isWaiting) {
      this.#question.ticks += 1;
      if (this.#question.ticks >= (this.#isSilent ? RETRY_TICKS : PATIENCE_TICKS)) {
        this.#isSilent = true;
        this.#drop();
      }
    }
    if (!this.#isWaiting && (this.#isSilent || this.#isBusy())) void this.#ask();
    else if (!this.#isWaiting) this.#drop();
    if (this.#isSilent) for (const socket of this.#sockets) socket.destroy(silence());
  }

  /** The connection is kept while there is work, but for one that has failed. */
  async #ask(): Promise<void> {
    const isNew = this.#question === null;
    const mine = this.#question ?? newQuestion(this.#url);
    this.#question = mine;
    mine.ticks = 0;
    this.#isWaiting = true;
    let failed = false;
    try {
      if (isNew) await mine.client.connect();
      await mine.client.query('select 1');
    } catch {
      failed = true;
    }
    if (this.#question !== mine) return;
    this.#isSilent = false;
    this.#isWaiting = false;
    if (failed) this.#drop();
  }

  #drop(): void {
    this.#question?.socket.destroy();
    this.#question = null;
    this.#isWaiting = false;
  }
}

function silence(): Error {
  return Object.assign(new Error('the database is silent'), { code: 'ETIMEDOUT' });
}
