// Limits hold over two web processes that share a Redis, which may die or hang under load without anybody noticing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { testPassword } from '#test/company';
import type { Outcome } from './asker.ts';
import { NODES, openTwoNodes, type TwoNodes } from './two-nodes.ts';

let nodes: TwoNodes;

const refused = ({ status }: Outcome) => status === 401;

/** Sends so many to both nodes by turns; returns how many were let through. */
async function passedByTurns(count: number, send: (node: number) => Promise<Outcome>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, (_, n) => send(n % 2)));
  return answers.filter(({ status }) => status !== 429).length;
}

describe('over two nodes', () => {
  before(async () => {
    nodes = await openTwoNodes('token=2000/60,address=off,account=off,company=off,sign-in=20/60');
  });
  after(() => nodes?.close());

  test('a token is let through as often as its limit says over both nodes together, and is told when to come again', async () => {
    const token = await nodes.issue(nodes.house.member);
    const passed = await passedByTurns(2400, (node) => nodes.ask(node, token));
    // Up to a hundredth of what is left may be at the other node when one has no more.
    assert.ok(passed <= 2000 && passed >= 1960, `${passed} passed`);
    for (const node of NODES) {
      const { status, headers, body } = await nodes.ask(node, token);
      assert.deepEqual([status, body.code], [429, 'request/rate-limited']);
      assert.ok(Number(headers['retry-after']) > 0 && Number(headers['retry-after']) <= 60);
      assert.equal(headers['ratelimit-policy'], '"token";q=2000;w=60');
      assert.equal(headers.ratelimit, `"token";r=0;t=${headers['retry-after']}`);
    }
    const other = await nodes.issue(nodes.house.member);
    assert.equal((await nodes.ask(0, other)).status, 200, 'another token has its own limit');
  });

  test('an address comes to the doors of both nodes together as often as the limit says', async () => {
    const credentials = { email: nodes.house.member.email, password: testPassword };
    const answers: number[] = [];
    for (let n = 0; n < 26; n += 1)
      answers.push((await nodes.send(n % 2, ['POST', '/api/v1/auth/login/', credentials])).status);
    assert.deepEqual(answers, [...Array(20).fill(200), ...Array(6).fill(429)]);
  });

  for (const [how, away, back] of [
    ['is killed and started again', () => nodes.redis.kill(), () => nodes.redis.start()],
    ['hangs for a while', async () => nodes.redis.pause(), async () => nodes.redis.resume()],
  ] as const) {
    test(`no request fails while Redis ${how}, what is revoked is refused all the while, and limits hold over both nodes again`, async () => {
      let over = false;
      const failed: string[] = [];
      let [sent, slowest] = [0, 0];
      const client = async (node: number) => {
        let token = '';
        for (let n = 0; !over; n += 1) {
          // A token has its limit, and this load is to go on.
          if (n % 100 === 0) token = await nodes.issue(nodes.house.member);
          const { status, reason, ms } = await nodes.ask(node, token);
          sent += 1;
          slowest = Math.max(slowest, ms);
          if (status !== 200) failed.push(`${status} ${reason}`);
        }
      };
      const load = Promise.all(Array.from({ length: 16 }, (_, n) => client(n % 2)));
      await delay(500);
      await away();
      const before = sent;
      const token = await nodes.issue(nodes.house.member);
      await nodes.untilBoth(token, ({ status }) => status === 200);
      await nodes.tokens.revoke({ familyId: (await nodes.tokens.verify(token)).familyId });
      const ms = await nodes.untilBoth(token, refused);
      await delay(2500);
      const whileAway = sent - before;
      await back();
      await delay(2500);
      over = true;
      await load;
      assert.deepEqual(failed, []);
      assert.ok(ms < 1000, `${ms} ms until it was refused`);
      assert.ok(whileAway > 100, `${whileAway} were answered without Redis`);
      assert.ok(slowest < 3000, `one took ${slowest} ms`);
      const another = await nodes.issue(nodes.house.member);
      const passed = await passedByTurns(2400, (node) => nodes.ask(node, another));
      assert.ok(passed <= 2000, `${passed} passed`);
    });
  }
});
