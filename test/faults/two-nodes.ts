// Two web processes on one database with one Redis, which a trial asks and changes things behind.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { addMember } from '#test/company';
import { openRedisServer, type RedisServer } from '#test/redis-server';
import { testKeyRing } from '#test/secret-keys';
import { type Member, Tokens } from '#users';
import { type Outcome, openAsker } from './asker.ts';
import { type FaultHouse, openFaultHouse } from './fault-house.ts';

export const NODES = [0, 1] as const;

/** A request's method, path and body. */
type Request = readonly [method: string, path: string, body?: unknown];

export type TwoNodes = {
  house: FaultHouse;
  redis: RedisServer;
  tokens: Tokens;
  issue(member: Member): Promise<string>;
  /** Asks a node with headers of one's own. */
  send(node: number, request: Request, headers?: Record<string, string>): Promise<Outcome>;
  /** Asks a node with a bearer token or key; /users/me/ unless told otherwise. */
  ask(node: number, token: string, request?: Request): Promise<Outcome>;
  /** Asks both nodes until they answer so; returns the milliseconds that the slower one took. */
  untilBoth(token: string, holds: (answer: Outcome) => boolean): Promise<number>;
  /** The company's owner does it at the second node. Throws unless it is done. */
  byOwner(...request: Request): Promise<Outcome>;
  close(): Promise<void>;
};

/** Starts both nodes with these rate limits, a database and a Redis of their own. */
export async function openTwoNodes(limits: string): Promise<TwoNodes> {
  const redis = await openRedisServer();
  const house = await openFaultHouse();
  const tokens = new Tokens(house.db, testKeyRing);
  const env = { REDIS_URL: redis.url, HIMALYTIX_RATE_LIMITS: limits };
  const webs = await Promise.all(NODES.map(() => house.web(house.url, env)));
  const askers = webs.map((web) =>
    openAsker(
      () => web.port,
      () => '',
    ),
  );
  const issue = async (member: Member) => (await tokens.issue(member)).access;
  const owner = await issue(await addMember(house.db, house.company, 'owner'));

  const send: TwoNodes['send'] = async (node, [method, path, body], headers = {}) => {
    const asker = askers[node];
    assert.ok(asker);
    return await asker.ask(method, path, body, headers);
  };
  const ask: TwoNodes['ask'] = (node, token, request = ['GET', '/api/v1/users/me/']) =>
    send(node, request, { authorization: `Bearer ${token}` });
  const untilBoth: TwoNodes['untilBoth'] = async (token, holds) => {
    const began = performance.now();
    const until = async (node: number) => {
      while (!holds(await ask(node, token))) {
        assert.ok(performance.now() - began < 10_000, `node ${node} goes on`);
        await delay(10);
      }
      return performance.now() - began;
    };
    return Math.max(...(await Promise.all(NODES.map(until))));
  };
  const byOwner: TwoNodes['byOwner'] = async (...request) => {
    const answer = await ask(1, owner, request);
    assert.equal(answer.kind, 'ok', JSON.stringify(answer.body));
    return answer;
  };
  const close = async () => {
    for (const asker of askers) asker.close();
    await house.close();
    await redis.kill();
  };
  return { house, redis, tokens, issue, send, ask, untilBoth, byOwner, close };
}
