// Walks through keying an entry: by keyboard alone, with faults, as a draft, over a bad line, and without scripts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Entry, getEntry, listEntries } from '#accounting';
import { pageNumber } from '#lib/lists/part';
import { books, day, walk } from './browser.ts';

const newEntry = '/journal-entries/new/';
const cell = (page: Page, line: number, field: string) => page.locator(`[name="lines[${line}][${field}]"]`);
const focused = (page: Page) => page.locator(':focus').getAttribute('name');
const difference = (page: Page) => page.locator('[data-difference]').textContent();

/** Presses keys and types texts, one after the other; a text that is no key is typed. */
async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    if (/^(Tab|Enter|Arrow\w+|Escape|Backspace|Control\+\w+|Alt\+\w+|Shift\+\w+|=)$/.test(key))
      await page.keyboard.press(key);
    else await page.keyboard.type(key);
  }
}

async function entriesNamed(memo: string): Promise<Entry[]> {
  return await books().run(async (tx) => {
    const { results } = await listEntries(tx, { search: memo }, pageNumber(1, 10));
    const entries = await Promise.all(results.map(({ id }) => getEntry(tx, id)));
    return entries.filter((entry) => entry !== null);
  });
}

const linesOf = (entry: Entry | undefined) =>
  entry?.lines.map(({ account, debit, credit, memo }) => [account, debit, credit, memo]);

describe('keying an entry', () => {
  test(
    'an entry is keyed and posted without a mouse: accounts by code and by name, = for what balances',
    walk('clerk', async (page) => {
      await page.goto('/');
      await press(page, 'n');
      await page.locator('#entry_date:focus').waitFor();
      await press(page, 'Enter', 'R-1', 'Enter', 'Keyed by hand', 'Enter');
      assert.equal(await focused(page), 'lines[0][account]');
      await press(page, '1010', 'Tab', '12,34,567.5', 'Tab');
      assert.equal(await cell(page, 0, 'debit').inputValue(), '12,34,567.50');
      assert.equal(await difference(page), '12,34,567.50 to credit');
      await press(page, 'Tab', 'in notes', 'Tab');
      await press(page, 'sales');
      await page.getByRole('option', { name: 'Sales, exempt from VAT' }).waitFor();
      await press(page, 'ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter');
      assert.equal(await cell(page, 1, 'account').inputValue(), '4020');
      await press(page, 'Tab', '=');
      assert.equal(await focused(page), 'lines[1][credit]');
      assert.equal(await difference(page), 'Balanced');
      await press(page, 'Control+Enter');
      await page
        .locator('#messages')
        .getByText(/JV-.+ posted/)
        .waitFor();
      await page.locator('#entry_date:focus').waitFor();
      assert.equal(await cell(page, 0, 'debit').inputValue(), '');
      const [entry] = await entriesNamed('Keyed by hand');
      assert.deepEqual([entry?.entry_date, entry?.reference, entry?.status], [day, 'R-1', 'posted']);
      assert.deepEqual(linesOf(entry), [
        ['1010', '1234567.50', null, 'in notes'],
        ['4020', null, '1234567.50', null],
      ]);
    }),
  );

  test(
    'lines are added by Tab after the last one and removed by Backspace, keys or the mouse',
    walk('clerk', async (page) => {
      await page.goto(newEntry);
      const rows = page.locator('[data-row]');
      await cell(page, 5, 'memo').fill('used');
      await press(page, 'Tab');
      assert.equal(await focused(page), 'lines[6][account]');
      assert.equal(await rows.count(), 7);
      await press(page, 'Backspace');
      assert.equal(await rows.count(), 6);
      await press(page, 'Alt+Delete');
      assert.equal(await rows.count(), 5);
      await page.getByRole('button', { name: 'Line', exact: true }).click();
      assert.equal(await rows.count(), 6);
      await page.getByRole('button', { name: 'Remove the line' }).first().click();
      assert.equal(await rows.count(), 5);
    }),
  );

  test(
    'every fault stands beside its cell, and what was keyed stays until it is right',
    walk('accountant', async (page) => {
      await page.goto(newEntry);
      await page.locator('#memo').fill('At fault');
      await cell(page, 0, 'account').fill('9999');
      await cell(page, 0, 'debit').fill('1,5');
      await cell(page, 1, 'account').fill('1000');
      await cell(page, 1, 'credit').fill('7.123');
      await press(page, 'Control+Enter');
      await page.getByRole('alert').getByText('Nothing was stored').waitFor();
      const faults = await page.locator('.hx-fault').allTextContents();
      assert.equal(faults.length, 4, faults.join(' | '));
      assert.equal(await focused(page), 'lines[0][account]');
      assert.equal(await page.locator('#memo').inputValue(), 'At fault');
      assert.equal(await cell(page, 0, 'debit').inputValue(), '1,5');
      await press(
        page,
        '1010',
        'Tab',
        '7.12',
        'Tab',
        'Tab',
        'Tab',
        '4020',
        'Tab',
        'Tab',
        '7.12',
        'Control+Enter',
      );
      await page.locator('#messages').getByText('posted').waitFor();
      assert.equal((await entriesNamed('At fault')).length, 1);
    }),
  );

  test(
    'a draft is kept by Ctrl+S, edited, posted and reversed',
    walk('accountant', async (page) => {
      await page.goto(newEntry);
      await page.locator('#memo').fill('Half an entry');
      await cell(page, 0, 'account').fill('1010');
      await cell(page, 0, 'debit').fill('80');
      await press(page, 'Control+s');
      await page.locator('#messages').getByText('Draft saved').waitFor();
      await page.locator('#messages').getByRole('link').click();
      await page.getByRole('link', { name: 'Edit' }).click();
      await cell(page, 1, 'account').fill('4010');
      await cell(page, 1, 'credit').focus();
      await press(page, '=', 'Control+Enter');
      await page.waitForURL(/\/journal-entries\/[0-9a-f-]+\/$/);
      await page.getByRole('button', { name: 'Reverse' }).click();
      await page.getByRole('button', { name: 'Post the reversal' }).click();
      await page.getByText('Reverses').waitFor();
      const entries = await entriesNamed('Half an entry');
      assert.deepEqual(entries.map(({ status }) => status).sort(), ['posted', 'reversed']);
      await page.locator('.hx-facts').getByRole('link').click();
      await page.getByText('Reversed by').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Reverse' }).count(), 0);
    }),
  );

  test(
    'the Bikram Sambat day follows the date that is keyed',
    walk('clerk', async (page) => {
      await page.goto(newEntry);
      await page.locator('#entry_date').fill('2026-07-17');
      assert.match((await page.locator('label[for=entry_date]').textContent()) ?? '', /1 Shrawan 2083/);
      await page.locator('#entry_date').fill('2024-02-29');
      assert.match((await page.locator('label[for=entry_date]').textContent()) ?? '', /17 Falgun 2080/);
    }),
  );
});

