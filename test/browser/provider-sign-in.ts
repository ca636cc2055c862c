// Walks through the settings by which a company trusts an identity provider, to the provider, and back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inDirectory } from '#lib/tenant-tx';
import { addMember, type TestCompany, testPassword } from '#test/company';
import { verifyByOperator } from '#users';
import { barriers } from './barriers.ts';
import { createNepaliCompany, originOf, testHouse, testProvider, type Walk, walk } from './browser.ts';

type Trusting = { mine: TestCompany; domain: string; origin: string; callback: string };

const client = { client_id: 'the-books', client_secret: 'a secret of the walk' };

async function trustingCompany(): Promise<Trusting> {
  const mine = await createNepaliCompany('none');
  const [domain, origin] = [`${mine.tenant.slug}.test`, originOf(mine)];
  const callback = `${origin}/sign-in/oidc/keycloak/callback/`;
  const provider = testProvider();
  provider.start([{ ...client, redirect_uris: [callback] }]);
  provider.people.set('new', { email: `new@${domain}`, email_verified: true, name: 'New Person' });
  provider.people.set('private', { email: 'clerk@private.test', email_verified: true });
  await inDirectory(testHouse().db, (tx) => verifyByOperator(tx, mine.tenant.id, domain));
  return { mine, domain, origin, callback };
}

const setUp =
  ({ domain, callback }: Trusting): Walk =>
  async (page) => {
    await page.goto('/');
    await page.locator('.hx-side').getByRole('link', { name: 'Sign-in providers' }).click();
    await page.locator('.hx-side [aria-current]').getByText('Sign-in providers').waitFor();
    assert.equal(await page.locator('.hx-side [aria-current]').count(), 1);
    assert.deepEqual(await barriers(page), [], 'the list without a provider');
    await page.getByLabel('Another domain').fill('example.com');
    // Whole, because a random domain beside it may hold the same three letters.
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('himalytix-domain=').waitFor();
    await page.getByRole('link', { name: 'OpenID Connect' }).click();
    await page.getByLabel('Issuer').fill('http://localhost');
    await page.getByLabel('Client ID').fill(client.client_id);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The issuer cannot be used').waitFor();
    assert.deepEqual(await barriers(page), [], 'the form with a fault');
    await page.getByLabel('Name on the sign-in page').fill('Keycloak');
    await page.getByLabel('Name in the redirect URI').fill('keycloak');
    await page.getByLabel('Issuer').fill(testProvider().issuer);
    await page.getByLabel('Client secret').fill(client.client_secret);
    await page.getByLabel(`People of ${domain}`).selectOption('clerk');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`${domain} → clerk`).waitFor();
    assert.deepEqual(await barriers(page), [], 'the list');
    await page.getByRole('link', { name: 'Edit Keycloak' }).click();
    await page.getByText(callback).waitFor();
    assert.equal(await page.getByLabel('Client secret').inputValue(), '');
    assert.deepEqual(await barriers(page), [], 'the form');
  };

const signIn: Walk = async (page, origin) => {
  await page.goto('/sign-in/?next=%2Faccounts%2F');
  assert.deepEqual(await barriers(page), [], 'the sign-in page with a provider');
  await page.getByRole('link', { name: 'Sign in with Keycloak' }).click();
  await page.getByLabel('Name').fill('new');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForURL(`${origin}/accounts/`);
  await page.locator('.hx-side').getByText('New Person').waitFor();
  await page.goto('/account/');
  await page.getByText('this session is good for').waitFor();
  assert.deepEqual(await barriers(page), [], 'the account of who came through a provider');
  await page.getByRole('link', { name: 'Password', exact: true }).click();
  await page.getByText('have no password yet').waitFor();
  assert.deepEqual(await barriers(page), [], 'the way to a first password');
  await page.getByRole('button', { name: 'Mail a link' }).click();
  await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor();
};

const link =
  (email: string): Walk =>
  async (page) => {
    await page.goto('/sign-in/?next=%2Faccount%2Flinked%2F');
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(testPassword);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Link Keycloak', exact: true }).click();
    await page.getByLabel('Name').fill('private');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('The account is linked').waitFor();
    assert.deepEqual(await barriers(page), [], 'linked accounts');
    await page.getByRole('button', { name: 'Unlink Keycloak' }).click();
    await page.getByText('The account is not linked any more').waitFor();
  };

test('an identity provider is set up by an owner, signs somebody new in, is linked and unlinked, and nobody meets a barrier', async () => {
  const trusting = await trustingCompany();
  const of = () => trusting.mine;
  await walk('owner', setUp(trusting), { of })();
  await walk(null, signIn, { of })();
  const { email } = await addMember(testHouse().db, trusting.mine, 'clerk');
  await walk(null, link(email), { of, colorScheme: 'dark', viewport: { width: 390, height: 844 } })();
});
