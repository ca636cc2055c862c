// Guesses passwords over the API in every way, and looks at who is slowed down by it and who must not be.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { hash } from '@node-rs/argon2';
import {
  addMember,
  createCompany,
  openTestHouse,
  type TestCompany,
  type TestHouse,
  testPassword,
} from '#test/company';
import { testKeyRing } from '#test/secret-keys';
import { statementsOf } from '#test/statements-of';
import { beginSession, checkCredentials, type Member, Tokens } from '#users';

let house: TestHouse;
let company: TestCompany;
let member: Member;

before(async () => {
  house = await openTestHouse();
  company = await createCompany(house.db);
  member = await addMember(house.db, company, 'clerk');
});
after(() => house.close());
beforeEach(() => house.superuser.query('truncate sign_in_throttles, known_origins, sign_in_events'));

type From = { ip: string; device?: string };
type Outcome = 'in' | 'refused' | 'delayed';

/** An attempt from an address; what comes of it. */
async function attempt(email: string, password: string, { ip, device }: From): Promise<Outcome> {
  const from = { ip, device, userAgent: 'guesser/1' };
  try {
    const found = await checkCredentials(house.db, { email, password }, company.tenant.id, {
      door: 'api',
      from,
    });
    const services = { db: house.db, tokens: new Tokens(house.db, testKeyRing) };
    await beginSession(services, device ? 'page' : 'api', { member: found, methods: ['pwd'], from });
    return 'in';
  } catch (error) {
    const { code } = error as { code: string };
    assert.ok(['users/credentials-refused', 'users/too-many-attempts'].includes(code), code);
    return code === 'users/too-many-attempts' ? 'delayed' : 'refused';
  }
}

const times = async (count: number, work: () => Promise<Outcome>) => {
  const outcomes: Outcome[] = [];
  for (let nth = 0; nth < count; nth += 1) outcomes.push(await work());
  return outcomes;
};
const waited = () => house.superuser.query("update sign_in_throttles set blocked_until = '-infinity'");
const longestWait = async () => {
  const { rows } = await house.superuser.query<{ wait: number }>(
    'select coalesce(max(extract(epoch from blocked_until - clock_timestamp())), 0)::float as wait from sign_in_throttles',
  );
  return rows[0]?.wait ?? 0;
};

/** Counts from one up. */
function counter(): () => number {
  let nth = 0;
  return () => {
    nth += 1;
    return nth;
  };
}

const thief: From = { ip: '203.0.113.9' };
const home: From = { ip: '198.51.100.1' };

describe('who guesses one account’s password', () => {
  test('has a few tries, then waits twice as long each time, up to a quarter of an hour', async () => {
    assert.deepEqual(await times(7, () => attempt(member.email, 'wrong', thief)), [
      ...Array<Outcome>(6).fill('refused'),
      'delayed',
    ]);
    const waits: number[] = [];
    for (let nth = 0; nth < 12; nth += 1) {
      await waited();
      assert.equal(await attempt(member.email, 'wrong', thief), 'refused');
      waits.push(Math.round(await longestWait()));
    }
    assert.deepEqual(waits.slice(0, 5), [2, 4, 8, 16, 32]);
    assert.equal(waits.at(-1), 900);
  });

  test('gets no more tries by asking many times at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, () => attempt(member.email, 'wrong', thief)),
    );
    assert.ok(outcomes.filter((outcome) => outcome === 'refused').length <= 6, outcomes.join());
    assert.equal(outcomes.filter((outcome) => outcome === 'in').length, 0);
  });

  test('is not let in while waiting, even with the right password, which would end the guessing', async () => {
    await times(6, () => attempt(member.email, 'wrong', thief));
    assert.equal(await attempt(member.email, testPassword, thief), 'delayed');
    await waited();
    assert.equal(await attempt(member.email, testPassword, thief), 'in');
    assert.deepEqual(await times(5, () => attempt(member.email, 'wrong', thief)), Array(5).fill('refused'));
  });

  test('from many addresses of one network or of many networks waits all the same', async () => {
    const next = counter();
    const network = () => attempt(member.email, 'wrong', { ip: `2001:db8:1:1::${next().toString(16)}` });
    assert.equal((await times(8, network)).filter((outcome) => outcome === 'refused').length, 6);
    const botnet = () => attempt(member.email, 'wrong', { ip: `192.0.2.${next()}` });
    assert.equal((await times(30, botnet)).filter((outcome) => outcome === 'delayed').length > 10, true);
  });

  test('who tries one password at many accounts is slowed down by their address', async () => {
    const next = counter();
    const spray = () => attempt(`somebody${next()}@example.com`, 'Spring2026', thief);
    const outcomes = await times(53, spray);
    assert.deepEqual(outcomes.slice(0, 50), Array(50).fill('refused'));
    assert.ok(outcomes.slice(50).includes('delayed'));
    assert.equal(
      await attempt(member.email, 'wrong', { ip: '198.51.100.77' }),
      'refused',
      'others do not wait',
    );
  });
});

