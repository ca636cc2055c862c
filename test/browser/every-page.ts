// Holds every page to what all share: it fits a phone, everybody can use it, and it works for a company without anything.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { addressesOf, mailedLinkAddresses } from './addresses.ts';
import { barriers } from './barriers.ts';
import { books, createNepaliCompany, walk } from './browser.ts';

/** Looks at every page with axe, and at what `look` wants of it besides. */
async function walkAllPages(page: Page, look = async (_name: string) => {}): Promise<void> {
  const addresses = { ...(await addressesOf(books())), ...mailedLinkAddresses };
  for (const [name, address] of Object.entries(addresses)) {
    await page.goto(address);
    assert.deepEqual(await barriers(page), [], name);
    await look(name);
  }
}

/** Looks at the pages of the administration, which an owner sees. */
async function walkSettings(page: Page, look = async (_name: string) => {}): Promise<void> {
  await page.goto('/settings/members/');
  const member = await page.locator('main td a').first().getAttribute('href');
  for (const name of ['members', 'roles', 'roles/new', 'roles/clerk', 'duties', member ?? ''].map(String)) {
    await page.goto(name.startsWith('/') ? name : `/settings/${name}/`);
    assert.deepEqual(await barriers(page), [], name);
    await look(name);
  }
}

const phone = { viewport: { width: 390, height: 844 } };

describe('every page', () => {
  test(
    'has no barrier to anybody, in light',
    walk('owner', (page) => walkAllPages(page), { colorScheme: 'light' }),
  );

  test(
    'has none in the dark and on a phone, fits its width, and has one heading and one main part',
    walk(
      'owner',
      (page) =>
        walkAllPages(page, async (name) => {
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, name);
          assert.equal(await page.locator('h1').count(), 1, name);
          assert.equal(await page.locator('main').count(), 1, name);
        }),
      { colorScheme: 'dark', ...phone },
    ),
  );

  test(
    'of the administration has no barrier, in light, and in the dark on a phone, whose width it fits',
    walk(
      'owner',
      async (page) => {
        await walkSettings(page, async (name) => {
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, name);
        });
        await page.emulateMedia({ colorScheme: 'light' });
        await page.setViewportSize({ width: 1280, height: 800 });
        await walkSettings(page);
      },
      { colorScheme: 'dark', ...phone },
    ),
  );

  test(
    'has none while faults are told, a list or a dialog is open',
    walk(
      'accountant',
      async (page) => {
        await page.goto('/journal-entries/new/');
        await page.locator('[name="lines[0][account]"]').fill('cash');
        await page.getByRole('option').first().waitFor();
        assert.deepEqual(await barriers(page), [], 'an open list');
        await page.keyboard.press('Control+Enter');
        await page.getByRole('alert').waitFor();
        assert.deepEqual(await barriers(page), [], 'faults');
        await page.goto('/');
        await page.keyboard.press('?');
        await page.getByRole('dialog').waitFor();
        assert.deepEqual(await barriers(page), [], 'the shortcuts');
        await page.keyboard.press('Escape');
        await page.locator('.hx-side .hx-user summary').click();
        assert.deepEqual(await barriers(page), [], 'the menu of the user');
      },
      { expected: /^beforeunload/ },
    ),
  );

  test(
    'has none where only an owner gets to',
    walk(
      'owner',
      async (page) => {
        await page.goto('/settings/api-keys/');
        assert.deepEqual(await barriers(page), [], 'the keys of the company');
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
        await page.getByLabel('Name', { exact: true }).fill(' ');
        await page.getByRole('button', { name: 'Make the key' }).click();
        await page.getByText('A key has a name').waitFor();
        assert.deepEqual(await barriers(page), [], 'faults of a key');
      },
      { colorScheme: 'dark', ...phone },
    ),
  );

  test(
    'of a phone opens the menu without a script',
    walk(
      'clerk',
      async (page) => {
        await page.goto('/');
        await page.getByRole('button', { name: 'Menu' }).click();
        await page.getByRole('link', { name: 'Trial balance' }).click();
        await page.getByRole('heading', { name: 'Trial balance' }).waitFor();
      },
      { ...phone, javaScriptEnabled: false },
    ),
  );

  test(
    'of a company that has nothing yet says so',
    walk(
      'owner',
      async (page) => {
        const words = {
          '/': 'Nothing has been posted yet',
          '/accounts/': 'There are no accounts yet',
          '/journal-entries/': 'The journal is empty',
          '/reports/trial-balance/': 'No account has a balance on this day',
          '/reports/general-ledger/': 'Choose an account to see its ledger',
        };
        for (const [address, text] of Object.entries(words)) {
          await page.goto(address);
          await page.getByText(text).waitFor();
        }
      },
      { of: () => createNepaliCompany('none') },
    ),
  );
});
