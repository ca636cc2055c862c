// Keys script and SQL wherever text can be keyed, and looks at every page that shows it again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { TestCompany } from '#test/company';
import { addressesOf } from './addresses.ts';
import { sessionOf, walk } from './browser.ts';
import { createHostileCompany, named, shownTexts } from './hostile-company.ts';
import { linksOf, Pages, sendForm, textFormsOf } from './hostile-forms.ts';
import { hostile, injected, payloads, textOf } from './hostile-payloads.ts';

async function keyHostileEntry(page: Page, action: 'Post' | 'Save as draft'): Promise<void> {
  await page.goto('/journal-entries/new/');
  await page.locator('#memo').fill(hostile);
  await page.locator('#reference').fill(hostile);
  for (const [line, side] of [
    [0, 'debit'],
    [1, 'credit'],
  ] as const) {
    const cell = (field: string) => page.locator(`[name="lines[${line}][${field}]"]`);
    await cell('account').fill('hacked');
    await page.getByRole('option').first().waitFor();
    assert.deepEqual(await injected(page), [], 'the list of accounts');
    await page.keyboard.press('Enter');
    await cell(side).fill('10');
    await cell('memo').fill(hostile);
  }
  await page.getByRole('button', { name: action }).click();
  await page.locator('#messages .hx-notice-success').waitFor();
}

/** Opens an address, proves that nothing of a hostile text was taken for more than text, and returns what it shows. */
async function open(page: Page, address: string): Promise<string> {
  const answer = await page.goto(address);
  assert.ok((answer?.status() ?? 0) < 500, `${address} ${answer?.status()}`);
  assert.deepEqual(await injected(page), [], address);
  return await textOf(page);
}

/** Sends every form of a page that takes a text, once with each payload. */
async function sendForms(
  page: Page,
  address: string,
  sent: Set<string>,
  signIn: () => Promise<void>,
): Promise<void> {
  for (const { index, name } of await textFormsOf(page)) {
    if (sent.has(name)) continue;
    sent.add(name);
    for (const payload of payloads) {
      await open(page, address);
      await sendForm(page, index, payload);
      assert.deepEqual(await injected(page), [], `${name} on ${address}`);
      await signIn();
    }
  }
}

const beforeLeaving = { expected: /^beforeunload/ };

describe('hostile text', () => {
  let company: TestCompany;

  test(
    'keyed in every field of an entry, it is stored as it is and runs nowhere',
    walk(
      'owner',
      async (page) => {
        await keyHostileEntry(page, 'Save as draft');
        await keyHostileEntry(page, 'Post');
        await page.getByRole('link', { name: 'Open it' }).click();
        assert.equal(await page.locator('.hx-memo').textContent(), hostile);
        assert.deepEqual(await injected(page), []);
      },
      {
        of: async () => {
          company = await createHostileCompany();
          return company;
        },
      },
    ),
  );

  test(
    'keyed in every text field of every form, it runs nowhere, and every page shows it as it was keyed',
    walk(
      'owner',
      async (page, origin) => {
        const signIn = async () =>
          page.context().addCookies([{ ...(await sessionOf(company, 'owner')), url: origin }]);
        const pages = new Pages(Object.values(await addressesOf(company, named('draft'))));
        const sent = new Set<string>();
        for (const address of pages) {
          await open(page, address);
          for (const link of await linksOf(page)) pages.add(link);
          await sendForms(page, address, sent, signIn);
        }
        assert.ok(sent.size >= 10, [...sent].join());
        assert.deepEqual(pages.missing(), [], 'pages to which no link leads');
        const missing = new Set(shownTexts);
        for (const address of pages) {
          const text = await open(page, address);
          for (const each of missing) if (text.includes(each)) missing.delete(each);
        }
        assert.deepEqual([...missing], [], 'texts that no page shows as they were stored');
      },
      { of: () => company, ...beforeLeaving },
    ),
  );

  test(
    'searched for, it is looked for and not run, neither in the page nor in the database',
    walk(
      'owner',
      async (page) => {
        for (const address of ['/journal-entries/', '/accounts/']) {
          await page.goto(address);
          await page.getByRole('searchbox').fill(hostile);
          await page.waitForURL(/q=/);
          await page.locator('#entries, #accounts').getByText('hacked').first().waitFor();
          assert.deepEqual(await injected(page), []);
        }
        await page.goto('/journal-entries/');
        assert.notEqual(await page.locator('#entries tbody tr').count(), 0);
      },
      { of: () => company },
    ),
  );

  test(
    'given as name and password, it is refused like any other',
    walk(null, async (page) => {
      await open(page, `/sign-in/?next=${encodeURIComponent(hostile)}`);
      const [form] = await textFormsOf(page);
      await sendForm(page, form?.index ?? 0, hostile);
      await page.getByRole('alert').getByText('password is wrong').waitFor();
      assert.deepEqual(await injected(page), []);
      assert.equal(await page.getByLabel('Email').inputValue(), hostile);
    }),
  );

  test('that a page does not escape is noticed: it runs without a policy, and under ours it is a breach that is told', async () => {
    await walk(
      null,
      async (page) => {
        const answer = await page.request.get('/sign-in/');
        const policy = answer.headers()['content-security-policy'] ?? '';
        assert.match(policy, /script-src 'self'/);
        for (const [index, payload] of payloads.entries()) {
          const body = `<!doctype html><title>x</title><p title="${payload}"><a href="${payload}">${payload}</a><b title='${payload}'>`;
          const serve = (name: string, headers: Record<string, string>) =>
            page.route(`**/${name}/${index}/`, (route) =>
              route.fulfill({ contentType: 'text/html', headers, body }),
            );
          await serve('bare', {});
          await serve('kept', { 'content-security-policy': policy });
          await page.goto(`/bare/${index}/`);
          await page.waitForTimeout(50);
          assert.notDeepEqual(await injected(page), [], payload);
          await page.goto(`/kept/${index}/`);
          await page.waitForTimeout(50);
          const found = await injected(page);
          assert.notDeepEqual(found, [], payload);
          assert.deepEqual(
            found.filter((each) => each.startsWith('it ran')),
            [],
            'the policy stops what was not escaped',
          );
        }
      },
      { expected: /^(policy: |.*Content Security Policy|Failed to load resource|.*Unexpected|.*Invalid)/ },
    )();
    await assert.rejects(
      walk(null, async (page) => {
        await page.route('**/breach/', async (route) => {
          const { headers } = await page.request
            .get('/sign-in/')
            .then((each) => ({ headers: each.headers() }));
          const policy = headers['content-security-policy'] ?? '';
          await route.fulfill({
            contentType: 'text/html',
            headers: { 'content-security-policy': policy },
            body: `<p>${hostile}`,
          });
        });
        await page.goto('/breach/');
        await page.waitForTimeout(100);
      }),
      /policy: script-src/,
    );
  });
});
