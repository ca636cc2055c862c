// The demo companies from the first start to later ones: made once, and the password that is told is the one that works.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadConfig } from '#lib/config';
import { listTenants } from '#tenancy';
import { openTestHouse, type TestHouse } from '#test/company';
import { checkCredentials } from '#users';
import { ensureDemoCompanies } from './demo-companies.ts';

let house: TestHouse;
let dataDir: string;
before(async () => {
  house = await openTestHouse();
  dataDir = await mkdtemp(join(tmpdir(), 'himalytix-demo-'));
});
after(async () => {
  await house.close();
  await rm(dataDir, { recursive: true, force: true });
});

const start = (chosen?: string) =>
  ensureDemoCompanies(
    house.db,
    loadConfig({ HIMALYTIX_DATA_DIR: dataDir, ...(chosen && { HIMALYTIX_DEMO_PASSWORD: chosen }) }),
    () => {},
  );

const opens = async (password: string) =>
  await checkCredentials(house.db, { email: 'accountant@acme.test', password }, null, {
    door: 'api',
    from: { ip: '192.0.2.1', userAgent: undefined },
  }).then(
    () => true,
    () => false,
  );

test('a chosen password works, and a later start without it neither changes nor guesses it', async () => {
  const first = await start('x');
  assert.deepEqual(first, { slugs: ['acme', 'demo'], password: 'x' });
  assert.equal(await opens('x'), true);
  assert.equal((await start()).password, null);
  assert.equal(await opens('x'), true);
});

test('another chosen password takes the place of the one before', async () => {
  await start('y');
  assert.deepEqual([await opens('x'), await opens('y')], [false, true]);
});

test('without a choice the password is made at random, kept for its owner, and told again', async () => {
  const { schema } = (await listTenants(house.db)).find(({ slug }) => slug === 'demo') ?? { schema: '' };
  await house.superuser.query(`drop schema ${schema} cascade`);
  await house.superuser.query(
    `delete from memberships where tenant_id = (select id from tenants where slug = 'demo')`,
  );
  await house.superuser.query(`delete from tenants where slug = 'demo'`);
  const { password } = await start();
  assert.ok(password && password.length >= 12);
  assert.equal((await readFile(join(dataDir, 'demo-password'), 'utf8')).trim(), password);
  assert.equal((await start()).password, password);
  assert.equal(await opens(password), true);
});
