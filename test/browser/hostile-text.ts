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

/** Sends every form of a page that is open and takes a text, once with each payload. */
async function sendForms(
  page: Page,
  address: string,
  sent: Set<string>,
  signIn: () => Promise<void>,
): Promise<void> {
  let fresh = true;
  for (const { index, name } of await textFormsOf(page)) {
    if (sent.has(name)) continue;
    sent.add(name);
    for (const payload of payloads) {
      if (!fresh) await open(page, address);
      fresh = false;
      await sendForm(page, index, payload);
      assert.deepEqual(await injected(page), [], `${name} on ${address}`);
      await signIn();
    }
  }
}

const policyHeader = 'content-security-policy';

/** The policy that the pages are served under. */
async function policyOf(page: Page): Promise<string> {
  return (await page.goto('/sign-in/'))?.headers()[policyHeader] ?? '';
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
        const missing = new Set(shownTexts);
        const read = async (address: string) => {
          const text = await open(page, address);
          for (const each of missing) if (text.includes(each)) missing.delete(each);
        };
        for (const address of pages) {
          await read(address);
          for (const link of await linksOf(page)) pages.add(link);
          await sendForms(page, address, sent, signIn);
        }
        assert.ok(sent.size >= 10, [...sent].join());
        assert.deepEqual(pages.missing(), [], 'pages to which no link leads');
        for (const address of pages) await read(address);
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

  test(
    'that a page does not escape is noticed: it runs where there is no policy, and is seen where ours stops it',
    walk(
      null,
      async (page) => {
        const policy = await policyOf(page);
        assert.match(policy, /script-src 'self'/);
        for (const [index, payload] of payloads.entries()) {
          const inside = `<a href="${payload}">${payload}</a>`;
          const body = `<!doctype html><p title="${payload}">${inside}<b title='${payload}'></b><b title="">${payload}`;
          const served: Record<string, Record<string, string>> = {
            bare: {},
            kept: { [policyHeader]: policy },
          };
          for (const [name, headers] of Object.entries(served)) {
            const address = `/${name}/${index}/`;
            await page.route(`**${address}`, (route) =>
              route.fulfill({ contentType: 'text/html', headers, body }),
            );
            await page.goto(address);
            await page.waitForTimeout(100);
            const found = await injected(page);
            assert.notDeepEqual(found, [], `${name} ${payload}`);
            const ran = found.some((each) => each.startsWith('it ran'));
            // An address runs when it is followed, which nobody does here.
            assert.equal(ran, name === 'bare' && !payload.startsWith('javascript:'), found.join('\n'));
          }
        }
      },
      { expected: /./ },
    ),
  );

  test('that our policy stops is told as a breach, which fails a walk', async () => {
    const breach = walk(null, async (page) => {
      const headers = { [policyHeader]: await policyOf(page) };
      await page.route('**/breach/', (route) =>
        route.fulfill({ contentType: 'text/html', headers, body: `<p title="${hostile}` }),
      );
      await page.goto('/breach/');
      await page.waitForTimeout(100);
    });
    await assert.rejects(breach, /policy: script-src/);
  });
});
