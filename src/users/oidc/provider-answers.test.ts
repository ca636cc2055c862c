// Brings back answers of a real OpenID provider that are used up, altered, late, or somebody else's.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { HttpBrowser } from '#test/oidc/http-browser';
import { signedInAs, signInByPassword } from '#test/oidc/sign-in-house';
import { openTrustingHouse, slug, type TrustingHouse } from '#test/oidc/trusting-house';
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

describe('an answer of the provider', () => {
  const known = () => house.person({ email: `answers@${house.domain}`, email_verified: true });

  test('works once, in the browser that asked, and no more', async () => {
    const login = known();
    const answer = await house.answerFor(browser, login);
    const stranger = new HttpBrowser();
    const injected = await stranger.ask(answer);
    assert.equal(injected.status, 401);
    assert.equal(await signedInAs(house.at, stranger, house.at.mine), null);
    // The victim has begun a sign-in of their own, and is led to the attacker's answer.
    await stranger.go(`${house.at.originOf(house.at.mine)}/sign-in/oidc/sso/`);
    assert.equal((await stranger.ask(answer)).status, 401);
    const callback = new URL(answer);
    const secret = browser.cookiesFor(callback).get('himalytix_provider') ?? '';
    assert.equal((await browser.ask(answer)).status, 303);
    browser.setCookie(callback, 'himalytix_provider', secret);
    browser.setCookie(callback, sessionCookie, '');
    assert.equal((await browser.ask(answer)).status, 401);
    assert.equal(await signedInAs(house.at, browser, house.at.mine), null);
  });

  test('with another state, issuer or code is not believed, and a wrong state spoils nothing', async () => {
    const answer = await house.answerFor(browser, known());
    const changed = (name: string, value: string) => {
      const url = new URL(answer);
      url.searchParams.set(name, value);
      return url;
    };
    for (const state of ['', 'x', `${answer.searchParams.get('state')}x`])
      assert.equal((await browser.ask(changed('state', state))).status, 401);
    assert.equal((await browser.ask(`${answer}&state=x`)).status, 401);
    for (const [name, value] of [
      ['iss', 'https://evil.test'],
      ['code', 'x'],
    ] as const) {
      browser = new HttpBrowser();
      const fresh = await house.answerFor(browser, known());
      fresh.searchParams.set(name, value);
      const page = await browser.ask(fresh);
      assert.equal(page.status, 401);
      assert.match(page.body, /cannot be believed/);
    }
  });

  test('is not taken by another company’s callback, provider or host', async () => {
    const answer = await house.answerFor(browser, known());
    const callback = new URL(answer);
    const secret = browser.cookiesFor(callback).get('himalytix_provider') ?? '';
    const elsewhere = new URL(house.at.callbackOf(house.at.other, slug) + answer.search);
    browser.setCookie(elsewhere, 'himalytix_provider', secret);
    assert.equal((await browser.ask(elsewhere)).status, 401);
    assert.equal(await signedInAs(house.at, browser, house.at.other), null);
    assert.equal(
      (await browser.ask(house.at.callbackOf(house.at.mine, 'nothing') + answer.search)).status,
      404,
    );
    const bare = new URL(answer);
    bare.hostname = 'localhost';
    assert.equal((await browser.ask(bare)).status, 403);
  });

  test('that comes too late is refused', async () => {
    const answer = await house.answerFor(browser, known());
    await house.at.house.superuser.query("update provider_sign_ins set expires_at = now() - interval '1 s'");
    assert.equal((await browser.ask(answer)).status, 401);
  });

  test('that says no is told as such, and nothing that it says is shown', async () => {
    const start = await browser.go(`${house.at.originOf(house.at.mine)}/sign-in/oidc/sso/`);
    const page = await browser.go(start.url, { login: '' });
    assert.equal(page.status, 401);
    assert.match(page.body, /did not let you in/);
    assert.doesNotMatch(page.body, /no name/);
  });

  test('leaves nothing secret in the database or in the address at the provider', async () => {
    const page = await browser.ask(`${house.at.originOf(house.at.mine)}/sign-in/oidc/sso/`);
    const url = HttpBrowser.nextOf(page) ?? assert.fail();
    assert.equal(url.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(url.searchParams.get('redirect_uri'), house.at.callbackOf(house.at.mine, slug));
    assert.match(String(page.headers['set-cookie']), /; Path=\/; HttpOnly; SameSite=Lax$/);
    const secret =
      browser.cookiesFor(new URL(house.at.callbackOf(house.at.mine, slug))).get('himalytix_provider') ?? '';
    const { rows } = await house.at.house.superuser.query('select p::text as row from provider_sign_ins p');
    const stored = JSON.stringify(rows);
    for (const part of [secret, url.searchParams.get('state'), url.searchParams.get('nonce')])
      assert.ok(part && !stored.includes(part) && !stored.includes(Buffer.from(part).toString('hex')));
  });
});

test('a link on another site leads to our own sign-in page, where the person decides', async () => {
  const start = `${house.at.originOf(house.at.mine)}/sign-in/oidc/sso/?next=/reports/`;
  for (const site of ['cross-site', 'same-site'] as const) {
    const page = await browser.ask(start, undefined, site);
    assert.equal(page.status, 303);
    assert.equal(page.headers.location, '/sign-in/?next=%2Freports%2F');
    assert.equal(page.headers['set-cookie'], undefined);
  }
  for (const site of ['same-origin', 'none'] as const) {
    const page = await browser.ask(start, undefined, site);
    assert.equal(HttpBrowser.nextOf(page)?.origin, new URL(house.provider.issuer).origin);
  }
});

test('a provider that is down is told as such, and signing in by password still works', async () => {
  const login = house.person({ email: `down@${house.domain}`, email_verified: true });
  const answer = await house.answerFor(browser, login);
  house.provider.fail(true);
  const late = await browser.ask(answer);
  assert.equal(late.status, 503);
  assert.match(late.body, /Single sign-on does not answer/);
  house.provider.fail(false);
  await house.owner('PATCH', `/identity-providers/${house.providerId}/`, { name: 'Single sign-on' });
  house.provider.fail(true);
  const page = await browser.ask(`${house.at.originOf(house.at.mine)}/sign-in/oidc/sso/`);
  house.provider.fail(false);
  assert.equal(page.status, 503);
  assert.match(page.body, /name="password"/);
  await signInByPassword(house.at, browser, house.at.mine, house.clerk);
  assert.equal(await signedInAs(house.at, browser, house.at.mine), house.clerk.email);
});
