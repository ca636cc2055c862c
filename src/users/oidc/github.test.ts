// Signs people in through a server that does as GitHub does.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { addMember, type Call, testApiOf } from '#test/company';
import { type GithubServer, openGithubServer } from '#test/oidc/github-server';
import { HttpBrowser } from '#test/oidc/http-browser';
import {
  linkedPageOf,
  openSignInHouse,
  ownDomain,
  type SignInHouse,
  signedInAs,
  signInByPassword,
} from '#test/oidc/sign-in-house';

const app = { id: 'Iv1.test', secret: 'the secret of the app' };

let at: SignInHouse;
let github: GithubServer;
let owner: Call;
let providerId: string;
let browser: HttpBrowser;

before(async () => {
  github = await openGithubServer(app);
  at = await openSignInHouse([github.host]);
  await ownDomain(at, at.mine, 'coders.test');
  owner = await (await testApiOf(at.house.db, at.app)).as(await addMember(at.house.db, at.mine, 'owner'));
  const rules = [{ domain: 'coders.test', role: 'storekeeper' }];
  const body = {
    kind: 'github',
    issuer: `${github.base}/`,
    client_id: app.id,
    client_secret: app.secret,
    rules,
  };
  const answer = await owner('POST', '/identity-providers/', body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.deepEqual(answer.body.scopes, ['read:user', 'user:email']);
  assert.equal(answer.body.issuer, github.base);
  providerId = answer.body.id;
});

after(async () => {
  await at.close();
  await github.close();
});

beforeEach(() => {
  browser = new HttpBrowser();
});

const email = (address: string, verified = true, primary = false) => ({ email: address, verified, primary });
const signIn = () => browser.go(`${at.originOf(at.mine)}/sign-in/oidc/github/`);

test('somebody new with a verified address of the domain joins by the rule, and is known by their number from then on', async () => {
  const emails = [email('home@elsewhere.test', true, true), email('ann@coders.test')];
  github.user = { id: 4711, login: 'ann', name: 'Ann Coder', emails };
  assert.equal((await signIn()).status, 200);
  assert.equal(await signedInAs(at, browser, at.mine), 'ann@coders.test');
  browser = new HttpBrowser();
  github.user = { id: 4711, login: 'renamed', name: null, emails: [email('new@elsewhere.test')] };
  await signIn();
  assert.equal(await signedInAs(at, browser, at.mine), 'ann@coders.test');
});

test('an address that is not verified, or not of the domain, lets nobody join', async () => {
  for (const emails of [
    [email('bob@coders.test', false, true)],
    [email('bob@elsewhere.test')],
    [email('bob@sub.coders.test')],
    [],
  ]) {
    browser = new HttpBrowser();
    github.user = { id: 12, login: 'bob', name: null, emails };
    assert.equal((await signIn()).status, 403);
    assert.equal(await signedInAs(at, browser, at.mine), null);
  }
});

test('a verified address of a member opens no account of theirs, as it may have been somebody else’s before', async () => {
  const clerk = await addMember(at.house.db, at.mine, 'clerk');
  await ownDomain(at, at.mine, `${at.mine.tenant.slug}.test`);
  github.user = { id: 13, login: 'former', name: null, emails: [email(clerk.email), email('x@coders.test')] };
  assert.equal((await signIn()).status, 403);
  assert.equal(await signedInAs(at, browser, at.mine), null);
  await signInByPassword(at, browser, at.mine, clerk);
  const { csrf } = await linkedPageOf(at, browser, at.mine);
  const page = await browser.go(`${at.originOf(at.mine)}/account/linked/github/`, { _csrf: csrf });
  assert.match(page.body, /The account is linked/);
  browser = new HttpBrowser();
  await signIn();
  assert.equal(await signedInAs(at, browser, at.mine), clerk.email);
});

test('a code that does not fit, and a secret that is wrong, are refused though GitHub answers them with 200', async () => {
  github.user = { id: 4711, login: 'ann', name: null, emails: [] };
  const page = await browser.go(`${at.originOf(at.mine)}/sign-in/oidc/github/`, undefined, (url) =>
    url.pathname.endsWith('/callback/'),
  );
  const answer = HttpBrowser.nextOf(page) ?? assert.fail();
  answer.searchParams.set('code', 'x');
  assert.equal((await browser.ask(answer)).status, 401);
  await owner('PATCH', `/identity-providers/${providerId}/`, { client_secret: 'another' });
  assert.equal((await signIn()).status, 401);
  assert.equal(await signedInAs(at, browser, at.mine), null);
});
