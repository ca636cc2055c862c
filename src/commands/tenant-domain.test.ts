// Takes an e-mail domain for a company's own as an operator does, beside the domains by which companies are found.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tenant } from '#lib/tenant-tx';
import { createCompany, openTestHouse, type TestHouse } from '#test/company';
import { providersAndDomains } from '#users';
import { tenantCommand } from './tenant.ts';

let house: TestHouse;

before(async () => {
  house = await openTestHouse();
  process.env.DATABASE_URL = house.url;
});
after(() => house.close());

const domainsOf = async (tenant: Tenant) => (await providersAndDomains(house, tenant)).domains;
const run = (...words: string[]) =>
  tenantCommand()
    .exitOverride()
    .parseAsync(['node', 'tenant', ...words]);

test('the operator’s word proves an e-mail domain, and "tenant domain" itself does as before', async () => {
  const { tenant } = await createCompany(house.db);
  await run('domain', tenant.slug, 'books.example.com');
  assert.deepEqual(await domainsOf(tenant), []);
  await run('domain', 'verify', tenant.slug, 'Example.com');
  await run('domain', 'verify', tenant.slug, 'example.com');
  const [proved, ...more] = await domainsOf(tenant);
  assert.deepEqual([proved?.domain, proved?.verified_by, more], ['example.com', 'operator', []]);
  const { rows } = await house.superuser.query(
    `select subject, action, content::jsonb #>> '{after,verified}' as verified
     from "${tenant.schema}".audit_rows where subject like '%domain' order by block_seq, nth`,
  );
  assert.deepEqual(rows, [
    { subject: 'tenant_domain', action: 'create', verified: null },
    { subject: 'email_domain', action: 'create', verified: 'no' },
    { subject: 'email_domain', action: 'change', verified: 'operator' },
  ]);
  await assert.rejects(run('domain', 'verify', tenant.slug, 'no domain'), /a domain is like example\.com/);
  await assert.rejects(run('domain', 'verify', 'nobody', 'example.com'), /there is no company/);
});
