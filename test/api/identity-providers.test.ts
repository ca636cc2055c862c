// Tells the API of sign-in providers and e-mail domains what is right and what is wrong, as who may and who may not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { keyRingOf } from '#lib/key-ring';
import { resealAll } from '#lib/reseal';
import { sealedColumns } from '#lib/sealed-columns';
import { newSecretKey, parseSecretKeys } from '#lib/secret-keys';
import {
  addMember,
  type Call,
  createCompany,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
  testApiOf,
  testConfig,
} from '#test/company';
import { type DnsRecords, openTestDns, type TestDns } from '#test/dns-server';
import { testKeyRing, testSecretKeys } from '#test/secret-keys';
import { buildApp } from '../../src/app.ts';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let api: TestApi;
let dns: TestDns;
let mine: TestCompany;
let owner: Call;
let stranger: Call;
const records = new Map<string, DnsRecords>();

before(async () => {
  house = await openTestHouse(4);
  dns = await openTestDns(records);
  const app = await buildApp(testConfig(), house.db, { resolveTxt: (name) => dns.resolver.resolveTxt(name) });
  api = await testApiOf(house.db, app);
  mine = await createCompany(house.db);
  owner = await api.as(await addMember(house.db, mine, 'owner'));
  stranger = await api.as(await addMember(house.db, await createCompany(house.db), 'owner'));
});

after(async () => {
  await api.close();
  await dns.close();
  await house.close();
});

/** Where faults are, each place once. */
const placesOf = (faults: string[]) => [...new Set(faults.map((fault) => fault.split(' ', 1)[0]))];

const google = { kind: 'google', client_id: 'the-id', client_secret: 'top-secret-of-google' };

const auditOf = async (subject: string) => {
  const { rows } = await house.superuser.query<{ action: string; content: string }>(
    `select action, content from "${mine.tenant.schema}".audit_rows where subject = $1 order by block_seq, nth`,
    [subject],
  );
  return rows;
};

describe('a domain', () => {
  test('is proved by its own record in the DNS, and by nothing else', async () => {
    const { body } = await owner('POST', '/email-domains/', { domain: 'Example.COM.' });
    const { domain, record, verified_at } = body as never as Record<string, { name: string; value: string }>;
    assert.deepEqual([domain, record?.name, verified_at], ['example.com', '_himalytix.example.com', null]);
    const check = () => owner('POST', '/email-domains/example.com/verification/');
    const missing = await check();
    faultsOf(missing, 422);
    assert.match(missing.body.detail, /has no TXT record _himalytix\.example\.com/);
    for (const TXT of [[], ['x'], [`${record?.value}x`], [`himalytix-domain=`]]) {
      records.set('_himalytix.example.com', { TXT });
      faultsOf(await check(), 422);
    }
    const theirs = await stranger('POST', '/email-domains/', { domain: 'example.com' });
    const other = theirs.body.record as { value: string };
    assert.notEqual(other.value, record?.value);
    records.set('_himalytix.example.com', { TXT: ['something else', other.value] });
    faultsOf(await check(), 422);
    records.set('_himalytix.example.com', { TXT: ['something else', record?.value ?? ''] });
    const proved = await check();
    assert.equal(proved.status, 200);
    assert.equal(proved.body.verified_by, 'dns');
    faultsOf(await stranger('POST', '/email-domains/example.com/verification/'), 422);
    assert.deepEqual(
      (await auditOf('email_domain')).map(({ action, content }) => [
        action,
        JSON.parse(content).after?.verified,
      ]),
      [
        ['create', 'no'],
        ['change', 'dns'],
      ],
    );
  });

  test('that is none, or was not named, is refused', async () => {
    for (const domain of [
      '',
      'com',
      'a b.com',
      '-x.com',
      '127.0.0.1',
      'x'.repeat(250),
      'exa_mple.com',
      '*.example.com',
    ])
      faultsOf(await owner('POST', '/email-domains/', { domain }), 422);
    faultsOf(await owner('POST', '/email-domains/unnamed.example/verification/'), 404);
    faultsOf(await owner('DELETE', '/email-domains/unnamed.example/'), 404);
  });
});

