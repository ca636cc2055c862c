// A way to the database that can be cut in the two ways in which networks fail: with a refusal, and with silence.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** `refuse()` resets all connections and takes no new one; `silence()` takes them and passes nothing on, in no direction. */
export type CutProxy = {
  /** The same address by way of the proxy. */
  url: string;
  refuse(): Promise<void>;
  silence(): void;
  /** Lets new connections through. Those that lived through a silence stay dead, as behind a router that forgot them. */
  heal(): Promise<void>;
  /** Connections that were open when the last cut came. */
  readonly cut: number;
  close(): Promise<void>;
};

type Pair = { near: Socket; far: Socket | null };

/** Listens on a free port of the loopback address in front of the database at `target`. */
export async function openCutProxy(target: string): Promise<CutProxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<Pair>();
  let silent = false;
  let cut = 0;
  const pass = (near: Socket) => {
    near.on('error', () => {});
    if (silent) {
      pairs.add({ near, far: null });
      return;
    }
    const far = connect({ host: hostname, port: Number(port), noDelay: true });
    const pair = { near, far };
    pairs.add(pair);
    far.on('error', () => near.destroy());
    near.once('close', () => isAlive(pair) && far.destroy());
    far.once('close', () => isAlive(pair) && near.destroy());
    near.pipe(far).pipe(near);
  };
  const dead = new Set<Pair>();
  const isAlive = (pair: Pair) => !dead.has(pair) && pairs.delete(pair);
  const server = createServer({ noDelay: true }, pass).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  const url = new URL(target);
  url.port = String(own);
  const destroyAll = () => {
    for (const { near, far } of [...pairs]) for (const socket of [near, far]) socket?.destroy();
    pairs.clear();
  };
  return {
    url: url.href,
    refuse: async () => {
      cut = pairs.size;
      server.close();
      destroyAll();
      await once(server, 'close');
    },
    silence: () => {
      cut = pairs.size;
      silent = true;
      for (const pair of pairs) {
        dead.add(pair);
        pair.far?.unpipe();
        pair.near.unpipe();
        for (const socket of [pair.near, pair.far]) socket?.pause();
      }
    },
    heal: async () => {
      silent = false;
      if (server.listening) return;
      server.listen(own, '127.0.0.1');
      await once(server, 'listening');
    },
    get cut() {
      return cut;
    },
    close: async () => {
      destroyAll();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}
