// Makes companies from good, bad and clashing facts: whole or not at all.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBooks } from '#accounting';
import { Problem } from '#lib/problem';
import { enterTenant, inDirectory, systemActor } from '#lib/tenant-tx';
import { createCompany, openTestHouse, type TestHouse } from '#test/company';
import { type NewTenant, provisionTenant } from './provision-tenant.ts';
import { addTenantDomain, listTenants, setTenantStatus, tenantBySlug, tenantsByDomain } from './tenant.ts';

let house: TestHouse;

before(async () => {
  house = await openTestHouse(6);
});

after(() => house.close());

const slug = `lhotse-${process.pid}`;
const good: NewTenant = {
  name: ' Lhotse Ltd ',
  slug,
  currency: 'USD',
  calendar: 'gregorian',
  timeZone: 'UTC',
};

const provision = (facts: Partial<NewTenant> = {}) =>
  inDirectory(house.db, (tx) => provisionTenant(tx, { ...good, ...facts }));

/** All that a company leaves in the database: schemas, roles' rights on them, and its row. */
async function traces(): Promise<number> {
  const { rows } = await house.superuser.query<{ n: string }>(
    `select (select count(*) from pg_namespace) + (select count(*) from pg_class) + (select count(*) from pg_proc)
      + (select count(*) from tenants) as n`,
  );
  return Number(rows[0]?.n);
}

async function faultsOf(facts: Partial<NewTenant>): Promise<string[]> {
  const before_ = await traces();
  const error = await provision(facts).then(
    () => assert.fail('it was made'),
    (problem: unknown) => problem,
  );
  assert.ok(error instanceof Problem && error.kind === 'invalid');
  assert.equal(await traces(), before_);
  return error.errors.map((fault) => fault.pointer);
}

describe('a new company', () => {
  test('has its row, its role, its schema at the newest version, and no more rights than those', async () => {
    const tenant = await provision();
    assert.equal(tenant.name, 'Lhotse Ltd');
    assert.deepEqual(await tenantBySlug(house.db, slug), tenant);
    const { rows } = await house.superuser.query(
      `select r.rolcanlogin, r.rolinherit, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolbypassrls,
        has_schema_privilege(r.oid, $2, 'create') as creates, has_schema_privilege(r.oid, 'public', 'usage') as enters,
        (select count(*)::int from pg_auth_members m where m.member = r.oid) as memberships,
        (select count(*)::int from pg_class c where c.relowner = r.oid) as owns
       from pg_roles r where rolname = $1`,
      [tenant.role, tenant.schema],
    );
    const { memberships, owns, ...rights } = rows[0];
    assert.deepEqual([memberships, owns], [0, 0]);
    assert.deepEqual(
      Object.values(rights),
      Object.values(rights).map(() => false),
    );
  });

  test('whose facts are wrong is refused with all of them named, and nothing is left', async () => {
    const all = { name: ' ', slug: 'Über', schema: 'pg_x', currency: 'XXY', timeZone: 'Mars/Base' };
    assert.deepEqual(await faultsOf(all), ['/name', '/slug', '/schema', '/currency', '/time_zone']);
    for (const bad of [
      '',
      'a_b',
      '-a',
      'a-',
      'A',
      'x'.repeat(41),
      'a.b',
      "a'b",
      'www',
      'api',
      'public',
      '../x',
      'a\0',
    ]) {
      assert.ok((await faultsOf({ slug: bad })).includes('/slug'), bad);
    }
    for (const bad of [
      '',
      'public',
      'information_schema',
      'pg_catalog',
      'a"; drop schema public; --',
      'A',
      'x'.repeat(57),
    ]) {
      assert.deepEqual(await faultsOf({ slug: 'fine', schema: bad }), ['/schema'], bad);
    }
    for (const bad of ['usd', '', 'DOLLAR'])
      assert.deepEqual(await faultsOf({ slug: 'fine', currency: bad }), ['/currency']);
    assert.deepEqual(await faultsOf({ slug: 'fine', name: 'a\0b' }), ['/name']);
  });

  test('whose slug or schema is taken is a conflict, and nothing is left', async () => {
    await createCompany(house.db, { slug: `taken-${process.pid}` });
    const before_ = await traces();
    for (const facts of [{ slug: `taken-${process.pid}` }, { schema: `taken_${process.pid}` }]) {
      await assert.rejects(provision({ slug: 'free', ...facts }), {
        kind: 'conflict',
        code: 'tenancy/slug-taken',
      });
    }
    assert.equal(await traces(), before_);
  });

  test('whose schema’s name is in use by something else is not mixed up with it', async () => {
    await house.superuser.query(`create schema strange_${process.pid}`);
    await assert.rejects(provision({ slug: `strange-${process.pid}` }), Problem);
    assert.equal(await tenantBySlug(house.db, `strange-${process.pid}`), null);
  });

  test('of one slug from many places at once is made once', async () => {
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map(() => provision({ slug: `race-${process.pid}` })),
    );
    assert.equal(results.filter((each) => each.status === 'fulfilled').length, 1);
    for (const each of results) {
      if (each.status === 'rejected') assert.equal(each.reason.code, 'tenancy/slug-taken');
    }
  });

  test('whose books cannot be opened is not left half made', async () => {
    const before_ = await traces();
    const work = inDirectory(house.db, async (tx) => {
      const tenant = await provisionTenant(tx, { ...good, slug: `half-${process.pid}` });
      const inside = await enterTenant(tx, tenant, systemActor);
      await openBooks(inside, { chart: 'general', firstYear: '2024-01-31', years: 1 });
    });
    await assert.rejects(work, { code: 'accounting/first-day-unfit' });
    assert.equal(await traces(), before_);
  });
});

test('a company is found by its own domain in any spelling, and no other has that domain', async () => {
  const byDomain = async (domain: string) => (await tenantsByDomain(house.db, [domain])).get(domain);
  const [one, two] = [await createCompany(house.db), await createCompany(house.db)];
  await addTenantDomain(house.db, one.tenant.id, 'Books.Example.test');
  assert.equal((await byDomain('books.example.test'))?.id, one.tenant.id);
  await assert.rejects(addTenantDomain(house.db, two.tenant.id, 'books.example.test'), { code: '23505' });
  assert.equal(await byDomain('example.test'), undefined);
});

test('companies are listed, suspended and let in again by their slug', async () => {
  const { tenant } = await createCompany(house.db);
  assert.equal(await setTenantStatus(house.db, tenant.slug, 'suspended'), true);
  assert.equal((await listTenants(house.db)).find(({ id }) => id === tenant.id)?.status, 'suspended');
  assert.equal(await setTenantStatus(house.db, tenant.slug, 'active'), true);
  assert.equal(await setTenantStatus(house.db, 'nobody', 'suspended'), false);
});
