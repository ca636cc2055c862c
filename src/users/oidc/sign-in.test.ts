// Signs people in through a real OpenID provider over HTTP, and tries to get in where one does not belong.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addMember } from '#test/company';
import { HttpBrowser } from '#test/oidc/http-browser';
import { signedInAs } from '#test/oidc/sign-in-house';
import { openTrustingHouse, type TrustingHouse } from '#test/oidc/trusting-house';
import { findSession, mayLeaveCompany, sessionCookie } from '#users';

let house: TrustingHouse;
let browser: HttpBrowser;

before(async () => {
  house = await openTrustingHouse();
});

after(() => house.close());

beforeEach(() => {
  browser = new HttpBrowser();
});

describe('a member', () => {
  test('of a verified address of the company’s own domain is signed in, and linked from then on', async () => {
    const login = house.person({ email: house.clerk.email.toUpperCase(), email_verified: true });
    const page = await browser.go(`${house.at.originOf(house.at.mine)}/sign-in/`);
    assert.match(page.body, /href="\/sign-in\/oidc\/sso\/">Sign in with Single sign-on</);
    const back = await house.through(browser, login);
    assert.equal(back.status, 200);
    assert.equal(back.url.href, `${house.at.originOf(house.at.mine)}/`);
    assert.equal(await signedInAs(house.at, browser, house.at.mine), house.clerk.email);
    house.provider.people.set(login, { email: 'another@elsewhere.test', email_verified: false });
    browser = new HttpBrowser();
    await house.through(browser, login);
    assert.equal(await signedInAs(house.at, browser, house.at.mine), house.clerk.email);
  });

  test('comes back to the page that was asked for, and never to another site', async () => {
    const login = house.person({});
    house.provider.people.set(login, { email: `x@${house.domain}`, email_verified: true });
    for (const [next, path] of [
      ['/reports/trial-balance/?as_of=2024-01-31', '/reports/trial-balance/?as_of=2024-01-31'],
      ['//evil.test/', '/'],
      ['https://evil.test/', '/'],
    ]) {
      browser = new HttpBrowser();
      const start = await browser.go(
        `${house.at.originOf(house.at.mine)}/sign-in/oidc/sso/?next=${encodeURIComponent(next ?? '')}`,
      );
      const back = await house.through(browser, login, { start });
      assert.equal(back.url.href, house.at.originOf(house.at.mine) + path);
    }
  });

  test('has a session that names the provider, stays in the company, and ends with the provider’s', async () => {
    await house.through(browser, house.person({ email: `stay@${house.domain}`, email_verified: true }));
    const token = browser.cookiesFor(new URL(house.at.originOf(house.at.mine))).get(sessionCookie) ?? '';
    const session = await findSession(house.at.house.db, token);
    assert.equal(session?.providerId, house.providerId);
    assert.equal(session && mayLeaveCompany(session), false);
    browser.setCookie(new URL(house.at.originOf(house.at.other)), sessionCookie, token);
    assert.equal((await browser.ask(`${house.at.originOf(house.at.other)}/`)).status, 403);
    const change = (enabled: boolean) =>
      house.owner('PATCH', `/identity-providers/${house.providerId}/`, { enabled });
    assert.equal((await change(false)).status, 200);
    assert.equal(await signedInAs(house.at, browser, house.at.mine), null);
    assert.equal((await browser.ask(`${house.at.originOf(house.at.mine)}/sign-in/oidc/sso/`)).status, 404);
    assert.doesNotMatch(
      (await browser.ask(`${house.at.originOf(house.at.mine)}/sign-in/`)).body,
      /Single sign-on/,
    );
    await change(true);
  });

  test('is not taken over by an address that is not verified, or that another person at the provider has now', async () => {
    const accountant = await addMember(house.at.house.db, house.at.mine, 'accountant');
    for (const claims of [
      { email: accountant.email },
      { email: accountant.email, email_verified: false },
      { email: accountant.email, email_verified: 'true' as never },
    ]) {
      browser = new HttpBrowser();
      const page = await house.through(browser, house.person(claims));
      assert.equal(page.status, 403);
      assert.match(page.body, /opens nothing here/);
      assert.equal(await signedInAs(house.at, browser, house.at.mine), null);
    }
    browser = new HttpBrowser();
    await house.through(browser, house.person({ email: accountant.email, email_verified: true }));
    browser = new HttpBrowser();
    const successor = await house.through(
      browser,
      house.person({ email: accountant.email, email_verified: true }),
    );
    assert.equal(successor.status, 409);
    assert.equal(await signedInAs(house.at, browser, house.at.mine), null);
  });

  test('of an address in a domain that the company has not proved is not believed to be them', async () => {
    const elsewhere = await addMember(house.at.house.db, house.at.other, 'auditor');
    await house.at.house.superuser.query(
      "insert into memberships (user_id, tenant_id, role) values ($1, $2, 'owner')",
      [elsewhere.userId, house.at.mine.tenant.id],
    );
    const page = await house.through(browser, house.person({ email: elsewhere.email, email_verified: true }));
    assert.equal(page.status, 403);
    assert.equal(await signedInAs(house.at, browser, house.at.mine), null);
  });
});

