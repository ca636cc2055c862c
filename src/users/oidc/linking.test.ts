// Links accounts at a real OpenID provider to people, and tries to link them to others.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addMember } from '#test/company';
import { HttpBrowser } from '#test/oidc/http-browser';
import { linkedPageOf, signedInAs, signInByPassword } from '#test/oidc/sign-in-house';
import { openTrustingHouse, type TrustingHouse } from '#test/oidc/trusting-house';
import { sessionCookie } from '#users';

let house: TrustingHouse;
let browser: HttpBrowser;

before(async () => {
  house = await openTrustingHouse();
});

after(() => house.close());

beforeEach(() => {
  browser = new HttpBrowser();
});

describe('linking', () => {
  const link = async (login: string) => {
    const { csrf } = await linkedPageOf(house.at, browser, house.at.mine);
    const start = await browser.go(`${house.at.originOf(house.at.mine)}/account/linked/sso/`, {
      _csrf: csrf,
    });
    return await house.through(browser, login, { start });
  };

  test('binds the account to who is signed in, whatever its address; unlinking takes it away', async () => {
    const storekeeper = await addMember(house.at.house.db, house.at.mine, 'storekeeper');
    const login = house.person({ email: 'private@elsewhere.test', email_verified: true });
    await signInByPassword(house.at, browser, house.at.mine, storekeeper);
    const page = await link(login);
    assert.equal(page.url.href, `${house.at.originOf(house.at.mine)}/account/linked/?done=linked`);
    assert.match(page.body, /private@elsewhere\.test/);
    const again = new HttpBrowser();
    [browser] = [again];
    await house.through(browser, login);
    assert.equal(await signedInAs(house.at, browser, house.at.mine), storekeeper.email);
    const { csrf } = await linkedPageOf(house.at, browser, house.at.mine);
    const removed = await browser.ask(`${house.at.originOf(house.at.mine)}/account/linked/sso/removal/`, {
      _csrf: csrf,
    });
    assert.equal(removed.status, 303);
    assert.equal(
      await signedInAs(house.at, browser, house.at.mine),
      null,
      'the session that it opened is over',
    );
    browser = new HttpBrowser();
    assert.equal((await house.through(browser, login)).status, 403);
  });

  test('does not take an account that is somebody else’s', async () => {
    const owned = house.person({ email: `owned@${house.domain}`, email_verified: true });
    await house.through(browser, owned);
    browser = new HttpBrowser();
    const auditor = await addMember(house.at.house.db, house.at.mine, 'auditor');
    await signInByPassword(house.at, browser, house.at.mine, auditor);
    const page = await link(owned);
    assert.match(page.body, /belongs to somebody else here/);
    assert.match(page.body, /Not linked/);
  });

  test('ends in the session in which it began, or not at all', async () => {
    const auditor = await addMember(house.at.house.db, house.at.mine, 'auditor');
    await signInByPassword(house.at, browser, house.at.mine, auditor);
    const { csrf, url } = await linkedPageOf(house.at, browser, house.at.mine);
    const start = await browser.go(`${house.at.originOf(house.at.mine)}/account/linked/sso/`, {
      _csrf: csrf,
    });
    const page = await browser.go(start.url, { login: house.person({}) }, (url) =>
      url.pathname.endsWith('/callback/'),
    );
    const answer = HttpBrowser.nextOf(page) ?? assert.fail();
    browser.setCookie(url, sessionCookie, '');
    await signInByPassword(house.at, browser, house.at.mine, house.clerk);
    assert.match((await browser.go(answer)).body, /could not be linked/);
    assert.equal(await house.count('identities where user_id = $1', auditor.userId), 0);
  });

  test('needs the form of our own page', async () => {
    await signInByPassword(house.at, browser, house.at.mine, house.clerk);
    for (const path of ['/account/linked/sso/', '/account/linked/sso/removal/'])
      assert.equal((await browser.ask(house.at.originOf(house.at.mine) + path, { _csrf: 'x' })).status, 403);
  });

  test('cannot be undone when nothing else lets one in', async () => {
    await house.through(browser, house.person({ email: `only@${house.domain}`, email_verified: true }));
    const { csrf } = await linkedPageOf(house.at, browser, house.at.mine);
    const page = await browser.ask(`${house.at.originOf(house.at.mine)}/account/linked/sso/removal/`, {
      _csrf: csrf,
    });
    assert.equal(page.status, 409);
    assert.match(page.body, /only way to sign in/);
    assert.equal(await signedInAs(house.at, browser, house.at.mine), `only@${house.domain}`);
  });
});
