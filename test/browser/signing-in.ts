// Walks through signing in and out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addMember, testPassword } from '#test/company';
import { books, createNepaliCompany, firstDay, originOf, testHouse, walk } from './browser.ts';

describe('signing in', () => {
  test(
    'a stranger is asked who they are, is told when it is wrong, and then gets the page asked for',
    walk(null, async (page, origin) => {
      const { email } = await addMember(testHouse().db, books(), 'owner');
      const wanted = `${origin}/reports/trial-balance/?as_of=${firstDay}`;
      await page.goto(wanted);
      assert.match(page.url(), /\/sign-in\/\?next=%2Freports%2Ftrial-balance/);
      await page.getByLabel('Email').fill(email);
      await page.getByLabel('Password').fill('a wrong one');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: 'E-mail address or password is wrong' }).waitFor();
      assert.equal(await page.getByLabel('Email').inputValue(), email);
      assert.equal(await page.locator(':focus').getAttribute('id'), 'password');
      await page.keyboard.type(testPassword);
      await page.keyboard.press('Enter');
      await page.waitForURL(wanted);
      await page.getByRole('heading', { level: 1, name: 'Trial balance' }).waitFor();
    }),
  );

  test(
    'signing out ends the session for every tab, and the old cookie opens nothing any more',
    walk('auditor', async (page, origin) => {
      const cookies = await page.context().cookies();
      const other = await page.context().newPage();
      await other.goto('/');
      await page.goto('/accounts/');
      await page.locator('.hx-side .hx-user summary').click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${origin}/sign-in/`);
      await page.goBack();
      await page.waitForURL(/\/sign-in\/\?next=%2Faccounts%2F/);
      await page.context().addCookies(cookies);
      await other.reload();
      assert.match(other.url(), /\/sign-in\//);
    }),
  );

  test(
    'a session of one company opens no page of another',
    walk('owner', async (page) => {
      const other = await createNepaliCompany('none');
      const [cookie] = await page.context().cookies();
      await page
        .context()
        .addCookies([{ name: cookie?.name ?? '', value: cookie?.value ?? '', url: originOf(other) }]);
      const answer = await page.goto(`${originOf(other)}/`);
      assert.equal(answer?.status(), 403);
      await page.getByText('This company is not open to this request').waitFor();
    }),
  );

  test(
    'the bare host asks for the company and leads to its own address',
    walk(null, async (page, origin) => {
      await page.goto(originOf());
      await page.getByLabel('Company').fill('No Such Name!');
      await page.getByLabel('Company').fill(books().tenant.slug);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${origin}/sign-in/`);
      await page.getByRole('heading', { name: books().tenant.name }).waitFor();
    }),
  );

  test(
    'light or dark is chosen once and stays chosen, without a flash on the next page',
    walk(
      'clerk',
      async (page) => {
        const theme = () => page.locator('html').getAttribute('data-bs-theme');
        await page.goto('/');
        assert.equal(await theme(), 'light');
        await page.locator('.hx-side .hx-user summary').click();
        await page.getByRole('button', { name: 'Light or dark' }).click();
        assert.equal(await theme(), 'dark');
        await page.goto('/accounts/');
        assert.equal(await theme(), 'dark');
      },
      { colorScheme: 'light' },
    ),
  );
});
