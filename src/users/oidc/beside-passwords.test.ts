// Signs people in through a provider where passwords, their throttles, mailed links and invitations have a say, too.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addMember } from '#test/company';
import { deliveredMails, linkOf } from '#test/mails';
import { HttpBrowser } from '#test/oidc/http-browser';
import { linkedPageOf, signedInAs } from '#test/oidc/sign-in-house';
import { openTrustingHouse, type TrustingHouse } from '#test/oidc/trusting-house';
import { statementsOf } from '#test/statements-of';

const newPassword = 'plinth vexed quartz';

let house: TrustingHouse;
let browser: HttpBrowser;

const here = (path: string) => `${house.at.originOf(house.at.mine)}${path}`;
const sql = (text: string, ...values: unknown[]) => house.at.house.superuser.query(text, values);

before(async () => {
  house = await openTrustingHouse();
});

after(() => house.close());

beforeEach(async () => {
  browser = new HttpBrowser();
  await sql('truncate sign_in_throttles, sign_in_events, known_origins');
  await deliveredMails(house.at.house.db);
});

const events = async () =>
  (
    await sql(
      'select user_id is not null as known, tenant_id, succeeded, methods, door from sign_in_events order by at',
    )
  ).rows;

describe('the history and the throttles', () => {
  const refusals = async (email: string) => {
    let status = 0;
    for (let nth = 0; nth < 8; nth += 1)
      ({ status } = await browser.ask(here('/sign-in/'), { email, password: 'wrong', next: '/' }));
    return status;
  };

  test('of passwords neither keep a provider’s sign-in out nor are moved by one', async () => {
    const { email } = house.clerk;
    const login = house.person({ email, email_verified: true });
    await sql('update users set email = $1 where id = $2', `clerk@${house.domain}`, house.clerk.userId);
    house.provider.people.set(login, { email: `clerk@${house.domain}`, email_verified: true });
    assert.equal(await refusals(`clerk@${house.domain}`), 429);
    const counted = async () =>
      (await sql('select key, failures, blocked_until from sign_in_throttles order by key')).rows;
    const before = await counted();
    await house.through(new HttpBrowser(), login);
    assert.deepEqual(await counted(), before);
    assert.equal(await house.count('known_origins'), 0, 'no browser of a provider’s is one’s own');
    await sql('update users set email = $1 where id = $2', email, house.clerk.userId);
  });

  test('tell of whoever signs in through a provider, and whom the company does not let in', async () => {
    const tenant_id = house.at.mine.tenant.id;
    await house.through(browser, house.person({ email: `told@${house.domain}`, email_verified: true }));
    const event = { known: true, tenant_id, succeeded: true, methods: ['oidc'], door: 'page' };
    assert.deepEqual(await events(), [event]);
    const stranger = house.person({ email: 'who@elsewhere.test', email_verified: true });
    assert.equal((await house.through(new HttpBrowser(), stranger)).status, 403);
    assert.deepEqual((await events()).at(-1), { ...event, known: false, succeeded: false });
    assert.equal((await browser.ask(here('/sign-in/oidc/sso/callback/?state=x&code=x'))).status, 303);
    assert.equal((await new HttpBrowser().ask(here('/sign-in/oidc/sso/callback/?state=x'))).status, 401);
    assert.equal((await events()).length, 2, 'what no provider said is not noted');
  });
});

