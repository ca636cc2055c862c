// A name server on loopback that answers what a test tells it to, for trying what hostile or private names do (RFC 1035).
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import type { AddressInfo } from 'node:net';

/** What is known of a name; a function is asked anew at each question. */
export type DnsRecords = { A?: string[] | (() => string[]); TXT?: string[] };

/** `resolver` asks this server and no other; `questions` are the names that were asked for, in their order. */
export type TestDns = { resolver: Resolver; questions: string[]; close(): Promise<void> };

const types = { A: 1, TXT: 16 } as const;

/** The name in a question, and where it ends. */
function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  while (query[at]) {
    const length = query[at] ?? 0;
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

const dataOf = (type: number, value: string) =>
  type === types.A
    ? Buffer.from(value.split('.').map(Number))
    : Buffer.concat([Buffer.from([Buffer.byteLength(value)]), Buffer.from(value)]);

function answerTo(query: Buffer, records: ReadonlyMap<string, DnsRecords>, questions: string[]): Buffer {
  const { name, end } = readName(query);
  const type = query.readUInt16BE(end);
  questions.push(name);
  const known = records.get(name);
  const a = typeof known?.A === 'function' ? known.A() : known?.A;
  const values = (type === types.A ? a : type === types.TXT ? known?.TXT : undefined) ?? [];
  const answers = values.map((value) => {
    const data = dataOf(type, value);
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc00c, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
  });
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(known ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  return Buffer.concat([header, query.subarray(12, end + 4), ...answers]);
}

/** Starts the server; `records` may be changed while it runs. Call `close()` in an `after` hook. */
export async function openTestDns(records: ReadonlyMap<string, DnsRecords>): Promise<TestDns> {
  const questions: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) =>
    socket.send(answerTo(query, records, questions), port, address),
  );
  await new Promise<void>((ready) => socket.bind(0, '127.0.0.1', ready));
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${(socket.address() as AddressInfo).port}`]);
  return {
    resolver,
    questions,
    close: () => new Promise((closed) => socket.close(() => closed())),
  };
}
