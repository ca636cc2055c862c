// Reads the two references of the API in a real browser, under a policy that lets no inline script or style in.
import { describe, test } from 'node:test';
import { walk } from './browser.ts';

describe('the API reference', () => {
  test(
    'of Swagger UI opens an operation under the strict policy, without a breach of it',
    walk(null, async (page) => {
      await page.goto('/api/docs/');
      await page.locator('.opblock-tag').first().click();
      await page.locator('.opblock-post .opblock-summary-control').first().click();
      await page.getByText('Request body').first().waitFor();
    }),
  );

  test(
    'of ReDoc is laid out and searched under the strict policy, without a breach of it',
    walk(null, async (page) => {
      await page.goto('/api/redoc/');
      await page.getByRole('heading', { name: 'Himalytix API' }).waitFor();
      await page.getByRole('textbox', { name: 'Search' }).fill('trial balance');
      await page.getByRole('search').getByText('trial balance').first().waitFor();
    }),
  );
});