describe('the owner of an account under attack', () => {
  const storm = async () => {
    const next = counter();
    await times(60, () => attempt(member.email, 'wrong', { ip: `203.0.113.${next() % 250}` }));
    assert.equal(
      await attempt(member.email, testPassword, { ip: '192.0.2.200' }),
      'delayed',
      'strangers wait',
    );
  };

  test('comes in from the address and from the browser where they have signed in before', async () => {
    assert.equal(await attempt(member.email, testPassword, home), 'in');
    const laptop = { ip: '192.0.2.50', device: 'x'.repeat(43) };
    assert.equal(await attempt(member.email, testPassword, laptop), 'in');
    await storm();
    assert.equal(await attempt(member.email, testPassword, home), 'in');
    assert.equal(await attempt(member.email, testPassword, { ...laptop, ip: '192.0.2.201' }), 'in');
  });

  test('is not known by a browser or an address from which only somebody else has signed in', async () => {
    const other = await addMember(house.db, company, 'auditor');
    assert.equal(await attempt(other.email, testPassword, { ...thief, device: 'y'.repeat(43) }), 'in');
    await storm();
    assert.equal(await attempt(member.email, testPassword, { ...thief, device: 'y'.repeat(43) }), 'delayed');
  });

  test('is slowed down on a known browser by their own failures only', async () => {
    const laptop = { ip: '192.0.2.50', device: 'z'.repeat(43) };
    await attempt(member.email, testPassword, laptop);
    assert.equal((await times(8, () => attempt(member.email, 'wrong', laptop))).at(-1), 'delayed');
    await waited();
    assert.equal(await attempt(member.email, testPassword, laptop), 'in');
  });
});

describe('an address that nobody has', () => {
  test('costs the same statements as a wrong password, and waits after as many failures', async () => {
    const known = () => attempt(member.email, 'wrong', thief);
    const unknown = () => attempt('nobody@example.com', 'wrong', { ip: '203.0.113.10' });
    for (let nth = 0; nth < 8; nth += 1) {
      let [one, other]: [Outcome?, Outcome?] = [];
      const forKnown = await statementsOf(async () => {
        one = await known();
      });
      const forUnknown = await statementsOf(async () => {
        other = await unknown();
      });
      assert.equal(one, other);
      assert.deepEqual(forUnknown, forKnown);
      assert.ok(forKnown.length >= 2);
    }
  });

  test('leaves no trace of what was keyed', async () => {
    await attempt('my-password-in-the-wrong-field', 'x', thief);
    const { rows } = await house.superuser.query<{ all: string }>(
      `select (select string_agg(t::text, ' ') from sign_in_throttles t) || (select string_agg(e::text, ' ') from sign_in_events e) as all`,
    );
    assert.ok((rows[0]?.all.length ?? 0) > 50);
    assert.doesNotMatch(rows[0]?.all ?? '', /wrong-field/);
  });
});

test('a hash of older parameters is made anew when its owner signs in, and not when a guess fails', async () => {
  const old = await hash(testPassword, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  await house.superuser.query('update users set password_hash = $1 where id = $2', [old, member.userId]);
  const stored = async () =>
    (await house.superuser.query('select password_hash from users where id = $1', [member.userId])).rows[0]
      .password_hash;
  assert.equal(await attempt(member.email, 'wrong', home), 'refused');
  assert.equal(await stored(), old);
  assert.equal(await attempt(member.email, testPassword, home), 'in');
  assert.match(await stored(), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(await attempt(member.email, testPassword, home), 'in');
});