describe('somebody new', () => {
  test('of a verified address of the domain joins as the rule says, without a password, and the log tells it', async () => {
    const email = `new@${house.domain}`;
    await house.through(browser, house.person({ email, email_verified: true, name: 'New Person' }));
    assert.equal(await signedInAs(house.at, browser, house.at.mine), email);
    const { rows } = await house.at.house.superuser.query(
      'select u.name, u.password_hash, m.role from users u join memberships m on m.user_id = u.id where email = $1',
      [email],
    );
    assert.deepEqual(rows, [{ name: 'New Person', password_hash: null, role: 'auditor' }]);
    const { rows: notes } = await house.at.house.superuser.query<{ subject: string; action: string }>(
      `select subject, action from "${house.at.mine.tenant.schema}".audit_rows where content like '%new@%' order by block_seq, nth`,
    );
    assert.deepEqual(notes, [
      { subject: 'membership', action: 'create' },
      { subject: 'identity', action: 'create' },
    ]);
    const refused = await browser.ask(`${house.at.originOf(house.at.mine)}/sign-in/`, {
      email,
      password: '',
    });
    const wrong = await browser.ask(`${house.at.originOf(house.at.mine)}/sign-in/`, { email, password: 'x' });
    const nobody = await browser.ask(`${house.at.originOf(house.at.mine)}/sign-in/`, {
      email: `no@${house.domain}`,
      password: 'x',
    });
    assert.deepEqual([refused.status, wrong.status, nobody.status], [401, 401, 401]);
    assert.equal(wrong.body.replace(email, ''), nobody.body.replace(`no@${house.domain}`, ''));
  });

  test('of another domain, an unverified address, or a company without a rule does not join', async () => {
    const before = await house.count('users');
    for (const claims of [
      { email: 'new@elsewhere.test', email_verified: true },
      { email: `new@sub.${house.domain}`, email_verified: true },
      { email: `new@${house.domain}@elsewhere.test`, email_verified: true },
      { email: `unverified@${house.domain}` },
      {},
    ]) {
      browser = new HttpBrowser();
      assert.equal((await house.through(browser, house.person(claims))).status, 403);
      assert.equal(await signedInAs(house.at, browser, house.at.mine), null);
    }
    browser = new HttpBrowser();
    const login = house.person({ email: `new2@${house.domain}`, email_verified: true });
    assert.equal((await house.through(browser, login, { company: house.at.other })).status, 403);
    assert.equal(await house.count('users'), before);
  });

  test('who has an account in another company is not given this one with it', async () => {
    const email = `both@${house.domain}`;
    const login = house.person({ email, email_verified: true });
    const { userId } = await addMember(house.at.house.db, house.at.other, 'storekeeper');
    await house.at.house.superuser.query('update users set email = $1 where id = $2', [email, userId]);
    assert.equal((await house.through(browser, login)).status, 403);
    assert.equal(await house.count('memberships where user_id = $1', userId), 1);
  });

  test('does not join as what the company has no role for any more', async () => {
    const { at } = house;
    const rule = (role: string) => [JSON.stringify([{ domain: house.domain, role }]), house.providerId];
    const set = 'update identity_providers set rules = $1 where id = $2';
    await at.house.superuser.query(set, rule('removed'));
    const login = house.person({ email: `roleless@${house.domain}`, email_verified: true });
    assert.equal((await house.through(browser, login)).status, 403);
    await at.house.superuser.query(set, rule('auditor'));
    assert.equal(await house.count("users where email like 'roleless@%'"), 0);
  });

  test('who was removed, or shut out, stays out', async () => {
    const login = house.person({ email: `gone@${house.domain}`, email_verified: true });
    await house.through(browser, login);
    const { rows } = await house.at.house.superuser.query("select id from users where email like 'gone@%'");
    const id = rows[0]?.id;
    const outcome = async (name: string) => {
      browser = new HttpBrowser();
      return (await house.through(browser, name)).status;
    };
    await house.at.house.superuser.query('update users set is_active = false where id = $1', [id]);
    assert.equal(await outcome(login), 403);
    await house.at.house.superuser.query('update users set is_active = true where id = $1', [id]);
    await house.at.house.superuser.query('delete from memberships where user_id = $1', [id]);
    assert.equal(await outcome(login), 403);
    assert.equal(await outcome(house.person({ email: `gone@${house.domain}`, email_verified: true })), 403);
    assert.equal(await house.count('memberships where user_id = $1', id), 0);
  });
});
