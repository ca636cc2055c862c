// The connection to Redis, which may go away and come back at any time without anybody waiting for it.
import { createClient } from '@redis/client';

/**
 * So long a command may take; in the same room an answer comes within a millisecond. Time is counted in ticks, so that a process
 * that was itself held up does not take that for the silence of Redis.
 */
const TICK_MS = 50;
const PATIENCE_TICKS = 5;

/** So long nobody asks after an answer did not come in time. */
const REST_MS = 1000;

/** What is shared by Redis; with `isReady` false, or when a command fails, whoever uses it goes on without. */
export type Redis = {
  readonly isReady: boolean;
  /** Runs a Lua script. Rejects when there is no answer in time; whether it has run is then not known. */
  eval(script: string, of: { keys: string[]; arguments: string[] }): Promise<unknown>;
  close(): void;
};

/** Where the one line goes that tells that Redis is away, and the one that it is back. */
type Log = { warn(what: object, line: string): void; info(line: string): void };

function connect(url: string, log: Log) {
  const client = createClient({
    url,
    // What cannot be sent at once is refused at once, so that nothing piles up while Redis is away.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    // A connection that is cut silently is noticed by the pings that are not answered.
    pingInterval: 1000,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: 1000,
      socketTimeout: 3000,
      reconnectStrategy: (retries) => Math.min(1000, 50 * 2 ** Math.min(retries, 5)),
    },
  });
  let isAway = false;
  client.on('error', (err: unknown) => {
    if (!isAway) log.warn({ err }, 'Redis does not answer; what it shares is kept by each process alone');
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) log.info('Redis answers again');
    isAway = false;
  });
  client.connect().catch(() => {});
  return client;
}

/** Opens a connection to a redis:// or rediss:// address without waiting for it; it comes back by itself whenever it is lost. */
export function openRedis(url: string, log: Log): Redis {
  const client = connect(url, log);
  let restUntil = 0;
  const late = () => {
    restUntil = performance.now() + REST_MS;
    return new Error(`Redis did not answer within ${TICK_MS * PATIENCE_TICKS} ms`);
  };
  return {
    get isReady() {
      return client.isReady && performance.now() >= restUntil;
    },
    eval: (script, of) =>
      new Promise((resolve, reject) => {
        let ticks = 0;
        const timer = setInterval(() => {
          ticks += 1;
          if (ticks >= PATIENCE_TICKS) reject(late());
        }, TICK_MS);
        const settle = client.eval(script, of).then(resolve, reject);
        settle.finally(() => clearInterval(timer));
      }),
    close: () => {
      if (client.isOpen) client.destroy();
    },
  };
}
