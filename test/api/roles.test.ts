// Keeps a company’s own roles, its last owner and what is kept apart in it, over the API.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inDirectory } from '#lib/tenant-tx';
import {
  addMember,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestHouse,
} from '#test/company';
import { setMembership } from '#users';
import { change, logged, placesOf, type Staff, settle, staffOf } from './administration.ts';
import { addPerson } from './posting-doors.ts';

let house: TestHouse;
let api: TestApi;
let staff: Staff;

before(async () => {
  house = await openTestHouse(6);
  api = await openTestApi(house.db);
});
after(async () => {
  await api.close();
  await house.close();
});
beforeEach(async () => {
  staff = await staffOf(house, api);
});

describe('the company’s own roles', () => {
  const role = { key: 'cashier', title: ' Cashier ', permissions: ['accounting.account.view'] };

  test('a role of one’s own opens what it holds, changes for all who have it, and stays while somebody has it', async () => {
    const { company, clerk, calls } = staff;
    const made = await calls.owner('POST', '/roles/', role);
    assert.deepEqual(
      [made.status, made.body.title, made.headers.location],
      [201, 'Cashier', '/api/v1/roles/cashier/'],
    );
    await settle(calls.owner, clerk, { role: 'cashier' });
    assert.equal((await calls.clerk('GET', '/accounts/')).status, 200);
    assert.equal((await calls.clerk('GET', '/journal-entries/')).status, 403);
    const wider = ['accounting.account.view', 'accounting.journal_entry.view'];
    assert.equal((await calls.owner('PATCH', '/roles/cashier/', { permissions: wider })).status, 200);
    assert.equal((await calls.clerk('GET', '/journal-entries/')).status, 200);
    const used = await calls.owner('DELETE', '/roles/cashier/');
    assert.deepEqual([used.status, used.body.code], [409, 'users/role-in-use']);
    await settle(calls.owner, clerk, { role: 'clerk' });
    assert.equal((await calls.owner('DELETE', '/roles/cashier/')).status, 204);
    assert.deepEqual(
      (await logged(company, 'role')).map(({ action }) => action),
      ['create', 'change', 'delete'],
    );
  });

  test('a built-in role is neither changed, removed nor made anew', async () => {
    const { calls } = staff;
    for (const key of ['owner', 'clerk', 'integrator']) {
      assert.equal(
        (await calls.owner('PATCH', `/roles/${key}/`, { permissions: [] })).body.code,
        'users/role-built-in',
      );
      assert.equal((await calls.owner('DELETE', `/roles/${key}/`)).body.code, 'users/role-built-in');
      assert.deepEqual(placesOf(await calls.owner('POST', '/roles/', { ...role, key })), ['/key']);
    }
  });

  test('a role is made of declared permissions only, and every fault is told', async () => {
    const { calls } = staff;
    const faulty = { key: 'Bad key', title: ' ', permissions: ['*', 'accounting.account.view', 'x.y.z'] };
    assert.deepEqual(placesOf(await calls.owner('POST', '/roles/', faulty)), [
      '/key',
      '/permissions/0',
      '/permissions/2',
      '/title',
    ]);
  });

  test('a role of one company is none of another', async () => {
    const { calls } = staff;
    await calls.owner('POST', '/roles/', role);
    const other = await createCompany(house.db);
    const call = await api.as(await addMember(house.db, other, 'owner'));
    const theirs = await addMember(house.db, other, 'clerk');
    assert.equal((await call('GET', '/roles/cashier/')).status, 404);
    assert.equal((await change(call, theirs, { role: 'cashier' })).status, 422);
  });
});

