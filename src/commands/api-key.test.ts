// Makes, lists and revokes API keys as an operator does, and asks the API with them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  addMember,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestHouse,
} from '#test/company';
import { apiKeyCommand } from './api-key.ts';

let house: TestHouse;
let api: TestApi;
before(async () => {
  house = await openTestHouse();
  api = await openTestApi(house.db);
  process.env.DATABASE_URL = house.url;
});
after(async () => {
  await api.close();
  await house.close();
});

async function run(...words: string[]): Promise<string> {
  let said = '';
  const screen = { stdout: { write: (text: string) => (said += text) } };
  await apiKeyCommand(screen)
    .exitOverride()
    .parseAsync(['node', 'api-key', ...words]);
  return said.trim();
}

test('a key made at the console lets a program in until it is revoked there', async () => {
  const company = await createCompany(house.db);
  const clerk = await addMember(house.db, company, 'clerk');
  const tenant = ['--tenant', company.tenant.slug];
  const me = (key: string) =>
    api.call('GET', '/api/v1/users/me/', undefined, { authorization: `Bearer ${key}` });
  const own = await run(
    'create',
    ...tenant,
    '--name',
    'Shop',
    '--role',
    'clerk',
    '--scope',
    'accounting.*.view',
  );
  const personal = await run('create', ...tenant, '--name', 'Script', '--email', clerk.email, '--days', '30');
  assert.equal((await me(own)).body.name, 'Shop (API key)');
  assert.equal((await me(personal)).body.email, clerk.email);
  const listed = await run('list', ...tenant);
  assert.match(listed, /active {2}service of clerk {2}Shop {2}scopes accounting\.\*\.view/);
  assert.match(listed, new RegExp(`active {2}personal of ${clerk.email} {2}Script {2}scopes all`));
  assert.match(await run('revoke', own.slice(4, 12), ...tenant), /Shop is revoked/);
  assert.equal((await me(own)).status, 401);
  assert.equal((await me(personal)).status, 200);
  assert.match(await run('list', ...tenant), / {2}revoked {2}service of clerk {2}Shop/);
});

test('a key for nobody, for two, or of another company is refused', async () => {
  const [company, other] = [await createCompany(house.db), await createCompany(house.db)];
  const tenant = ['--tenant', company.tenant.slug];
  const stranger = await addMember(house.db, other, 'clerk');
  await assert.rejects(run('create', ...tenant, '--name', 'x'), /choose one of/);
  await assert.rejects(
    run('create', ...tenant, '--name', 'x', '--role', 'clerk', '--email', 'a@b.test'),
    /choose one/,
  );
  await assert.rejects(run('create', ...tenant, '--name', 'x', '--email', stranger.email), {
    kind: 'not-found',
  });
  const theirs = await run('create', '--tenant', other.tenant.slug, '--name', 'x', '--role', 'clerk');
  await assert.rejects(run('revoke', theirs.slice(4, 12), ...tenant), { kind: 'not-found' });
});
