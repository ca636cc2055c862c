// Gives and takes permissions over the API, and tries to get more than one has in every way there is.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  addMember,
  createCompany,
  openTestApi,
  openTestHouse,
  permissions,
  type TestApi,
  type TestHouse,
} from '#test/company';
import { mayDo } from '#users';
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

describe('grants and denials', () => {
  test('a grant opens at once what the role keeps shut, and a denial shuts what role and grant open', async () => {
    const { company, owner, clerk, calls } = staff;
    const roles = () => calls.clerk('GET', '/roles/');
    assert.equal((await roles()).status, 403);
    await settle(calls.owner, clerk, { granted: ['users.role.view'] });
    assert.equal((await roles()).status, 200);
    await settle(calls.owner, clerk, { denied: ['users.role.view', 'accounting.account.view'] });
    assert.equal((await roles()).status, 403, 'a denial wins over a grant');
    const accounts = await calls.clerk('GET', '/accounts/');
    assert.deepEqual([accounts.status, accounts.body.code], [403, 'users/permission-missing']);
    await settle(calls.owner, clerk, { denied: [] });
    assert.equal((await roles()).status, 200);
    assert.deepEqual(
      (await logged(company, 'membership')).slice(-3).map(({ actor_id, after }) => [actor_id, after?.denied]),
      [
        [owner.userId, []],
        [owner.userId, ['accounting.account.view', 'users.role.view']],
        [owner.userId, []],
      ],
    );
  });

  test('one’s own document tells what comes of role, grants and denials, limits and branches', async () => {
    const { clerk, calls } = staff;
    await calls.owner('POST', '/dimensions/branch/values/', { code: 'KTM', name: 'Kathmandu' });
    await settle(calls.owner, clerk, {
      granted: ['users.role.view'],
      denied: ['accounting.journal_entry.post'],
      post_limit: '100',
      approve_limit: '0.50',
      branches: ['KTM'],
    });
    const { body } = await calls.clerk('GET', '/users/me/');
    const expected = permissions
      .map(({ name }) => name)
      .filter((name) => name !== 'accounting.journal_entry.post')
      .filter((name) => mayDo({ role: 'clerk' }, name) || name === 'users.role.view');
    assert.deepEqual(body.permissions, expected);
    assert.deepEqual([body.post_limit, body.approve_limit, body.branches], ['100.00', '0.50', ['KTM']]);
    const all = await calls.owner('GET', '/users/me/');
    assert.deepEqual(
      all.body.permissions,
      permissions.map(({ name }) => name),
    );
    assert.deepEqual([all.body.post_limit, all.body.branches], [null, null]);
  });

  test('every fault of a change is told at once, and nothing is stored', async () => {
    const { clerk, calls } = staff;
    const answer = await change(calls.owner, clerk, {
      role: 'king',
      granted: ['accounting.everything'],
      denied: ['*'],
      post_limit: '-1',
      approve_limit: '1.234',
      branches: ['NOWHERE'],
    });
    assert.deepEqual(placesOf(answer), [
      '/approve_limit',
      '/branches/0',
      '/denied/0',
      '/granted/0',
      '/post_limit',
      '/role',
    ]);
    assert.equal((await calls.owner('GET', `/members/${clerk.userId}/`)).body.role, 'clerk');
  });

  test('of an owner nothing is denied or limited', async () => {
    const { company, owner, calls } = staff;
    const answer = await change(calls.owner, owner, { denied: ['users.role.view'], post_limit: '5' });
    assert.deepEqual(placesOf(answer), ['/denied', '/post_limit']);
    const second = await addPerson(house, company, 'clerk', 'Second');
    await settle(calls.owner, second, { post_limit: '5', denied: ['accounting.account.view'] });
    const made = await settle(calls.owner, second, { role: 'owner' });
    assert.deepEqual([made.post_limit, made.denied], [null, []]);
  });
});

