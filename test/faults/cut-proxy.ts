// A way to the database that can be cut in the two ways in which networks fail: with a refusal, and with silence.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

type Pair = { near: Socket; far: Socket | null };

/** Listens on a free port of the loopback address in front of the database at `target`. */
export async function openCutProxy(target: string): Promise<CutProxy> {
  const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new CutProxy(server, new URL(target));
}

/** A proxy that listens; what was cut once stays cut. */
export class CutProxy {
  /** The database's address by way of the proxy. */
  readonly url: string;
  /** How many connections were open when the last cut came. */
  cut = 0;
  readonly #server: Server;
  readonly #target: URL;
  readonly #port: number;
  #pairs = new Set<Pair>();
  #isSilent = false;

  constructor(server: Server, target: URL) {
    this.#server = server.on('connection', (near: Socket) => this.#pass(near));
    this.#target = target;
    this.#port = (server.address() as AddressInfo).port;
    const url = new URL(target);
    url.port = String(this.#port);
    this.url = url.href;
  }

  #pass(near: Socket): void {
    near.on('error', () => {});
    if (this.#isSilent) {
      this.#pairs.add({ near, far: null });
      return;
    }
    const far = connect({ host: this.#target.hostname, port: Number(this.#target.port), noDelay: true });
    const pair = { near, far };
    const pairs = this.#pairs;
    pairs.add(pair);
    const end = (other: Socket) => () => void (pairs.delete(pair) && other.destroy());
    far.on('error', () => {}).once('close', end(near));
    near.once('close', end(far)).pipe(far).pipe(near);
  }

  /** Resets all connections, and takes no new one. */
  async refuse(): Promise<void> {
    this.cut = this.#pairs.size;
    await this.close();
  }

  /** Takes connections, and passes nothing on, in no direction. */
  silence(): void {
    this.cut = this.#pairs.size;
    this.#isSilent = true;
    for (const { near, far } of this.#pairs) {
      far?.unpipe();
      near.unpipe();
      for (const socket of [near, far]) socket?.removeAllListeners('close').pause();
    }
  }

  /** Lets new connections through. Those that lived through a silence stay dead, as behind a router that forgot them. */
  async heal(): Promise<void> {
    this.#isSilent = false;
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    if (this.#server.listening) this.#server.close();
    for (const { near, far } of [...this.#pairs]) for (const socket of [near, far]) socket?.destroy();
    this.#pairs.clear();
  }
}
