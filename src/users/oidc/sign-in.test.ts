// Signs people in through a real OpenID provider over HTTP, and tries to get in where one does not belong.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addMember, type Call, openTestApi, type TestApi, type TestCompany } from '#test/company';
import { HttpBrowser, type Page } from '#test/oidc/http-browser';
import { openTestProvider, type TestProvider } from '#test/oidc/openid-provider';
import {
  linkedPageOf,
  openSignInHouse,
  ownDomain,
  type SignInHouse,
  signedInAs,
  signInByPassword,
} from '#test/oidc/sign-in-house';
import { findSession, type Member, mayLeaveCompany, sessionCookie } from '#users';

let at: SignInHouse;
let provider: TestProvider;
let api: TestApi;
let owner: Call;
let providerId: string;
let clerk: Member;
let browser: HttpBrowser;
let domain: string;

const slug = 'sso';

before(async () => {
  provider = await openTestProvider();
  at = await openSignInHouse([provider.host]);
  const client = (company: TestCompany) => ({
    client_id: company.tenant.slug,
    client_secret: `the secret of ${company.tenant.slug}`,
    redirect_uris: [at.callbackOf(company, slug)],
  });
  provider.start([client(at.mine), client(at.other)]);
  api = await openTestApi(at.house.db, at.app);
  domain = `${at.mine.tenant.slug}.test`;
  await ownDomain(at, at.mine, domain);
  clerk = await addMember(at.house.db, at.mine, 'clerk');
  owner = await api.as(await addMember(at.house.db, at.mine, 'owner'));
  const others = await api.as(await addMember(at.house.db, at.other, 'owner'));
  const add = async (call: Call, company: TestCompany, more: object) => {
    const { client_id, client_secret } = client(company);
    const body = { kind: 'oidc', issuer: provider.issuer, client_id, client_secret, ...more };
    const answer = await call('POST', '/identity-providers/', body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.id;
  };
  providerId = await add(owner, at.mine, { rules: [{ domain, role: 'auditor' }] });
  await add(others, at.other, {});
});

after(async () => {
  await at.close();
  await provider.close();
});

beforeEach(() => {
  browser = new HttpBrowser();
});

/** Goes to the provider and says there who one is; comes back as far as the callback, or with its answer. */
async function through(
  login: string,
  {
    company = at.mine,
    until,
    start,
  }: { company?: TestCompany; until?: (url: URL) => boolean; start?: Page } = {},
): Promise<Page> {
  const asked = start ?? (await browser.go(`${at.originOf(company)}/sign-in/oidc/${slug}/`));
  assert.match(asked.body, /Who are you/);
  return await browser.go(asked.url, { login }, until);
}

const isCallback = (url: URL) => url.pathname.endsWith('/callback/');

/** Stops before the callback, and gives its address. */
async function answerFor(login: string, company = at.mine): Promise<URL> {
  const page = await through(login, { company, until: isCallback });
  return HttpBrowser.nextOf(page) ?? assert.fail('no answer');
}

const count = async (sql: string, ...values: unknown[]) =>
  Number(
    (await at.house.superuser.query<{ n: string }>(`select count(*) as n from ${sql}`, values)).rows[0]?.n,
  );

let nth = 0;
/** Somebody whom the provider knows, under a new name at it. */
function person(claims: object): string {
  nth += 1;
  const login = `person-${nth}`;
  provider.people.set(login, claims);
  return login;
}

describe('a member', () => {
  test('of a verified address of the company’s own domain is signed in, and linked from then on', async () => {
    const login = person({ email: clerk.email.toUpperCase(), email_verified: true });
    const page = await browser.go(`${at.originOf(at.mine)}/sign-in/`);
    assert.match(page.body, /href="\/sign-in\/oidc\/sso\/">Sign in with Single sign-on</);
    const back = await through(login);
    assert.equal(back.status, 200);
    assert.equal(back.url.href, `${at.originOf(at.mine)}/`);
    assert.equal(await signedInAs(at, browser, at.mine), clerk.email);
    provider.people.set(login, { email: 'another@elsewhere.test', email_verified: false });
    browser = new HttpBrowser();
    await through(login);
    assert.equal(await signedInAs(at, browser, at.mine), clerk.email);
  });

  test('comes back to the page that was asked for, and never to another site', async () => {
    const login = person({});
    provider.people.set(login, { email: `x@${domain}`, email_verified: true });
    for (const [next, path] of [
      ['/reports/trial-balance/?as_of=2024-01-31', '/reports/trial-balance/?as_of=2024-01-31'],
      ['//evil.test/', '/'],
      ['https://evil.test/', '/'],
    ]) {
      browser = new HttpBrowser();
      const start = await browser.go(
        `${at.originOf(at.mine)}/sign-in/oidc/sso/?next=${encodeURIComponent(next ?? '')}`,
      );
      const back = await through(login, { start });
      assert.equal(back.url.href, at.originOf(at.mine) + path);
    }
  });

  test('has a session that names the provider, stays in the company, and ends with the provider’s', async () => {
    await through(person({ email: `stay@${domain}`, email_verified: true }));
    const token = browser.cookiesFor(new URL(at.originOf(at.mine))).get(sessionCookie) ?? '';
    const session = await findSession(at.house.db, token);
    assert.equal(session?.providerId, providerId);
    assert.equal(session && mayLeaveCompany(session), false);
    browser.setCookie(new URL(at.originOf(at.other)), sessionCookie, token);
    assert.equal((await browser.ask(`${at.originOf(at.other)}/`)).status, 403);
    const change = (enabled: boolean) => owner('PATCH', `/identity-providers/${providerId}/`, { enabled });
    assert.equal((await change(false)).status, 200);
    assert.equal(await signedInAs(at, browser, at.mine), null);
    assert.equal((await browser.ask(`${at.originOf(at.mine)}/sign-in/oidc/sso/`)).status, 404);
    assert.doesNotMatch((await browser.ask(`${at.originOf(at.mine)}/sign-in/`)).body, /Single sign-on/);
    await change(true);
  });

  test('is not taken over by an address that is not verified, or that another person at the provider has now', async () => {
    const accountant = await addMember(at.house.db, at.mine, 'accountant');
    for (const claims of [
      { email: accountant.email },
      { email: accountant.email, email_verified: false },
      { email: accountant.email, email_verified: 'true' as never },
    ]) {
      browser = new HttpBrowser();
      const page = await through(person(claims));
      assert.equal(page.status, 403);
      assert.match(page.body, /opens nothing here/);
      assert.equal(await signedInAs(at, browser, at.mine), null);
    }
    await through(person({ email: accountant.email, email_verified: true }));
    browser = new HttpBrowser();
    const successor = await through(person({ email: accountant.email, email_verified: true }));
    assert.equal(successor.status, 409);
    assert.equal(await signedInAs(at, browser, at.mine), null);
  });

  test('of an address in a domain that the company has not proved is not believed to be them', async () => {
    const elsewhere = await addMember(at.house.db, at.other, 'auditor');
    await at.house.superuser.query(
      "insert into memberships (user_id, tenant_id, role) values ($1, $2, 'owner')",
      [elsewhere.userId, at.mine.tenant.id],
    );
    const page = await through(person({ email: elsewhere.email, email_verified: true }));
    assert.equal(page.status, 403);
    assert.equal(await signedInAs(at, browser, at.mine), null);
  });
});

describe('somebody new', () => {
  test('of a verified address of the domain joins as the rule says, without a password, and the log tells it', async () => {
    const email = `new@${domain}`;
    await through(person({ email, email_verified: true, name: 'New Person' }));
    assert.equal(await signedInAs(at, browser, at.mine), email);
    const { rows } = await at.house.superuser.query(
      'select u.name, u.password_hash, m.role from users u join memberships m on m.user_id = u.id where email = $1',
      [email],
    );
    assert.deepEqual(rows, [{ name: 'New Person', password_hash: null, role: 'auditor' }]);
    const { rows: notes } = await at.house.superuser.query<{ subject: string; action: string }>(
      `select subject, action from "${at.mine.tenant.schema}".audit_rows where content like '%new@%' order by block_seq, nth`,
    );
    assert.deepEqual(notes, [
      { subject: 'membership', action: 'create' },
      { subject: 'identity', action: 'create' },
    ]);
    const refused = await browser.ask(`${at.originOf(at.mine)}/sign-in/`, { email, password: '' });
    const wrong = await browser.ask(`${at.originOf(at.mine)}/sign-in/`, { email, password: 'x' });
    const nobody = await browser.ask(`${at.originOf(at.mine)}/sign-in/`, {
      email: `no@${domain}`,
      password: 'x',
    });
    assert.deepEqual([refused.status, wrong.status, nobody.status], [401, 401, 401]);
    assert.equal(wrong.body.replace(email, ''), nobody.body.replace(`no@${domain}`, ''));
  });

  test('of another domain, an unverified address, or a company without a rule does not join', async () => {
    const before = await count('users');
    for (const claims of [
      { email: 'new@elsewhere.test', email_verified: true },
      { email: `new@sub.${domain}`, email_verified: true },
      { email: `new@${domain}@elsewhere.test`, email_verified: true },
      { email: `unverified@${domain}` },
      {},
    ]) {
      browser = new HttpBrowser();
      assert.equal((await through(person(claims))).status, 403);
      assert.equal(await signedInAs(at, browser, at.mine), null);
    }
    browser = new HttpBrowser();
    const login = person({ email: `new2@${domain}`, email_verified: true });
    assert.equal((await through(login, { company: at.other })).status, 403);
    assert.equal(await count('users'), before);
  });

  test('who has an account in another company is not given this one with it', async () => {
    const email = `both@${domain}`;
    const login = person({ email, email_verified: true });
    const { userId } = await addMember(at.house.db, at.other, 'storekeeper');
    await at.house.superuser.query('update users set email = $1 where id = $2', [email, userId]);
    assert.equal((await through(login)).status, 403);
    assert.equal(await count('memberships where user_id = $1', userId), 1);
  });

  test('who was removed, or shut out, stays out', async () => {
    const login = person({ email: `gone@${domain}`, email_verified: true });
    await through(login);
    const { rows } = await at.house.superuser.query("select id from users where email like 'gone@%'");
    const id = rows[0]?.id;
    const outcome = async (name: string) => {
      browser = new HttpBrowser();
      return (await through(name)).status;
    };
    await at.house.superuser.query('update users set is_active = false where id = $1', [id]);
    assert.equal(await outcome(login), 403);
    await at.house.superuser.query('update users set is_active = true where id = $1', [id]);
    await at.house.superuser.query('delete from memberships where user_id = $1', [id]);
    assert.equal(await outcome(login), 403);
    assert.equal(await outcome(person({ email: `gone@${domain}`, email_verified: true })), 403);
    assert.equal(await count('memberships where user_id = $1', id), 0);
  });
});

describe('an answer of the provider', () => {
  const known = () => person({ email: `answers@${domain}`, email_verified: true });

  test('works once, in the browser that asked, and no more', async () => {
    const login = known();
    const answer = await answerFor(login);
    const stranger = new HttpBrowser();
    const injected = await stranger.ask(answer);
    assert.equal(injected.status, 401);
    assert.equal(await signedInAs(at, stranger, at.mine), null);
    // The victim has begun a sign-in of their own, and is led to the attacker's answer.
    await stranger.go(`${at.originOf(at.mine)}/sign-in/oidc/sso/`);
    assert.equal((await stranger.ask(answer)).status, 401);
    const callback = new URL(answer);
    const secret = browser.cookiesFor(callback).get('himalytix_provider') ?? '';
    assert.equal((await browser.ask(answer)).status, 303);
    browser.setCookie(callback, 'himalytix_provider', secret, '/sign-in/oidc/');
    browser.setCookie(callback, sessionCookie, '');
    assert.equal((await browser.ask(answer)).status, 401);
    assert.equal(await signedInAs(at, browser, at.mine), null);
  });

  test('with another state, issuer or code is not believed, and a wrong state spoils nothing', async () => {
    const answer = await answerFor(known());
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
      const fresh = await answerFor(known());
      fresh.searchParams.set(name, value);
      const page = await browser.ask(fresh);
      assert.equal(page.status, 401);
      assert.match(page.body, /cannot be believed/);
    }
  });

  test('is not taken by another company’s callback, provider or host', async () => {
    const answer = await answerFor(known());
    const callback = new URL(answer);
    const secret = browser.cookiesFor(callback).get('himalytix_provider') ?? '';
    const elsewhere = new URL(at.callbackOf(at.other, slug) + answer.search);
    browser.setCookie(elsewhere, 'himalytix_provider', secret, '/sign-in/oidc/');
    assert.equal((await browser.ask(elsewhere)).status, 401);
    assert.equal(await signedInAs(at, browser, at.other), null);
    assert.equal((await browser.ask(at.callbackOf(at.mine, 'nothing') + answer.search)).status, 404);
    const bare = new URL(answer);
    bare.hostname = 'localhost';
    assert.equal((await browser.ask(bare)).status, 403);
  });

  test('that comes too late is refused', async () => {
    const answer = await answerFor(known());
    await at.house.superuser.query("update provider_sign_ins set expires_at = now() - interval '1 s'");
    assert.equal((await browser.ask(answer)).status, 401);
  });

  test('that says no is told as such, and nothing that it says is shown', async () => {
    const start = await browser.go(`${at.originOf(at.mine)}/sign-in/oidc/sso/`);
    const page = await browser.go(start.url, { login: '' });
    assert.equal(page.status, 401);
    assert.match(page.body, /did not let you in/);
    assert.doesNotMatch(page.body, /no name/);
  });

  test('leaves nothing secret in the database or in the address at the provider', async () => {
    const page = await browser.ask(`${at.originOf(at.mine)}/sign-in/oidc/sso/`);
    const url = HttpBrowser.nextOf(page) ?? assert.fail();
    assert.equal(url.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(url.searchParams.get('redirect_uri'), at.callbackOf(at.mine, slug));
    assert.match(String(page.headers['set-cookie']), /HttpOnly; SameSite=Lax/);
    assert.match(String(page.headers['set-cookie']), /Path=\/sign-in\/oidc\/;/);
    const secret = browser.cookiesFor(new URL(at.callbackOf(at.mine, slug))).get('himalytix_provider') ?? '';
    const { rows } = await at.house.superuser.query('select p::text as row from provider_sign_ins p');
    const stored = JSON.stringify(rows);
    for (const part of [secret, url.searchParams.get('state'), url.searchParams.get('nonce')])
      assert.ok(part && !stored.includes(part) && !stored.includes(Buffer.from(part).toString('hex')));
  });
});

test('a provider that is down is told as such, and signing in by password still works', async () => {
  const login = person({ email: `down@${domain}`, email_verified: true });
  const answer = await answerFor(login);
  provider.fail(true);
  const late = await browser.ask(answer);
  assert.equal(late.status, 503);
  assert.match(late.body, /Single sign-on does not answer/);
  provider.fail(false);
  await owner('PATCH', `/identity-providers/${providerId}/`, { name: 'Single sign-on' });
  provider.fail(true);
  const page = await browser.ask(`${at.originOf(at.mine)}/sign-in/oidc/sso/`);
  provider.fail(false);
  assert.equal(page.status, 503);
  assert.match(page.body, /name="password"/);
  await signInByPassword(at, browser, at.mine, clerk);
  assert.equal(await signedInAs(at, browser, at.mine), clerk.email);
});

describe('linking', () => {
  const link = async (login: string) => {
    const { csrf } = await linkedPageOf(at, browser, at.mine);
    const start = await browser.go(`${at.originOf(at.mine)}/account/linked/sso/`, { _csrf: csrf });
    return await through(login, { start });
  };

  test('binds the account to who is signed in, whatever its address; unlinking takes it away', async () => {
    const storekeeper = await addMember(at.house.db, at.mine, 'storekeeper');
    const login = person({ email: 'private@elsewhere.test', email_verified: true });
    await signInByPassword(at, browser, at.mine, storekeeper);
    const page = await link(login);
    assert.equal(page.url.href, `${at.originOf(at.mine)}/account/linked/?done=linked`);
    assert.match(page.body, /private@elsewhere\.test/);
    const again = new HttpBrowser();
    [browser] = [again];
    await through(login);
    assert.equal(await signedInAs(at, browser, at.mine), storekeeper.email);
    const { csrf } = await linkedPageOf(at, browser, at.mine);
    const removed = await browser.ask(`${at.originOf(at.mine)}/account/linked/sso/removal/`, { _csrf: csrf });
    assert.equal(removed.status, 303);
    assert.equal(await signedInAs(at, browser, at.mine), null, 'the session that it opened is over');
    browser = new HttpBrowser();
    assert.equal((await through(login)).status, 403);
  });

  test('does not take an account that is somebody else’s', async () => {
    const owned = person({ email: `owned@${domain}`, email_verified: true });
    await through(owned);
    browser = new HttpBrowser();
    const auditor = await addMember(at.house.db, at.mine, 'auditor');
    await signInByPassword(at, browser, at.mine, auditor);
    const page = await link(owned);
    assert.match(page.body, /belongs to somebody else here/);
    assert.match(page.body, /Not linked/);
  });

  test('ends in the session in which it began, or not at all', async () => {
    const auditor = await addMember(at.house.db, at.mine, 'auditor');
    await signInByPassword(at, browser, at.mine, auditor);
    const { csrf, url } = await linkedPageOf(at, browser, at.mine);
    const start = await browser.go(`${at.originOf(at.mine)}/account/linked/sso/`, { _csrf: csrf });
    const page = await browser.go(start.url, { login: person({}) }, isCallback);
    const answer = HttpBrowser.nextOf(page) ?? assert.fail();
    browser.setCookie(url, sessionCookie, '');
    await signInByPassword(at, browser, at.mine, clerk);
    assert.match((await browser.go(answer)).body, /could not be linked/);
    assert.equal(await count('identities where user_id = $1', auditor.userId), 0);
  });

  test('needs the form of our own page', async () => {
    await signInByPassword(at, browser, at.mine, clerk);
    for (const path of ['/account/linked/sso/', '/account/linked/sso/removal/'])
      assert.equal((await browser.ask(at.originOf(at.mine) + path, { _csrf: 'x' })).status, 403);
  });

  test('cannot be undone when nothing else lets one in', async () => {
    await through(person({ email: `only@${domain}`, email_verified: true }));
    const { csrf } = await linkedPageOf(at, browser, at.mine);
    const page = await browser.ask(`${at.originOf(at.mine)}/account/linked/sso/removal/`, { _csrf: csrf });
    assert.equal(page.status, 409);
    assert.match(page.body, /only way to sign in/);
    assert.equal(await signedInAs(at, browser, at.mine), `only@${domain}`);
  });
});
