// Walks through what concerns one's own access: a forgotten password, an invitation, other companies, and sessions.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { addMember, testPassword } from '#test/company';
import { deliveredMails, linkOf } from '#test/mails';
import { books, createNepaliCompany, originOf, sessionOf, testHouse, walk } from './browser.ts';

const newPassword = 'plinth vexed quartz';

/** Opens the link of the last mail; the server of the walks has a port that no configuration knows. */
async function openMailedLink(page: Page, origin: string): Promise<void> {
  const { url } = linkOf((await deliveredMails(testHouse().db)).at(-1));
  await page.goto(`${origin}${url.pathname}${url.search}`);
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

describe('one’s own access', () => {
  test(
    'is won back by a link after the password was forgotten',
    walk(null, async (page, origin) => {
      const { email } = await addMember(testHouse().db, books(), 'storekeeper');
      await page.goto('/sign-in/');
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await page.getByLabel('Email').fill(email);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor();
      await openMailedLink(page, origin);
      await page.getByLabel('New password').fill('password');
      await page.keyboard.press('Enter');
      await page.getByText('A password has at least 12 characters.').waitFor();
      await page.getByLabel('New password').fill(newPassword);
      await page.keyboard.press('Enter');
      await page.getByText('Your password is changed').waitFor();
      await signIn(page, email, newPassword);
      await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    }),
  );

  test(
    'begins with an invitation, which its reader accepts in a browser of their own',
    walk('owner', async (page, origin) => {
      await page.goto('/');
      await page.locator('.hx-side').getByRole('link', { name: 'Invitations' }).click();
      await page.getByLabel('Email').fill('gita@example.com');
      await page.getByLabel('Role').selectOption('accountant');
      await page.getByRole('button', { name: 'Send the invitation' }).click();
      await page.getByText('An invitation to gita@example.com is on its way').waitFor();
      const context = await page.context().browser()?.newContext();
      assert.ok(context);
      try {
        const guest = await context.newPage();
        await openMailedLink(guest, origin);
        await guest.getByLabel('Your name').fill('Gita Rai');
        await guest.getByLabel('Choose a password').fill(newPassword);
        await guest.getByRole('button', { name: 'Create the account' }).click();
        await guest.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
        await guest.locator('.hx-side .hx-user').getByText('Gita Rai').waitFor();
      } finally {
        await context.close();
      }
      await page.goto('/settings/invitations/');
      await page
        .getByRole('listitem')
        .filter({ hasText: 'gita@example.com' })
        .getByText('accepted')
        .waitFor();
    }),
  );

  test(
    'reaches another company by the menu, without a password and without leaving the first',
    walk('auditor', async (page, origin) => {
      const other = await createNepaliCompany('none');
      await testHouse().superuser.query(
        "insert into memberships (user_id, tenant_id, role) select id, $2, 'owner' from users where email = $1",
        [`auditor@${books().tenant.slug}.test`, other.tenant.id],
      );
      await page.goto('/accounts/');
      await page.locator('.hx-side .hx-user summary').click();
      await page.getByRole('button', { name: other.tenant.name }).click();
      await page.waitForURL(`${originOf(other)}/`);
      await page.locator('.hx-side .hx-company').getByText(other.tenant.name).waitFor();
      await page.goto(`${origin}/accounts/`);
      await page.getByRole('heading', { level: 1, name: 'Chart of accounts' }).waitFor();
    }),
  );

  test(
    'is seen in the list of sessions, and ended there',
    walk('clerk', async (page) => {
      await sessionOf(books(), 'clerk');
      await page.goto('/');
      await page.locator('.hx-side .hx-user summary').click();
      await page.getByRole('link', { name: 'Your account' }).click();
      await page.getByRole('link', { name: 'Sessions' }).click();
      await page.getByText('This session').waitFor();
      await page.getByRole('button', { name: 'End all other sessions' }).click();
      await page.waitForLoadState();
      assert.equal(await page.locator('.hx-list').getByRole('listitem').count(), 1);
    }),
  );

  test(
    'is kept by another password, when the present one is told',
    walk(null, async (page) => {
      const { email } = await addMember(testHouse().db, books(), 'owner');
      await page.goto('/account/password/');
      await signIn(page, email, testPassword);
      await page.waitForURL(/\/account\/password\//);
      await page.getByLabel('Present password').fill('not this');
      await page.getByLabel('New password').fill(testPassword);
      await page.keyboard.press('Enter');
      await page.getByText('This is not your password.').waitFor();
      await page.getByLabel('Present password').fill(testPassword);
      await page.getByLabel('New password').fill(testPassword);
      await page.keyboard.press('Enter');
      await page.getByText('Your password is changed, and your other sessions are ended.').waitFor();
    }),
  );

  test(
    'is ruled by a policy that the owner sets, and what is out of range is told beside its field',
    walk('owner', async (page) => {
      await page.goto('/settings/sign-in/');
      await page.getByLabel('Characters at least').fill('14');
      await page.locator('form.hx-form').evaluate((form) => form.setAttribute('novalidate', ''));
      await page.getByLabel('Hours until a session ends').fill('500');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('A whole number from 1 to 168.').waitFor();
      assert.equal(await page.getByLabel('Characters at least').inputValue(), '14');
      await page.getByLabel('Hours until a session ends').fill('24');
      await page.getByLabel('Characters at least').fill('12');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('The policy is saved.').waitFor();
    }),
  );
});