async function keySale(page: Page, memo: string): Promise<void> {
  await page.goto(newEntry);
  await page.locator('#memo').fill(memo);
  await cell(page, 0, 'account').fill('1010');
  await cell(page, 0, 'debit').fill('5');
  await cell(page, 1, 'account').fill('4010');
  await cell(page, 1, 'credit').fill('5');
}

describe('keying when something goes wrong', () => {
  test(
    'an answer that was lost on its way is no reason to post twice',
    walk(
      'clerk',
      async (page, origin) => {
        await keySale(page, 'Sent twice');
        await page.route(
          `**${newEntry}`,
          async (route) => {
            // Playwright's own request knows no *.localhost, so it goes to the address under the company's name.
            const url = route.request().url().replace(new URL(origin).hostname, '127.0.0.1');
            await route.fetch({ url, headers: { ...route.request().headers(), host: new URL(origin).host } });
            await route.abort('connectionreset');
          },
          { times: 1 },
        );
        await press(page, 'Control+Enter');
        await page.getByText('The server could not be reached').waitFor();
        assert.equal(await page.locator('#memo').inputValue(), 'Sent twice');
        await press(page, 'Control+Enter');
        await page.locator('#messages').getByText('posted').waitFor();
        assert.equal((await entriesNamed('Sent twice')).length, 1);
      },
      { expected: /ERR_CONNECTION_RESET|htmx:error/ },
    ),
  );

  test(
    'a session that ends meanwhile loses nothing of what was keyed',
    walk('clerk', async (page, origin) => {
      const cookies = await page.context().cookies();
      await keySale(page, 'Kept through the night');
      await page.context().clearCookies();
      await press(page, 'Control+Enter');
      await page.getByRole('link', { name: 'Sign in in another tab' }).waitFor();
      await page.context().addCookies(cookies);
      assert.equal(await page.locator('#memo').inputValue(), 'Kept through the night');
      await page.locator('#memo').focus();
      await press(page, 'Control+Enter');
      await page.locator('#messages').getByText('posted').waitFor();
      assert.match(page.url(), new RegExp(`^${origin}`));
    }),
  );

  test(
    'leaving asks before it loses lines, and not when there are none or they are stored',
    walk(
      'clerk',
      async (page, origin) => {
        const asked: string[] = [];
        page.on('dialog', (dialog) => asked.push(dialog.type()));
        await keySale(page, 'Never sent');
        await page.goto('/accounts/');
        assert.deepEqual(asked, ['beforeunload']);
        await page.goto(newEntry);
        await press(page, 'Enter', 'no lines yet');
        await page.goto('/accounts/');
        await keySale(page, 'A draft to be opened');
        await press(page, 'Control+s');
        await page.locator('#messages').getByRole('link').click();
        await page.getByRole('link', { name: 'Edit' }).click();
        await page.getByRole('link', { name: 'Back to the draft' }).click();
        await page.waitForURL(`${origin}/journal-entries/*/`);
        assert.deepEqual(asked, ['beforeunload']);
      },
      { expected: /^beforeunload/ },
    ),
  );

  test(
    'without scripts the same form takes more lines, tells the faults and posts',
    walk(
      'clerk',
      async (page) => {
        await keySale(page, 'Without a script');
        await cell(page, 1, 'credit').fill('6');
        await page.getByRole('button', { name: 'Post' }).click();
        await page.getByRole('alert').getByText('Nothing was stored').waitFor();
        await page.getByRole('button', { name: 'More lines' }).click();
        assert.equal(await page.locator('[data-row]').count(), 8);
        await cell(page, 2, 'account').fill('1010');
        await cell(page, 2, 'debit').fill('1');
        await page.getByRole('button', { name: 'Post' }).click();
        await page.waitForURL(/\/journal-entries\/[0-9a-f-]+\/$/);
        const [entry] = await entriesNamed('Without a script');
        assert.equal(entry?.lines.length, 3);
      },
      { javaScriptEnabled: false },
    ),
  );
});