describe('whom a provider has brought', () => {
  const join = async (name: string) => {
    const email = `${name}@${house.domain}`;
    await house.through(browser, house.person({ email, email_verified: true }));
    return email;
  };

  test('has no password that would open anything, and is told how to get one', async () => {
    const email = await join('bare');
    for (const password of ['', 'null', newPassword]) {
      const refused = await new HttpBrowser().ask(here('/sign-in/'), { email, password, next: '/' });
      assert.equal(refused.status, 401);
      assert.match(refused.body, /E-mail address or password is wrong/i);
    }
    const { body } = await browser.ask(here('/account/password/'));
    assert.match(body, /have no password yet/);
    assert.match(body, new RegExp(`name="email" value="${email}"`));
    const { csrf } = await linkedPageOf(house.at, browser, house.at.mine);
    const set = { _csrf: csrf, current_password: '', password: newPassword };
    assert.equal((await browser.ask(here('/account/password/'), set)).status, 403);
  });

  test('gets one by a mailed link, for which everybody is answered alike', async () => {
    const email = await join('mailed');
    const ask = (address: string) => new HttpBrowser().ask(here('/password-reset/'), { email: address });
    const work = async (address: string) => {
      const texts = await statementsOf(() => ask(address));
      return texts.map((text) => text.replace(/app\.request_id = '[^']*'/, ''));
    };
    await ask(house.clerk.email);
    const told = (await ask(email)).body.replaceAll(email, '…');
    assert.equal((await ask('nobody@example.com')).body.replaceAll('nobody@example.com', '…'), told);
    assert.deepEqual(await work(email), await work('another@example.com'));
    const mails = await deliveredMails(house.at.house.db);
    const { token } = linkOf(mails.findLast(({ text }) => text?.includes(email)));
    const chosen = { token, password: newPassword };
    const answer = await browser.ask(here('/password-reset/confirm/'), chosen);
    assert.equal(answer.headers.location, '/sign-in/?done=password');
    assert.equal(await signedInAs(house.at, browser, house.at.mine), null, 'the provider’s session is over');
    await browser.go(here('/sign-in/'), { email, password: newPassword, next: '/' });
    assert.equal(await signedInAs(house.at, browser, house.at.mine), email);
    assert.match((await browser.ask(here('/account/password/'))).body, /name="current_password"/);
  });
});

describe('an invitation', () => {
  const invite = async (email: string, role: string) => {
    const { status, body } = await house.owner('POST', '/invitations/', { email, role });
    assert.equal(status, 201, JSON.stringify(body));
  };
  const roleOf = async (email: string) =>
    (await sql('select m.role from memberships m join users u on u.id = m.user_id where u.email = $1', email))
      .rows[0]?.role;
  const open = (email: string) =>
    house.count('invitations where email = $1 and accepted_at is null and revoked_at is null', email);

  test('is accepted by signing in through the provider of its domain, with its own role before a rule’s', async () => {
    const email = `invited@${house.domain}`;
    await invite(email, 'accountant');
    await house.through(browser, house.person({ email, email_verified: true }));
    assert.equal(await signedInAs(house.at, browser, house.at.mine), email);
    assert.deepEqual([await roleOf(email), await open(email)], ['accountant', 0]);
    const [mail] = await deliveredMails(house.at.house.db);
    const link = await new HttpBrowser().ask(here(`/invitation/?token=${linkOf(mail).token}`));
    assert.equal(link.status, 422, 'the link is used up');
  });

  test('waits for its mail where the provider does not speak for the address', async () => {
    const [unverified, foreign] = [`unverified@${house.domain}`, 'invited@elsewhere.test'];
    for (const email of [unverified, foreign]) {
      await invite(email, 'clerk');
      const login = house.person({ email, email_verified: email !== unverified });
      assert.equal((await house.through(new HttpBrowser(), login)).status, 403, email);
      assert.deepEqual([await roleOf(email), await open(email)], [undefined, 1], email);
    }
  });

  test('draws nobody in who has an account already, until they follow its link', async () => {
    const email = `known@${house.domain}`;
    const { userId } = await addMember(house.at.house.db, house.at.other, 'clerk');
    await sql('update users set email = $1 where id = $2', email, userId);
    await invite(email, 'clerk');
    const login = house.person({ email, email_verified: true });
    assert.equal((await house.through(new HttpBrowser(), login)).status, 403);
    assert.equal(await open(email), 1);
    const [mail] = await deliveredMails(house.at.house.db);
    const { token } = linkOf(mail);
    const accepted = await browser.ask(here('/invitation/'), { token, name: '', password: '' });
    assert.equal(accepted.headers.location, '/sign-in/?done=invitation');
    await house.through(browser, login);
    assert.equal(await signedInAs(house.at, browser, house.at.mine), email);
  });

  test('to a role that was removed, taken back, or out of time lets nobody in by itself', async () => {
    const email = `late@${house.domain}`;
    await sql("update identity_providers set rules = '[]' where id = $1", house.providerId);
    const login = house.person({ email, email_verified: true });
    for (const change of [
      "role = 'gone'",
      'revoked_at = now()',
      "expires_at = now() - interval '1 s', revoked_at = null",
    ]) {
      await sql('delete from invitations');
      await invite(email, 'clerk');
      await sql(`update invitations set ${change}`);
      assert.equal((await house.through(new HttpBrowser(), login)).status, 403, change);
      assert.equal(await house.count('users where email = $1', email), 0);
      assert.equal(await house.count('invitations where accepted_at is not null'), 0);
    }
  });
});
