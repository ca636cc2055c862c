// Walks through second factors: an app, passkeys in a virtual authenticator, recovery codes, and a company that demands one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { inDirectory, systemActor } from '#lib/tenant-tx';
import { addMember, type TestCompany, testPassword } from '#test/company';
import { ageSignIns, codeOf, setUpApp } from '#test/factors';
import { type Member, type Role, roles, setSecondFactorDemand } from '#users';
import { barriers } from './barriers.ts';
import { createNepaliCompany, originOf, testHouse, walk } from './browser.ts';

/** What the test asks of Chromium's virtual authenticator. */
type Authenticator = { cdp: CDPSession; id: string };

/** A platform authenticator as a phone or laptop has one, whose owner always shows the finger. */
async function addAuthenticator(page: Page, options: { verifies?: boolean } = {}): Promise<Authenticator> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId: id } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: options.verifies ?? true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id };
}

async function credentialsOf({ cdp, id }: Authenticator) {
  return (await cdp.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials;
}

let company: Promise<TestCompany> | undefined;

/** A company of these walks alone, as they change who may sign in how. */
function ownCompany(): Promise<TestCompany> {
  company ??= createNepaliCompany('none');
  return company;
}

const members = new Map<string, Promise<Member>>();

function member(role: Role): Promise<Member> {
  const known = members.get(role) ?? ownCompany().then((own) => addMember(testHouse().db, own, role));
  members.set(role, known);
  return known;
}

async function sendPassword(page: Page, { email }: Member, address = '/sign-in/'): Promise<void> {
  await page.goto(address);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(testPassword);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const security = '/account/security/';

/** Sets up the app as a person does, by the secret that the page shows; returns the secret. */
async function keyApp(page: Page): Promise<string> {
  await page.getByRole('img', { name: 'QR code' }).waitFor();
  const secret = ((await page.locator('.hx-secret').textContent()) ?? '').replaceAll(' ', '');
  await page.getByLabel('Code of your authenticator app').fill(codeOf(secret, -1));
  await page.getByRole('button', { name: 'Turn on the app' }).click();
  return secret;
}

async function readCodes(page: Page): Promise<string[]> {
  await heading(page, 'Your recovery codes').waitFor();
  assert.deepEqual(await barriers(page), []);
  const codes = await page.locator('.hx-recovery code').allTextContents();
  assert.equal(codes.length, 10);
  await page.getByRole('link', { name: 'I have kept them' }).click();
  return codes;
}

/** Sends a passkey's answer again, as somebody who has read it on its way. */
async function statusOfRepeat(page: Page, form: string): Promise<number> {
  return await page.evaluate(
    async (body) =>
      (await fetch('/sign-in/passkey/', { method: 'POST', body: new URLSearchParams(body) })).status,
    form,
  );
}

const own = { of: ownCompany };

describe('second factors', () => {
  test(
    'an app is set up by its QR code, asked for at the next sign-in, and a recovery code stands in for it',
    walk(
      null,
      async (page, origin) => {
        const clerk = await member('clerk');
        await sendPassword(page, clerk);
        await page.goto(`${security}app/`);
        await page.getByLabel('Code of your authenticator app').fill('000 000');
        await page.getByRole('button', { name: 'Turn on the app' }).click();
        await page.getByText('This is not the code that the app shows now').waitFor();
        const secret = await keyApp(page);
        const [code = ''] = await readCodes(page);
        await page.getByText('10 codes are left').waitFor();

        await page.context().clearCookies();
        await sendPassword(page, clerk, '/sign-in/?next=%2Faccount%2Fsecurity%2F');
        await page.goto('/');
        assert.match(page.url(), /\/sign-in\/\?next/, 'nothing opens between the factors');
        await page.goto('/sign-in/second-factor/?next=%2Faccount%2Fsecurity%2F');
        await page.getByLabel('Code of your authenticator app').fill(codeOf(secret, 9));
        await page.getByRole('button', { name: 'Continue' }).click();
        await page.getByRole('alert').getByText('This is not right').waitFor();
        assert.deepEqual(await barriers(page), []);
        await page.getByLabel('Code of your authenticator app').fill(codeOf(secret));
        await page.keyboard.press('Enter');
        await page.waitForURL(`${origin}${security}`);

        await page.context().clearCookies();
        await sendPassword(page, clerk);
        await page.getByText('Use a recovery code').first().click();
        await page.getByLabel('Recovery code').fill(code);
        await page.getByRole('button', { name: 'Use the recovery code' }).click();
        await page.waitForURL(`${origin}/`);
        await page.goto(security);
        await page.getByText('9 codes are left').waitFor();
        await page.getByRole('button', { name: 'Make new codes' }).click();
        assert.ok(!(await readCodes(page)).includes(code));
        await page.getByRole('button', { name: 'Remove', exact: true }).click();
        await page.getByText('It is removed').waitFor();
        await page.getByRole('link', { name: 'Set up' }).waitFor();
        assert.equal(await page.getByText('codes are left').count(), 0);
        await page.getByRole('button', { name: 'End all other sessions' }).click();
        await page.getByRole('list', { name: 'Sessions' }).waitFor();
      },
      own,
    ),
  );

  test(
    'a passkey signs in without a password, as a second factor, and confirms who one is',
    walk(
      null,
      async (page, origin) => {
        const owner = await member('owner');
        const authenticator = await addAuthenticator(page);
        await sendPassword(page, owner);
        await page.waitForURL(`${origin}/`);
        await page.goto(security);
        await page.getByLabel('Name of the new passkey').fill('Laptop');
        await page.getByRole('button', { name: 'Add a passkey' }).click();
        await readCodes(page);
        await page.getByText('Laptop', { exact: true }).waitFor();
        const [credential] = await credentialsOf(authenticator);
        assert.equal(credential?.rpId, new URL(origin).hostname);
        assert.equal(credential?.isResidentCredential, true);
        await page.getByRole('button', { name: 'Add a passkey' }).click();
        await page.getByText('has a passkey of yours already').waitFor();

        await page.context().clearCookies();
        await page.goto(`/sign-in/?next=${encodeURIComponent(security)}`);
        const sent = page.waitForRequest((request) => request.url().endsWith('/sign-in/passkey/'));
        await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
        await page.waitForURL(`${origin}${security}`);
        await page.context().clearCookies();
        assert.equal(await statusOfRepeat(page, (await sent).postData() ?? ''), 401, 'an answer counts once');

        await page.context().clearCookies();
        await sendPassword(page, owner);
        await page.getByRole('button', { name: 'Use a passkey' }).click();
        await page.waitForURL(`${origin}/`);

        await ageSignIns(testHouse().db, owner.userId, 11);
        await page.goto(security);
        await page.getByRole('button', { name: 'Remove Laptop' }).click();
        await page.waitForURL(/\/account\/confirm\/form\/\?to=%2Faccount%2Fsecurity%2Fremove%2F/);
        assert.deepEqual(await barriers(page), []);
        await page.getByRole('button', { name: 'Use a passkey' }).click();
        await page.getByRole('button', { name: 'Do it now' }).waitFor();
        assert.deepEqual(await barriers(page), []);
        await page.getByRole('button', { name: 'Do it now' }).click();
        await page.getByText('It is removed').waitFor();
      },
      own,
    ),
  );

  test(
    'a passkey that counts back, or does not check its owner, signs nobody in, and the log tells of the copy',
    walk(
      null,
      async (page, origin) => {
        const auditor = await member('auditor');
        const authenticator = await addAuthenticator(page);
        await sendPassword(page, auditor);
        await page.waitForURL(`${origin}/`);
        await page.goto(security);
        await page.getByLabel('Name of the new passkey').fill('Copied key');
        await page.getByRole('button', { name: 'Add a passkey' }).click();
        await readCodes(page);
        const [original] = await credentialsOf(authenticator);
        assert.ok(original);
        const bySignIn = async (target = page) => {
          await target.context().clearCookies();
          await target.goto('/sign-in/');
          await target.getByRole('button', { name: 'Sign in with a passkey' }).click();
        };
        await bySignIn();
        await page.waitForURL(`${origin}/`);

        const other = await page.context().newPage();
        const clone = await addAuthenticator(other);
        await clone.cdp.send('WebAuthn.addCredential', { authenticatorId: clone.id, credential: original });
        await bySignIn(other);
        await other.getByText('This passkey does not sign you in here').waitFor();
        const { rows } = await testHouse().superuser.query(
          `select content::jsonb #>> '{after,why}' as why from "${(await ownCompany()).tenant.schema}".audit_rows
           where subject_id = $1 order by block_seq desc limit 1`,
          [auditor.userId],
        );
        assert.match(rows[0].why, /counted back/);

        await authenticator.cdp.send('WebAuthn.setUserVerified', {
          authenticatorId: authenticator.id,
          isUserVerified: false,
        });
        await bySignIn();
        await page.getByText('No passkey was used').waitFor();
      },
      own,
    ),
  );

  test(
    'who must have one and has none sets it up before anything else opens',
    walk(
      null,
      async (page, origin) => {
        const { db } = testHouse();
        const { tenant } = await ownCompany();
        const storekeeper = await member('storekeeper');
        const demand = { everybody: false, roles: ['storekeeper'] };
        await inDirectory(db, (tx) => setSecondFactorDemand(tx, tenant.id, demand, roles), systemActor);
        await sendPassword(page, storekeeper, '/sign-in/?next=%2Faccount%2Fsecurity%2F');
        await page.getByText('Your company asks for a second factor').waitFor();
        assert.deepEqual(await barriers(page), []);
        await page.goto('/');
        assert.match(page.url(), /\/sign-in\/\?next/);
        await page.goto(`/sign-in/second-factor/?next=${encodeURIComponent(security)}`);
        await keyApp(page);
        await readCodes(page);
        await page.waitForURL(`${origin}${security}`);
        await page.getByRole('button', { name: 'Remove', exact: true }).click();
        await page.getByText('asks you for a second factor').waitFor();
      },
      own,
    ),
  );

  test(
    'an owner says who must have one, sees who has one, and resets one that was lost',
    walk(
      'owner',
      async (page) => {
        const accountant = await member('accountant');
        await setUpApp(testHouse().db, accountant.userId);
        await page.goto('/settings/sign-in/');
        await page.getByLabel('Members with one of these roles').check();
        await page.getByLabel('Auditor', { exact: true }).check();
        await page.getByRole('button', { name: 'Save who must have a second factor' }).click();
        await page.getByText('It is saved').waitFor();
        assert.deepEqual(await barriers(page), []);
        assert.equal(await page.getByLabel('Auditor', { exact: true }).isChecked(), true);
        await page.getByRole('button', { name: 'Reset the second factor of The accountant' }).click();
        await page.getByText('Their second factor is reset').waitFor();
        assert.equal(await page.getByRole('button', { name: /Reset.*accountant/ }).count(), 0);
      },
      own,
    ),
  );

  test(
    'a company’s passkeys are not asked for at another’s address',
    walk(
      null,
      async (page) => {
        await addAuthenticator(page);
        const other = await createNepaliCompany('none');
        await page.goto(`${originOf(other)}/sign-in/`);
        await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
        await page.getByText('No passkey was used').waitFor();
      },
      own,
    ),
  );
});
