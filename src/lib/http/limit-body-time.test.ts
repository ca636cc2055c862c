// Slow bodies over a real socket: cut off after their time, except where a route takes an endless one.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { limitBodyTime } from './limit-body-time.ts';

let app: FastifyInstance;

before(async () => {
  app = Fastify({ requestTimeout: 0 });
  limitBodyTime(app, 200);
  const answer = async () => ({ done: true });
  app.post('/short/', answer);
  app.post('/endless/', { config: { endlessBody: true } }, answer);
  await app.listen({ host: '127.0.0.1', port: 0 });
});

after(() => app.close());

/** Sends half a body, waits, sends the rest unless it is cut off, and returns what was answered. */
async function slowly(path: string, wait: number): Promise<string> {
  const socket: Socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{`,
  );
  setTimeout(() => socket.end('}'), wait);
  await once(socket, 'close');
  return answer;
}

test('a body that is not whole in time is answered 408 and cut off', async () => {
  const answer = await slowly('/short/', 5_000);
  assert.match(answer, /^HTTP\/1.1 408 .*application\/problem\+json.*"code":"request\/too-slow"/s);
});

test('a body that comes in time is answered, and so is a slow one where a route takes it', async () => {
  assert.match(await slowly('/short/', 20), /^HTTP\/1.1 200 /);
  assert.match(await slowly('/endless/', 500), /^HTTP\/1.1 200 /);
});
