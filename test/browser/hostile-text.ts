// Keys script and SQL wherever text can be keyed, and looks at every page that shows it again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { createAccount } from '#accounting';
import type { TestCompany } from '#test/company';
import { addressesOf } from './addresses.ts';
import { createNepaliCompany, sessionOf, testHouse, walk } from './browser.ts';

const script = '"><script>hacked=1</script><img src=x onerror="hacked=2"><svg onload=hacked=3>';
const hostile = `${script}'); drop table journal_lines; --\u202e {{7*7}} \${7*7}`;

/** A company whose own name, whose owner's name and one of whose accounts are hostile. */
async function createHostileCompany(): Promise<TestCompany> {
  const { superuser } = testHouse();
  const company = await createNepaliCompany();
  await sessionOf(company, 'owner');
  await superuser.query('update tenants set name = $2 where id = $1', [company.tenant.id, hostile]);
  await superuser.query('update users set name = $2 where email = $1', [
    `owner@${company.tenant.slug}.test`,
    hostile,
  ]);
  await company.run((tx) => createAccount(tx, { code: '"><b>6', name: hostile, type: 'expense' }));
  return company;
}

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
    await page.keyboard.press('Enter');
    await cell(side).fill('10');
    await cell('memo').fill(hostile);
  }
  await page.getByRole('button', { name: action }).click();
  await page.locator('#messages .hx-notice-success').waitFor();
}

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
        assert.equal(await page.evaluate('typeof hacked'), 'undefined');
        for (const [name, address] of Object.entries(await addressesOf(company, hostile))) {
          await page.goto(address);
          assert.equal(await page.evaluate('typeof hacked'), 'undefined', name);
          assert.equal(await page.locator('main img, main b b, script:not([src])').count(), 0, name);
          // A page outside of any company repeats nothing of the address at all.
          const repeats = name !== 'nothing there';
          assert.equal((await page.content()).includes('&lt;script&gt;hacked'), repeats, name);
        }
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
    'searched for, it is looked for and not run, neither in the page nor in the database',
    walk(
      'owner',
      async (page) => {
        for (const address of ['/journal-entries/', '/accounts/']) {
          await page.goto(address);
          await page.getByRole('searchbox').fill(hostile);
          await page.waitForURL(/q=/);
          await page.locator('#entries, #accounts').getByText('hacked').first().waitFor();
          assert.equal(await page.evaluate('typeof hacked'), 'undefined');
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
      await page.goto(`/sign-in/?next=${encodeURIComponent(hostile)}`);
      await page.evaluate('document.querySelector("#email").type = "text"');
      await page.getByLabel('Email').fill(hostile);
      await page.getByLabel('Password').fill(hostile);
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('password is wrong').waitFor();
      assert.equal(await page.getByLabel('Email').inputValue(), hostile);
    }),
  );
});
