// Walks through finding an entry again: search, pages, and down from the trial balance.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { books, firstDay, salesBefore, walk } from './browser.ts';

describe('finding an entry', () => {
  test(
    'the journal is searched while typing, and Back undoes the search',
    walk('auditor', async (page, origin) => {
      await page.goto('/');
      await page.keyboard.press('g');
      await page.keyboard.press('j');
      const rows = page.locator('#entries tbody tr');
      await page.waitForURL(`${origin}/journal-entries/`);
      await page.keyboard.press('/');
      await page.locator('[type=search]:focus').waitFor();
      // What is typed before htmx has taken the field over would search for nothing.
      await page.locator('form[role=search][data-htmx-powered]').waitFor();
      await page.keyboard.type('CS-123');
      await page.waitForURL(/q=CS-123/);
      await page.getByRole('cell', { name: 'Counter sale 123', exact: true }).waitFor();
      assert.equal(await rows.count(), 1);
      await page.goBack();
      await page.getByText('Older').waitFor();
      assert.equal(await rows.count(), 50);
      await page.goForward();
      await page.getByRole('cell', { name: 'Counter sale 123', exact: true }).waitFor();
      assert.equal(await page.getByRole('searchbox').inputValue(), 'CS-123');
    }),
  );

  test(
    'the journal is turned page by page, keeps its search, and Back turns back',
    walk('auditor', async (page) => {
      await page.goto('/journal-entries/?q=counter');
      const place = page.locator('.hx-pager > span');
      assert.equal(await place.textContent(), `1–50 of ${salesBefore}`);
      await page.getByRole('link', { name: 'Older' }).click();
      await place.getByText(`51–100 of ${salesBefore}`).waitFor();
      assert.match(page.url(), /q=counter&page=2/);
      await page.goBack();
      await place.getByText(`1–50 of ${salesBefore}`).waitFor();
    }),
  );

  test(
    'a figure of the trial balance leads to its ledger, and a line of it to its entry',
    walk('auditor', async (page) => {
      await books().post({
        entry_date: firstDay,
        memo: 'A line to be found',
        lines: [
          { account: '6110', debit: '77000.00' },
          { account: '1020', credit: '77000.00' },
        ],
      });
      await page.goto('/');
      await page.keyboard.press('g');
      await page.keyboard.press('t');
      await page.getByRole('link', { name: 'Rent', exact: true }).click();
      const row = page.getByRole('row').filter({ hasText: 'A line to be found' });
      assert.match((await row.textContent()) ?? '', /77,000\.00.*77,000\.00Dr/s);
      await row.getByRole('link').click();
      assert.match(
        (await page.locator('main').textContent()) ?? '',
        /A line to be found.*Total NPR.*77,000\.00/s,
      );
      await page.goBack();
      await page.goBack();
      await page.getByRole('heading', { name: 'Trial balance' }).waitFor();
    }),
  );

  test(
    'a long ledger is turned page by page, and its balance is carried forward',
    walk('auditor', async (page) => {
      await page.goto(`/reports/general-ledger/?account=1010&from=${firstDay}&to=${firstDay}`);
      assert.equal(await page.locator('tbody tr').count(), 202);
      assert.match((await page.locator('tbody tr').last().textContent()) ?? '', /Carried forward20,100\.00/);
      await page.getByRole('link', { name: 'Later' }).click();
      const [first] = await page.locator('tbody tr').allTextContents();
      assert.match(first ?? '', /Brought forward20,100\.00/);
      assert.match((await page.locator('tfoot').textContent()) ?? '', /26,565\.00Dr/);
    }),
  );

  test(
    'the chart of accounts is searched by code or name, and an account leads to its ledger',
    walk('auditor', async (page) => {
      await page.goto('/accounts/');
      await page.getByRole('searchbox').fill('petty');
      await page.waitForURL(/q=petty/);
      await page.getByRole('link', { name: 'Petty cash' }).click();
      await page.getByRole('heading', { name: '1015 Petty cash' }).waitFor();
    }),
  );

  test(
    'the ledger takes an account by a word of its name',
    walk('auditor', async (page) => {
      await page.goto('/reports/general-ledger/');
      await page.getByLabel('Account').fill('current acc');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: '1020 Bank, current account' }).waitFor();
    }),
  );
});
