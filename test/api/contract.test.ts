// Holds both versions to /api/schema/: the document is valid, and each of its operations is answered for real as it says.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import {
  addMember,
  createCompany,
  openTestHouse,
  type TestApi,
  type TestHouse,
  testApiOf,
  testConfig,
} from '#test/company';
import { openTestDns, type TestDns } from '#test/dns-server';
import { buildApp } from '../../src/app.ts';
import { Contract, contractOf } from './contract/contract.ts';
import { type Document, operationsOf } from './contract/document.ts';
import { apiKeys, duties, members, providers, records, roles } from './walk/access.ts';
import { accounts, dimensions, exchangeRates, fiscalYears, numberSeries } from './walk/books.ts';
import { entries, manyEntries, recurringEntries, reports } from './walk/journal.ts';
import { invitations, ownSessions, passwords, signInPolicy, signingIn } from './walk/people.ts';
import { walkAs } from './walk/walker.ts';

let house: TestHouse;
let api: TestApi;
let dns: TestDns;
let contract: Contract;
let document: Document;

before(async () => {
  house = await openTestHouse(4);
  dns = await openTestDns(records);
  const resolveTxt = (name: string) => dns.resolver.resolveTxt(name);
  api = await testApiOf(house.db, await buildApp(testConfig(), house.db, { resolveTxt }));
  contract = await contractOf(api.app);
  document = contract.document;
});

after(async () => {
  await api.close();
  await dns.close();
  await house.close();
});

const versions = [1, 2] as const;
const walks = {
  signingIn,
  members,
  ownSessions,
  passwords,
  invitations,
  signInPolicy,
  roles,
  apiKeys,
  providers,
  accounts,
  dimensions,
  numberSeries,
  entries,
  duties,
  manyEntries,
  recurringEntries,
  exchangeRates,
  reports,
  fiscalYears,
};

describe('the document', () => {
  test('is valid OpenAPI 3.1, whole and of each version', async () => {
    for (const path of ['/api/schema/', '/api/v1/schema/', '/api/v2/schema/']) {
      const { body } = await api.call('GET', path);
      assert.equal((body as unknown as Document).openapi, '3.1.0');
      const verdict = await new Validator().validate(body);
      assert.deepEqual(verdict.errors ?? [], [], path);
    }
  });

  test('tells of every route of both versions, and of no other', () => {
    const told = [...operationsOf(document).keys()].sort();
    const there = api.app.guardedRoutes
      .filter(({ method, url }) => method !== 'HEAD' && /^\/api\/v\d+\/(?!schema\/)/.test(url))
      .map(({ method, url }) => `${method} ${url.replace(/:([a-z_]+)/g, '{$1}')}`)
      .sort();
    assert.deepEqual(told, there);
  });

  test('has the same routes in both versions, each with a summary, a known tag and an id of its own', () => {
    const names = [...operationsOf(document).keys()];
    const below = (root: string) => names.filter((name) => name.includes(` ${root}/`));
    assert.deepEqual(
      below('/api/v1').map((name) => name.replace('/v1/', '/v2/')),
      below('/api/v2'),
    );
    const tags = new Set(document.tags.map(({ name }) => name));
    const operations = [...operationsOf(document).values()];
    for (const operation of operations) {
      assert.ok('summary' in operation, operation.operationId);
      assert.ok(operation.tags?.every((tag) => tags.has(tag)) === true, operation.operationId);
    }
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  });

  test('names the shapes that come more than once', () => {
    for (const name of ['Account', 'Entry', 'EntryLine', 'Problem', 'FiscalYear'])
      assert.ok(document.components.schemas?.[name], name);
  });
});

for (const version of versions)
  test(`every operation of v${version} is answered with each of its successes, as the document says`, async () => {
    const company = await createCompany(house.db);
    const owner = await addMember(house.db, company, 'owner');
    const walk = await walkAs({ house, api }, company, owner, version);
    for (const step of Object.values(walks)) await step(walk);
    const missing = [...operationsOf(document)]
      .filter(([name]) => name.includes(` /api/v${version}/`))
      .flatMap(([name, { responses }]) =>
        Object.keys(responses)
          .filter((status) => status.startsWith('2'))
          .map((status) => `${status} ${name}`),
      )
      .filter((answer) => !contract.kept.has(answer));
    assert.deepEqual([...contract.breaches], []);
    assert.deepEqual(missing, [], 'take these steps in test/api/walk/');
  });

describe('the contract', () => {
  const seen = (status: number, body: object, type = 'application/json', version: string | null = '1') => ({
    status,
    header: (name: string) =>
      name === 'Content-Type' ? type : (name === 'API-Version' && version) || undefined,
    body: JSON.stringify(body),
    cut: false,
  });
  const account = {
    code: '1010',
    name: 'Cash',
    type: 'asset',
    category: 'cash',
    cash_flow: null,
    is_monetary: null,
    parent: null,
    group: false,
    active: true,
    depth: 0,
    required_dimensions: [],
  };
  const page = (...results: object[]) => ({ count: 1, next: null, previous: null, results });
  const told = {
    deprecation: '@1',
    sunset: 'Fri, 01 Dec 2028 00:00:00 GMT',
    link: '</x>; rel="successor-version"',
  };
  const withTold = (answer: ReturnType<typeof seen>) => ({
    ...answer,
    header: (name: string) => answer.header(name) ?? told[name.toLowerCase() as keyof typeof told],
  });

  for (const [what, answer] of [
    ['a status that is not told of', seen(418, page(account))],
    ['a content type that is not told of', seen(200, page(account), 'text/html')],
    ['a header that is missing', seen(200, page(account), 'application/json', null)],
    ['a field that is not told of', seen(200, page({ ...account, id: 7 }))],
    ['a field that is missing', seen(200, page({ ...account, depth: undefined }))],
    ['a word that is none of those told of', seen(200, page({ ...account, type: 'gold' }))],
    ['a problem that is none', seen(422, { error: 'no' }, 'application/problem+json')],
  ] as const)
    test(`is broken by ${what}`, () => {
      const fresh = new Contract(document);
      fresh.check('GET', '/api/v1/accounts/', withTold(answer));
      assert.ok(fresh.breaches.size > 0);
      assert.equal(fresh.kept.size, 0);
    });

  test('is kept by what is told of, and by no body at all only where that was preferred', () => {
    const fresh = new Contract(document);
    fresh.check('GET', '/api/v1/accounts/', withTold(seen(200, page(account))));
    assert.deepEqual([...fresh.breaches], []);
    fresh.check('GET', '/api/v1/accounts/', { ...withTold(seen(200, {})), body: '' });
    assert.equal(fresh.breaches.size, 1);
  });
});
