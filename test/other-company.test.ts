// Tries to reach another company's books on every route: with its ids and names, its host and header, and every credential but its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { getEntry } from '#accounting';
import { openTestHouse, type TestHouse } from '#test/company';
import { goldenDifferences } from '#test/golden';
import { openRoutesApi, type RoutesApi } from '#test/routes/api';
import { type Books, openBooksOf, plainMarks, secretMarks } from '#test/routes/books';
import { digestOf } from '#test/routes/digest';
import type { Route } from '#test/routes/example';
import { type Intrusions, intrude, type Sides } from '#test/routes/intrusion';
import { dueOf, matrixLines, walkMatrix } from '#test/routes/matrix';
import { exampleOf, reviewable, tableFaults } from '#test/routes/table';

let house: TestHouse;
let api: RoutesApi;
let sides: Sides;
let found: Intrusions;
let stored: [before: object, after: object];

async function sidesOf(theirs: Books, ours: Books): Promise<Sides> {
  const [owner, ofBoth] = [await ours.person('owner'), await ours.person('owner')];
  await house.superuser.query("insert into memberships (user_id, tenant_id, role) values ($1, $2, 'owner')", [
    ofBoth.userId,
    theirs.company.tenant.id,
  ]);
  const call = await api.as(owner);
  const key = await call('POST', '/api-keys/', { name: 'All', kind: 'service', role: 'owner' });
  const may = () => true;
  return {
    theirs,
    ours,
    owner: { name: 'owner', member: owner, may },
    ofBoth: { name: 'owner of both', member: ofBoth, may },
    key: { name: 'key', member: null, key: String(key.body.secret), may },
  };
}

const routes = () => reviewable(api.app.guardedRoutes);

/** Some thousand calls, in milliseconds: more than one test is given. */
const longWalk = { timeout: 900_000 };

before(async () => {
  house = await openTestHouse(6);
  api = await openRoutesApi(house);
  sides = await sidesOf(
    await openBooksOf(house, api, secretMarks),
    await openBooksOf(house, api, plainMarks),
  );
  let before_: object = {};
  found = await intrude(sides, routes(), async () => {
    before_ = await digestOf(house, sides.theirs.company);
  });
  stored = [before_, await digestOf(house, sides.theirs.company)];
}, longWalk);

after(async () => {
  await api.close();
  await house.close();
});

describe('another company’s books', () => {
  test('are tried to be reached on every route that belongs to a company', () => {
    const ofCompanies = routes().filter(({ ofNoTenant }) => !ofNoTenant);
    const untried = (tried: Set<string>, list: Route[]) =>
      list.map(({ method, url }) => `${method} ${url}`).filter((address) => !tried.has(address));
    assert.deepEqual(untried(found.tried, ofCompanies), [], 'add an example in test/routes/table/');
    const naming = ofCompanies.filter(
      (route) =>
        route.permission !== 'public' && route.url.includes(':') && !exampleOf(route)?.makesWhatItNames,
    );
    const words = 'no other company’s ids were tried: known() has to note what the example names';
    assert.deepEqual(untried(found.triedByAddress, naming), [], words);
  });

  test('are not reached by any, and no answer holds a word or an amount of them', () => {
    assert.deepEqual(found.faults, []);
  });

  test('are the same afterwards, row by row', () => {
    assert.deepEqual(stored[1], stored[0]);
  });
});

/** The program with more routes than it has, for as long as it takes. */
async function withRoutes(add: (app: FastifyInstance) => void, work: (other: RoutesApi) => Promise<void>) {
  const other = await openRoutesApi(house, add);
  try {
    await work(other);
  } finally {
    // Not other.close(), which holds answers to /api/schema/: what was added is not told of there.
    await other.app.close();
  }
}

const config = { permission: 'accounting.journal_entry.view' };

describe('what proves this', () => {
  test('notices a route that was added and that nobody has said how to call', () =>
    withRoutes(
      (app) => app.get('/forgotten/', { config }, () => 'forgotten'),
      async ({ app }) => {
        assert.deepEqual(tableFaults(reviewable(app.guardedRoutes)), [
          'GET /forgotten/ has no example: add its line in test/routes/table/',
        ]);
      },
    ));

  test('notices a route that was added and whose answers nobody has reviewed', () =>
    withRoutes(
      (app) => app.get('/api/v9/accounts/', { config }, () => ({ results: [] })),
      async (other) => {
        const books = { ...sides.ours, api: other };
        const added = other.app.guardedRoutes.filter(({ url }) => url === '/api/v9/accounts/');
        const matrix = await walkMatrix(books, [sides.owner], reviewable(added), async () => ({}));
        const lines = matrixLines([sides.owner], matrix);
        const unreviewed = goldenDifferences('authorization-matrix', lines).filter((line) => line[0] === '+');
        assert.deepEqual(unreviewed.slice(-1), ['+   200  /api/v9/accounts/ GET']);
      },
    ));

  // A later version of a route is called by the first one's example.
  const url = '/api/v9/journal-entries/:id/';

  test('notices a route that reads from another company', () =>
    withRoutes(
      (app) =>
        app.get<{ Params: { id: string } }>(url, { config }, async (request) => ({
          entry: await sides.theirs.company.run((tx) => getEntry(tx, request.params.id)),
        })),
      async (other) => {
        const leaky = { ...sides, ours: { ...sides.ours, api: other } };
        const { faults } = await intrude(
          leaky,
          other.app.guardedRoutes.filter((route) => route.url === url && route.method === 'GET'),
        );
        assert.match(faults.join('\n'), /as owner with [\w-]+ in its params: 200/);
        assert.match(faults.join('\n'), /tells of .*Sale of zanskar/);
        assert.match(faults.join('\n'), /7313\.13/);
      },
    ));

  test('notices a route that lets through whom its permission does not', async () => {
    const [route] = routes().filter(({ method, url }) => `${method} ${url}` === 'GET /api/v1/accounts/');
    assert.ok(route);
    const wrong = { ...route, permission: 'users.role.manage' };
    const clerk = {
      name: 'clerk',
      member: await sides.ours.person('clerk'),
      may: (name: string) => name !== 'users.role.manage',
    };
    assert.equal(dueOf(route, { make: () => ({}) }, clerk), 'let through');
    const { faults } = await walkMatrix(sides.ours, [sides.owner, clerk], [wrong], async () => ({}));
    assert.match(faults.join('\n'), /^GET \/api\/v1\/accounts\/ as clerk: refused was due, and it was 200/);
  });
});
