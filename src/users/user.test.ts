// Proves who becomes a user and a member, what their role allows, and what is kept of their password.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inDirectory } from '#lib/tenant-tx';
import { createCompany, openTestHouse, permissions, type TestCompany, type TestHouse } from '#test/company';
import { hashPassword, passwordMatches } from './password.ts';
import { roleAllows, roles } from './roles.ts';
import { ensureUser, memberOf, type NewUser, setMembership, userNames } from './user.ts';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  house = await openTestHouse(2);
  company = await createCompany(house.db);
});

after(() => house.close());

const ensure = (user: NewUser) => inDirectory(house.db, (tx) => ensureUser(tx, user));
const someone = { email: 'Someone@Example.test', name: ' Someone ', password: 'a first password' };

test('a user is known by the address in any spelling, and keeps name and password', async () => {
  const id = await ensure(someone);
  assert.equal(await ensure({ email: 'SOMEONE@example.TEST', name: 'Other', password: 'other' }), id);
  const { rows } = await house.superuser.query('select email, name, password_hash from users where id = $1', [
    id,
  ]);
  assert.deepEqual([rows[0].email, rows[0].name], ['someone@example.test', 'Someone']);
  assert.equal(await passwordMatches(someone.password, rows[0].password_hash), true);
  assert.deepEqual(await userNames(house.db, [id, null, crypto.randomUUID()]), new Map([[id, 'Someone']]));
  assert.deepEqual(await userNames(house.db, [null]), new Map());
});

test('a user with faults is refused with all of them named', async () => {
  const work = ensure({ email: 'no address', name: ' ', password: '' });
  await assert.rejects(work, (error: { errors: { pointer: string }[] }) => {
    assert.deepEqual(
      error.errors.map(({ pointer }) => pointer),
      ['/email', '/name', '/password'],
    );
    return true;
  });
});

test('a member has one role in a company, and another role replaces it', async () => {
  const userId = await ensure({ ...someone, email: 'member@example.test' });
  const join = (role: string) =>
    inDirectory(house.db, (tx) => setMembership(tx, userId, company.tenant.id, role as 'owner'));
  await join('clerk');
  await join('auditor');
  assert.equal((await memberOf(house.db, userId, company.tenant.id))?.role, 'auditor');
  await assert.rejects(join('king'), { kind: 'invalid' });
  assert.equal(await memberOf(house.db, userId, crypto.randomUUID()), null);
});

test('a password is kept as argon2id with a salt of its own, and compared whole', async () => {
  const [one, two] = await Promise.all([hashPassword('पासवर्ड 🏔'), hashPassword('पासवर्ड 🏔')]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.notEqual(one, two);
  assert.equal(await passwordMatches('पासवर्ड 🏔', one), true);
  for (const wrong of ['', 'पासवर्ड', 'पासवर्ड 🏔 ', one])
    assert.equal(await passwordMatches(wrong, one), false);
  assert.equal(await passwordMatches('nobody has this password', undefined), false);
});

test('a role allows what it is granted, and an unknown one nothing', () => {
  assert.ok(roleAllows('owner', 'anything.at.all'));
  assert.ok(roleAllows('accountant', 'accounting.period.close'));
  assert.ok(!roleAllows('accountant', 'users.member.edit') && !roleAllows('accountant', 'accounting'));
  assert.ok(
    !roleAllows('clerk', 'accounting.journal_entry.reverse') &&
      !roleAllows('clerk', 'accounting.period.close'),
  );
  for (const role of ['auditor', 'storekeeper']) {
    for (const { name } of permissions) if (roleAllows(role, name)) assert.match(name, /\.view$/);
  }
  for (const role of ['', 'king', 'Owner', 'toString', '__proto__', 'constructor']) {
    assert.ok(!roleAllows(role, 'dashboard.view'), role);
  }
  assert.equal(roles.length, 6);
});
