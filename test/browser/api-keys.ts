// Walks through making, copying and revoking API keys, one's own and the company's.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { originOf, walk } from './browser.ts';

const statusOf = async (page: Page, secret: string) => {
  const headers = { authorization: `Bearer ${secret}` };
  return (
    await page.request.get(`${originOf()}/api/v1/users/me/`, { headers, failOnStatusCode: false })
  ).status();
};
const lineOf = (page: Page, name: string) =>
  page.getByRole('list', { name: 'API keys' }).getByRole('listitem').filter({ hasText: name });

describe('API keys', () => {
  test(
    'of one’s own are made by keyboard, shown once, and revoked',
    walk('clerk', async (page) => {
      await page.goto('/account/api-keys/');
      await page.getByLabel('Name', { exact: true }).focus();
      await page.keyboard.type('My script');
      await page.keyboard.press('Tab');
      await page.keyboard.type('accounting.*.view');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      const secret = await page.getByLabel('The new key').inputValue();
      assert.match(secret, /^hmx_[a-z0-9]{8}_[\w-]{43}$/);
      assert.equal(await page.locator(':focus').getAttribute('id'), 'secret');
      assert.equal(await statusOf(page, secret), 200);
      await page.goto('/account/api-keys/');
      assert.equal(await page.getByLabel('The new key').count(), 0);
      assert.ok(!(await page.content()).includes(secret.slice(13)));
      await lineOf(page, 'My script').getByRole('button', { name: 'Revoke the key My script' }).click();
      await lineOf(page, 'My script').getByText('revoked', { exact: true }).waitFor();
      assert.equal(await statusOf(page, secret), 401);
    }),
  );

  test(
    'of the company’s own are an owner’s to make, and what is wrong is told beside its field',
    walk('owner', async (page) => {
      await page.goto('/settings/api-keys/');
      await page.getByLabel('Name', { exact: true }).fill('Web shop');
      await page.getByLabel('Role').selectOption('accountant');
      await page.getByLabel('Only these permissions').fill('accounting.*.view\nNot a scope');
      await page.getByRole('button', { name: 'Make the key' }).click();
      await page.getByText('A scope is a permission or a pattern').first().waitFor();
      assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Web shop');
      assert.equal(await page.getByLabel('Role').inputValue(), 'accountant');
      await page.getByLabel('Only these permissions').fill('');
      await page.getByRole('button', { name: 'Make the key' }).click();
      const secret = await page.getByLabel('The new key').inputValue();
      assert.equal(await statusOf(page, secret), 200);
      await page.goto('/settings/api-keys/');
      await lineOf(page, 'Web shop').getByRole('button').click();
      await lineOf(page, 'Web shop').getByText('revoked', { exact: true }).waitFor();
      assert.equal(await statusOf(page, secret), 401);
    }),
  );

  test(
    'of the company are not shown to who does not manage them',
    walk('clerk', async (page) => {
      const response = await page.goto('/settings/api-keys/');
      assert.equal(response?.status(), 403);
    }),
  );
});