describe('the last owner', () => {
  test('is neither demoted nor removed', async () => {
    const { company, owner, calls } = staff;
    for (const answer of [
      await change(calls.owner, owner, { role: 'clerk' }),
      await calls.owner('DELETE', `/members/${owner.userId}/`),
    ])
      assert.deepEqual([answer.status, answer.body.code], [409, 'users/last-owner']);
    await assert.rejects(
      inDirectory(house.db, (tx) => setMembership(tx, owner.userId, company.tenant.id, 'clerk')),
      { code: 'users/last-owner' },
    );
  });

  test('stays when two owners turn each other out at the same moment', async () => {
    const { company, owner, calls } = staff;
    for (let round = 0; round < 5; round += 1) {
      const second = await addPerson(house, company, 'owner', `owner-${round}`);
      const theirs = await api.as({ ...owner, ...second });
      const [one, other] = await Promise.all([
        round % 2
          ? change(calls.owner, second, { role: 'clerk' })
          : calls.owner('DELETE', `/members/${second.userId}/`),
        round % 2 ? change(theirs, owner, { role: 'clerk' }) : theirs('DELETE', `/members/${owner.userId}/`),
      ]);
      const { rows } = await house.superuser.query<{ id: string }>(
        "select user_id as id from memberships where tenant_id = $1 and role = 'owner'",
        [company.tenant.id],
      );
      assert.equal(rows.length, 1, `${one.status} ${other.status}`);
      await inDirectory(house.db, (tx) => setMembership(tx, owner.userId, company.tenant.id, 'owner'));
      calls.owner = await api.as(owner);
      await calls.owner('DELETE', `/members/${second.userId}/`);
    }
  });

  test('who is removed is out at once', async () => {
    const { company, clerk, calls } = staff;
    assert.equal((await calls.owner('DELETE', `/members/${clerk.userId}/`)).status, 204);
    assert.equal((await calls.clerk('GET', '/users/me/')).status, 401);
    assert.deepEqual((await logged(company, 'membership')).at(-1)?.action, 'delete');
  });

  test('who is removed and comes back finds no key of theirs alive', async () => {
    const { company, owner, clerk, calls } = staff;
    const { body: key } = await calls.clerk('POST', '/api-keys/', { name: 'My script' });
    const headers = { authorization: `Bearer ${key.secret}` };
    assert.equal((await api.call('GET', '/api/v1/users/me/', undefined, headers)).status, 200);
    await calls.owner('DELETE', `/members/${clerk.userId}/`);
    await inDirectory(house.db, (tx) => setMembership(tx, clerk.userId, company.tenant.id, 'clerk'));
    assert.equal((await api.call('GET', '/api/v1/users/me/', undefined, headers)).status, 401);
    const [revoked] = (await logged(company, 'api_key')).filter(({ action }) => action === 'change');
    assert.deepEqual([revoked?.actor_id, revoked?.after?.revoked], [owner.userId, true]);
  });
});

describe('permissions that are kept apart', () => {
  const pair = ['accounting.period.reopen', 'accounting.journal_entry.post'];
  const rules = { approve_above: null, acts_apart: [], permissions_apart: [pair] };

  test('are given to nobody together, by role, grant or role of one’s own', async () => {
    const { clerk, auditor, calls } = staff;
    assert.equal((await calls.owner('PUT', '/duties/', rules)).status, 200);
    for (const body of [{ role: 'accountant' }, { granted: ['accounting.period.reopen'] }])
      assert.equal((await change(calls.owner, clerk, body)).body.code, 'users/duties-apart');
    await calls.owner('POST', '/roles/', { key: 'half', title: 'Half', permissions: [pair[0]] });
    await settle(calls.owner, auditor, { role: 'half' });
    const whole = await calls.owner('PATCH', '/roles/half/', { permissions: pair });
    assert.deepEqual([whole.status, whole.body.code], [422, 'users/duties-apart']);
    assert.equal((await settle(calls.owner, auditor, { role: 'owner' })).role, 'owner');
  });

  test('who holds both already is told, and so is who could do both of any two', async () => {
    const { company, owner, clerk, calls } = staff;
    await settle(calls.owner, clerk, { granted: ['accounting.period.reopen'] });
    const { body } = await calls.owner('PUT', '/duties/', {
      ...rules,
      approve_above: '10',
      acts_apart: ['post+reverse'],
    });
    const told = body.could_do_both as { rule: string; people: { email: string }[] }[];
    assert.deepEqual(
      told.map(({ rule, people }) => [rule, people.map(({ email }) => email)]),
      [
        ['post+reverse', [owner.email]],
        [pair.toSorted().join(' + '), [clerk.email, owner.email]],
      ],
    );
    assert.deepEqual([body.approve_above, body.acts_apart], ['10.00', ['post+reverse']]);
    const asked = await calls.auditor('GET', `/duties/both/?one=${pair[0]}&other=${pair[1]}`);
    assert.deepEqual(
      (asked.body.people as { email: string }[]).map(({ email }) => email),
      [clerk.email, owner.email],
    );
    assert.equal((await calls.auditor('GET', '/duties/both/?one=a&other=b')).status, 422);
    const noted = (await logged(company, 'permission_rules')).at(-1);
    assert.deepEqual([noted?.actor_id, noted?.after], [owner.userId, { apart: [pair.toSorted()] }]);
    assert.equal((await logged(company, 'company')).at(-1)?.after?.approve_above, 10);
  });

  test('faulty rules are refused whole', async () => {
    const { calls } = staff;
    const answer = await calls.owner('PUT', '/duties/', {
      ...rules,
      approve_above: '1.234',
      permissions_apart: [pair, ['x', pair[0]], [pair[0], pair[0]]],
    });
    assert.deepEqual(placesOf(answer), ['/approve_above', '/permissions_apart/1/0', '/permissions_apart/2']);
    assert.deepEqual((await calls.owner('GET', '/duties/')).body.permissions_apart, []);
  });
});
