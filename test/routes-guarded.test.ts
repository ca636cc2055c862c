// Holds every route to the permission that was reviewed for it, and proves that a route without one cannot be added.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import Fastify from 'fastify';
import { type Gate, guard } from '#lib/http/guard';
import { Problem } from '#lib/problem';
import { openTestApi, openTestHouse, permissions, type TestApi, type TestHouse } from '#test/company';
import { assertGolden } from '#test/golden';
import { reviewable } from '#test/routes/table';
import { roleAllows, roles } from '#users';

let house: TestHouse;
let api: TestApi;

before(async () => {
  house = await openTestHouse(2);
  api = await openTestApi(house.db);
});

after(async () => {
  await api.close();
  await house.close();
});

const mayOf = (permission: string) =>
  permission === 'public' || permission === 'signed-in'
    ? permission
    : `${permission} (${roles.filter((role) => roleAllows(role, permission)).join(', ')})`;

test('every route asks for the permission that was reviewed, in test/routes-guarded.golden.txt', () => {
  const lines = reviewable(api.app.guardedRoutes)
    .map(
      ({ method, url, permission, ofNoTenant }) =>
        `${url} ${method} ${ofNoTenant ? 'no company, ' : ''}${mayOf(permission)}`,
    )
    .sort();
  const head =
    'Every route: address, method, the permission it asks for, and the roles that have it. A change here is a change of who may do what.';
  assertGolden('routes-guarded', [head, ...lines]);
});

test('a HEAD asks for what its GET asks for', () => {
  const asked = (wanted: string) =>
    api.app.guardedRoutes
      .filter(({ method }) => method === wanted)
      .map(({ url, permission }) => `${url} ${permission}`);
  const gets = new Set(asked('GET'));
  assert.deepEqual(
    asked('HEAD').filter((each) => !gets.has(each)),
    [],
  );
});

test('what anybody may call is nothing but signing in, links that were mailed, public keys, health, documentation and assets', () => {
  const open = api.app.guardedRoutes.filter(({ permission }) => permission === 'public');
  const known =
    /^\/(\.well-known\/jwks\.json|api\/(docs|redoc|schema|v[12]\/(auth|schema|invitations\/accept))|assets|favicon\.ico|health|sign-in|password-reset|invitation|switch\/(begin|finish))\b/;
  assert.deepEqual(
    open.filter(({ url }) => !known.test(url)).map(({ url }) => url),
    [],
  );
});

test('a route that only reads asks for a permission to view, and one that writes for another', () => {
  for (const { method, url, permission } of api.app.guardedRoutes) {
    if (permission === 'public' || permission === 'signed-in') continue;
    const views = permission.endsWith('.view');
    const form = /\/(new|edit|lines)\//.test(url);
    if (!form)
      assert.equal(views, method === 'GET' || method === 'HEAD', `${method} ${url} asks for ${permission}`);
  }
});

/** What handlers ask for besides their route's own permission, as the source says it. */
function askedInHandlers(): string[] {
  const files = globSync('src/**/*.ts', {
    exclude: ['src/**/*.test.ts', 'src/**/permissions.ts', 'src/users/roles.ts'],
  });
  return files.flatMap(
    (file) => readFileSync(file, 'utf8').match(/(?<=')[a-z]+\.[a-z_]+\.[a-z]+(?=')/g) ?? [],
  );
}

test('every permission that a route or a handler asks for is declared, and every declared one is asked for', () => {
  const declared = permissions.map(({ name }) => name);
  assert.equal(new Set(declared).size, declared.length, 'each is declared once');
  const routes = api.app.guardedRoutes.map(({ permission }) => permission);
  const asked = new Set([...routes, ...askedInHandlers()].filter((name) => /^(\w+\.){1,2}\w+$/.test(name)));
  const rooms = new Set(declared.map((name) => name.split('.', 1)[0]));
  assert.deepEqual(
    [...asked].filter((name) => rooms.has(name.split('.', 1)[0]) && !declared.includes(name)),
    [],
    'asked for and not declared',
  );
  assert.deepEqual(
    routes.filter((name) => name !== 'public' && name !== 'signed-in' && !declared.includes(name)),
    [],
  );
  assert.deepEqual(
    declared.filter((name) => !asked.has(name)),
    [],
    'declared and asked for nowhere',
  );
});

const nobody: Gate = {
  claimedTenant: async () => null,
  tenantById: async () => null,
  identify: async () => null,
  allows: () => true,
  refused: () => new Problem('forbidden', 'test/refused', 'no'),
};

test('a route that declares no permission stops the start', () => {
  const app = Fastify();
  guard(app, nobody, ['/open/']);
  assert.throws(
    () => app.get('/forgotten/', () => 'secret'),
    /route GET \/forgotten\/ declares no permission/,
  );
  assert.throws(
    () => app.post('/half/', { config: { tenant: 'none' } }, () => 'secret'),
    /declares no permission/,
  );
  assert.doesNotThrow(() => app.get('/open/x', () => 'a library’s own'));
  assert.throws(() => app.get('/opened/', () => 'secret'), /declares no permission/);
});

test('a declared permission lets nobody in who is not known', async () => {
  const app = Fastify();
  guard(app, nobody, []);
  const permissions = ['signed-in', 'x.view'];
  for (const permission of permissions)
    app.get(`/${permission}/`, { config: { permission } }, () => 'secret');
  for (const permission of permissions) {
    const { body } = await app.inject({ url: `/${permission}/` });
    assert.match(body, /sign in to see this/);
  }
});