describe('a provider', () => {
  test('keeps its secret: sealed in the database, and in no answer and no log', async () => {
    const made = await owner('POST', '/identity-providers/', google);
    assert.equal(made.status, 201);
    assert.equal(made.body.issuer, 'https://accounts.google.com');
    assert.equal(made.body.callback_path, '/sign-in/oidc/google/callback/');
    assert.equal(made.headers.location, `/api/v1/identity-providers/${made.body.id}/`);
    await owner('PATCH', `/identity-providers/${made.body.id}/`, { client_secret: 'another-secret' });
    const answers = [made.body, (await owner('GET', '/identity-providers/')).body];
    const { rows } = await house.superuser.query('select p::text as row from identity_providers p');
    const seen = JSON.stringify([answers, rows, await auditOf('identity_provider')]);
    assert.doesNotMatch(seen, /top-secret|another-secret/);
    assert.match(seen, /\\"client_secret\\":\s*\\"changed\\"/);
    assert.equal(made.body.has_client_secret, true);
    assert.equal((await owner('DELETE', `/identity-providers/${made.body.id}/`)).status, 204);
    assert.deepEqual(
      (await auditOf('identity_provider')).map(({ action }) => action),
      ['create', 'change', 'delete'],
    );
  });

  test('keeps its secret when the secret keys are rotated', async () => {
    const { body } = await owner('POST', '/identity-providers/', { ...google, slug: 'rotated' });
    const keys = [newSecretKey(), ...parseSecretKeys(testSecretKeys)];
    const fresh = keyRingOf(() => keys);
    const columns = sealedColumns.filter(({ table }) => table === 'identity_providers');
    assert.ok((await resealAll(house.db, fresh, { columns })) > 0);
    const query = 'select client_secret from identity_providers where id = $1';
    const { rows } = await house.superuser.query<{ client_secret: string }>(query, [body.id]);
    const sealed = rows[0]?.client_secret ?? '';
    const context = `identity_providers.client_secret:${body.id}`;
    assert.equal(String(fresh.open(sealed, context)), google.client_secret);
    assert.throws(() => testKeyRing.open(sealed, context), /sealed with the key/);
    assert.throws(() => fresh.open(sealed, `${context}x`), /does not open/);
    await owner('DELETE', `/identity-providers/${body.id}/`);
  });

  test('with faults is refused with all of them at once', async () => {
    const faults = faultsOf(
      await owner('POST', '/identity-providers/', {
        kind: 'oidc',
        slug: 'NOT A SLUG',
        name: ' ',
        client_id: ' ',
        scopes: ['email', 'a b'],
        rules: [
          { domain: 'unproved.example', role: 'clerk' },
          { domain: 'example.com', role: 'owner' },
        ],
      }),
      422,
    );
    assert.deepEqual(placesOf(faults), [
      '/client_id',
      '/issuer',
      '/name',
      '/rules/0/domain',
      '/rules/1/role',
      '/scopes',
      '/scopes/1',
      '/slug',
    ]);
    const rules = [
      { domain: 'unproved.example', role: 'clerk' },
      { domain: 'EXAMPLE.com', role: 'clerk' },
      { domain: 'example.com', role: 'auditor' },
    ];
    const found = faultsOf(await owner('POST', '/identity-providers/', { ...google, rules }), 422);
    assert.deepEqual(placesOf(found), ['/rules/0/domain', '/rules/2/domain']);
    const { client_secret: _, ...withoutSecret } = google;
    faultsOf(await owner('POST', '/identity-providers/', withoutSecret), 422);
  });

  test('whose issuer is inside, somebody else’s kind, or silent is refused', async () => {
    for (const issuer of [
      '',
      'example.com',
      'http://example.com',
      'https://127.0.0.1',
      'https://[::1]',
      'https://169.254.169.254',
      'https://2130706433',
      'https://user:pass@example.com',
      'https://example.com:8443',
      'https://example.com/?a=b',
      'https://example.com/.well-known/openid-configuration',
      'https://accounts.google.com',
      'https://login.microsoftonline.com/common/v2.0',
      'https://nobody.invalid',
    ]) {
      const body = { kind: 'oidc', issuer, client_id: 'x' };
      const faults = faultsOf(await owner('POST', '/identity-providers/', body), 422);
      assert.deepEqual(placesOf(faults), ['/issuer'], issuer);
    }
    for (const issuer of ['common', 'organizations', 'https://login.microsoftonline.com/common/v2.0'])
      faultsOf(await owner('POST', '/identity-providers/', { ...google, kind: 'microsoft', issuer }), 422);
    faultsOf(await owner('POST', '/identity-providers/', { ...google, issuer: 'https://evil.example' }), 422);
  });

  test('has a rule for proved domains, and such a domain cannot be forgotten before the rule', async () => {
    const rules = [{ domain: 'Example.com', role: 'clerk' }];
    const { body, status } = await owner('POST', '/identity-providers/', { ...google, rules });
    assert.deepEqual([status, body.rules], [201, [{ domain: 'example.com', role: 'clerk' }]]);
    faultsOf(await owner('POST', '/identity-providers/', google), 422);
    faultsOf(await owner('DELETE', '/email-domains/example.com/'), 409);
    assert.equal((await owner('PATCH', `/identity-providers/${body.id}/`, { rules: [] })).status, 200);
    assert.equal((await owner('DELETE', '/email-domains/example.com/')).status, 204);
  });

  test('lets nobody in as more than who sets the rule is, be it a role of the company’s own', async () => {
    await owner('POST', '/email-domains/', { domain: 'example.com' });
    await house.superuser.query("update email_domains set verified_at = now(), verified_by = 'operator'");
    const permissions = ['users.identity_provider.view', 'users.identity_provider.manage'];
    for (const [key, list] of [
      ['keeper', permissions],
      ['cashier', ['accounting.journal_entry.post']],
      ['looker', ['users.identity_provider.view']],
    ])
      assert.equal((await owner('POST', '/roles/', { key, title: key, permissions: list })).status, 201);
    const member = await addMember(house.db, mine, 'clerk');
    await house.superuser.query("update memberships set role = 'keeper' where user_id = $1", [member.userId]);
    const keeper = await api.as(member);
    const add = (call: Call, slug: string, role: string) =>
      call('POST', '/identity-providers/', { ...google, slug, rules: [{ domain: 'example.com', role }] });
    for (const role of ['cashier', 'accountant'])
      assert.ok(
        faultsOf(await add(keeper, 'beyond', role), 422).every(
          (fault) => fault === '/rules/0/role users/beyond-own-access',
        ),
      );
    faultsOf(await add(owner, 'unknown', 'nobody'), 422);
    assert.equal((await add(keeper, 'fits', 'looker')).status, 201);
    const theirs = await add(owner, 'theirs', 'cashier');
    assert.equal(theirs.status, 201);
    const renamed = await keeper('PATCH', `/identity-providers/${theirs.body.id}/`, { name: 'Renamed' });
    assert.equal(renamed.status, 200, 'a rule that stays is not theirs');
    await house.superuser.query("update memberships set role = 'clerk' where user_id = $1", [member.userId]);
  });

  test('is nobody’s but the company’s, and only its owner’s', async () => {
    const { body } = await owner('POST', '/identity-providers/', { ...google, slug: 'second' });
    const path = `/identity-providers/${body.id}/`;
    for (const [method, change] of [['GET'], ['PATCH', { name: 'x' }], ['DELETE']] as const)
      faultsOf(await stranger(method, path, change), 404);
    for (const role of ['accountant', 'clerk', 'auditor', 'storekeeper'] as const) {
      const call = await api.as(await addMember(house.db, mine, role));
      faultsOf(await call('GET', '/identity-providers/'), 403);
      faultsOf(await call('PATCH', path, { name: 'x' }), 403);
      faultsOf(await call('POST', '/email-domains/', { domain: 'x.example' }), 403);
    }
  });
});