describe('escalation', () => {
  const managing = { granted: ['users.member.manage', 'users.member.view', 'users.role.manage'] };

  test('nobody gives a permission that they do not have, to another or to themselves', async () => {
    const { clerk, auditor, calls } = staff;
    await settle(calls.owner, clerk, managing);
    for (const whom of [auditor, clerk]) {
      for (const body of [
        { granted: ['accounting.fiscal_year.close'] },
        { role: 'accountant' },
        { role: 'owner' },
      ]) {
        const answer = await change(calls.clerk, whom, body);
        assert.deepEqual(
          [answer.status, answer.body.code],
          [403, 'users/beyond-own-access'],
          JSON.stringify(body),
        );
      }
    }
    assert.equal(
      (await change(calls.clerk, auditor, { granted: ['accounting.journal_entry.post'] })).status,
      200,
    );
    assert.equal((await change(calls.clerk, auditor, { role: 'storekeeper' })).status, 200);
  });

  test('nobody takes a denial of themselves away, or raises a limit above their own', async () => {
    const { clerk, auditor, calls } = staff;
    await settle(calls.owner, clerk, { ...managing, denied: ['accounting.report.view'], post_limit: '100' });
    for (const [whom, body] of [
      [clerk, { denied: [] }],
      [clerk, { post_limit: null }],
      [clerk, { post_limit: '100.01' }],
      [auditor, { granted: ['accounting.journal_entry.post'] }],
      [auditor, { granted: ['accounting.journal_entry.post'], post_limit: '101' }],
    ] as const) {
      const answer = await change(calls.clerk, whom, body);
      assert.deepEqual(
        [answer.status, answer.body.code],
        [403, 'users/beyond-own-access'],
        JSON.stringify(body),
      );
    }
    const within = { granted: ['accounting.journal_entry.post'], post_limit: '100' };
    assert.equal((await change(calls.clerk, auditor, within)).status, 200);
    assert.equal(
      (await change(calls.clerk, clerk, { post_limit: '99' })).status,
      200,
      'less is no escalation',
    );
  });

  test('who is limited to branches opens no other to anybody', async () => {
    const { clerk, auditor, calls } = staff;
    for (const code of ['KTM', 'PKR'])
      await calls.owner('POST', '/dimensions/branch/values/', { code, name: code });
    await settle(calls.owner, clerk, { ...managing, branches: ['KTM'] });
    await settle(calls.owner, auditor, { branches: ['KTM'] });
    // Of a branch that one does not see, one is not even told that there is such a branch.
    for (const [whom, branches, status] of [
      [clerk, null, 403],
      [clerk, ['KTM', 'PKR'], 422],
      [auditor, ['PKR'], 422],
    ] as const)
      assert.equal((await change(calls.clerk, whom, { branches })).status, status);
  });

  test('who is no owner neither makes, changes nor removes one', async () => {
    const { company, clerk, auditor, calls } = staff;
    await settle(calls.owner, clerk, managing);
    const second = await addPerson(house, company, 'owner', 'Second');
    for (const body of [{ role: 'clerk' }, { role: 'storekeeper' }])
      assert.equal((await change(calls.clerk, second, body)).status, 403);
    assert.equal((await calls.clerk('DELETE', `/members/${second.userId}/`)).status, 403);
    assert.equal((await calls.clerk('DELETE', `/members/${auditor.userId}/`)).status, 204);
  });

  test('a role holds nothing that its maker does not have, not even afterwards', async () => {
    const { clerk, calls } = staff;
    await settle(calls.owner, clerk, managing);
    const role = { key: 'lead', title: 'Lead', permissions: ['accounting.fiscal_year.close'] };
    assert.equal((await calls.clerk('POST', '/roles/', role)).body.code, 'users/beyond-own-access');
    const modest = { ...role, permissions: ['accounting.account.view'] };
    assert.equal((await calls.clerk('POST', '/roles/', modest)).status, 201);
    const more = await calls.clerk('PATCH', '/roles/lead/', { permissions: role.permissions });
    assert.deepEqual([more.status, more.body.code], [403, 'users/beyond-own-access']);
  });

  test('without the permission to manage nothing of it opens, and losing it ends it', async () => {
    const { clerk, auditor, calls } = staff;
    assert.equal((await change(calls.clerk, clerk, { role: 'owner' })).status, 403);
    assert.equal((await change(calls.auditor, clerk, { denied: [] })).status, 403);
    await settle(calls.owner, clerk, managing);
    await settle(calls.owner, clerk, { granted: [] });
    assert.equal((await calls.clerk('DELETE', `/members/${auditor.userId}/`)).status, 403);
  });

  test('a member of another company is none of this one', async () => {
    const { calls } = staff;
    const other = await createCompany(house.db);
    const stranger = await addMember(house.db, other, 'clerk');
    assert.equal((await change(calls.owner, stranger, { role: 'auditor' })).status, 404);
    assert.equal((await calls.owner('DELETE', `/members/${stranger.userId}/`)).status, 404);
    const members = await calls.owner('GET', '/members/');
    assert.ok(members.body.results.every(({ id }) => id !== stranger.userId));
  });
});
