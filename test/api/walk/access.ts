// Walks through who may do what: members, roles, duties that are kept apart, approval, API keys, and providers that people sign in by.
import assert from 'node:assert/strict';
import { addMember, cashSale } from '#test/company';
import type { DnsRecords } from '#test/dns-server';
import type { Walk } from './walker.ts';

/** Roles of the company's own. */
export async function roles({ send, change }: Walk): Promise<void> {
  await send('GET', '/permissions/');
  await send('GET', '/roles/');
  await send('POST', '/roles/', {
    key: 'cashier',
    title: 'Cashier',
    permissions: ['accounting.account.view'],
  });
  await send('GET', '/roles/cashier/');
  await change('PATCH', '/roles/cashier/', { title: 'Till' });
  await send('DELETE', '/roles/cashier/');
}

/** Members besides the owner who walks. */
export async function members({ send, change, house, company }: Walk): Promise<void> {
  const { userId } = await addMember(house.db, company, 'clerk');
  const list = await send('GET', '/members/');
  assert.equal(list.results.length, 2);
  await send('GET', `/members/${userId}/`);
  await change('PATCH', `/members/${userId}/`, { post_limit: '100.00', branches: null });
  await send('DELETE', `/members/${userId}/`);
}

/** Duties that are kept apart, and an approval. */
export async function duties({ send, change }: Walk): Promise<void> {
  await send('GET', '/duties/');
  await send('GET', '/duties/both/?one=accounting.journal_entry.post&other=accounting.journal_entry.approve');
  const { id } = await send('POST', '/journal-entries/', {
    ...cashSale('2024-03-05', '9.00'),
    status: 'draft',
  });
  const approval = `/journal-entries/${id}/approve/`;
  await send('POST', approval);
  await send('GET', approval);
  await send('DELETE', approval);
  const none = { approve_above: null, acts_apart: [], permissions_apart: [] };
  await change('PUT', '/duties/', {
    ...none,
    approve_above: '1000.00',
    permissions_apart: [['users.role.manage', 'accounting.journal_entry.post']],
  });
  await send('PUT', '/duties/', none);
}

/** Keys for programs that run by themselves. */
export async function apiKeys({ send }: Walk): Promise<void> {
  const own = await send('POST', '/api-keys/', { name: 'Shop' });
  await send('POST', '/api-keys/', {
    name: 'Till',
    kind: 'service',
    role: 'clerk',
    scopes: ['accounting.*'],
  });
  await send('GET', '/api-keys/');
  const all = await send('GET', '/api-keys/?of=company');
  assert.equal(all.results.length, 2);
  await send('DELETE', `/api-keys/${own.id}/`);
}

/** What the DNS says of the company's domains. */
export const records = new Map<string, DnsRecords>();

/** Providers that people sign in by, and the domains whose addresses they vouch for. */
export async function providers({ send, change, version }: Walk): Promise<void> {
  const google = { kind: 'google', client_id: 'the-id', client_secret: 'the-secret' };
  const { id } = await send('POST', '/identity-providers/', google);
  await send('GET', '/identity-providers/');
  await send('GET', `/identity-providers/${id}/`);
  await change('PATCH', `/identity-providers/${id}/`, { enabled: false });
  await send('DELETE', `/identity-providers/${id}/`);
  const domain = `v${version}.example.com`;
  const { record } = await send('POST', '/email-domains/', { domain });
  const { name, value } = record as { name: string; value: string };
  records.set(name, { TXT: [value] });
  await send('POST', `/email-domains/${domain}/verification/`);
  await send('GET', '/email-domains/');
  await send('DELETE', `/email-domains/${domain}/`);
}
