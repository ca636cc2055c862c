// Gives and takes permissions over the API, and tries to get more than one has in every way there is.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { inDirectory } from '#lib/tenant-tx';
import {
  type Answer,
  addMember,
  type Call,
  createCompany,
  openTestApi,
  openTestHouse,
  permissions,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { ensureUser, type Member, mayDo, setMembership } from '#users';
import { faultsOf } from './problem.ts';

/** The places of the faults of a refused request, in order. */
const placesOf = (answer: Answer) => faultsOf(answer, 422).map((fault) => fault.split(' ')[0]);

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let owner: Member;
let clerk: Member;
let auditor: Member;
let calls: Record<'owner' | 'clerk' | 'auditor', Call>;

before(async () => {
  house = await openTestHouse(6);
  api = await openTestApi(house.db);
});
after(async () => {
  await api.close();
  await house.close();
});
beforeEach(async () => {
  company = await createCompany(house.db);
  [owner, clerk, auditor] = [
    await addMember(house.db, company, 'owner'),
    await addMember(house.db, company, 'clerk'),
    await addMember(house.db, company, 'auditor'),
  ];
  calls = { owner: await api.as(owner), clerk: await api.as(clerk), auditor: await api.as(auditor) };
});

const change = (by: Call, whom: Member, body: object) => by('PATCH', `/members/${whom.userId}/`, body);

/** Changes as the owner, which is expected to go well. */
async function settle(whom: Member, body: object) {
  const answer = await change(calls.owner, whom, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** Another owner of the company, or somebody of another role whose address is taken by nobody. */
async function another(role: string, name = 'second'): Promise<Member> {
  const facts = { email: `${name}@${company.tenant.slug}.test`, name, password: 'not used to sign in' };
  const userId = await inDirectory(house.db, async (tx) => {
    const id = await ensureUser(tx, facts);
    await setMembership(tx, id, company.tenant.id, role);
    return id;
  });
  return { ...owner, userId, email: facts.email, name, role };
}

/** The changes of who may do what that the company's log tells, in their order. */
async function logged(subject: string) {
  const { rows } = await company.run((tx) =>
    sql<{ actor_id: string | null; action: string; after: Record<string, unknown> | null }>`
      select actor_id, action, content::json -> 'after' as after from audit_rows
      where subject = ${subject} order by block_seq, nth`.execute(tx.db),
  );
  return rows;
}

describe('grants and denials', () => {
  test('a grant opens at once what the role keeps shut, and a denial shuts what role and grant open', async () => {
    const roles = () => calls.clerk('GET', '/roles/');
    assert.equal((await roles()).status, 403);
    await settle(clerk, { granted: ['users.role.view'] });
    assert.equal((await roles()).status, 200);
    await settle(clerk, { denied: ['users.role.view', 'accounting.account.view'] });
    assert.equal((await roles()).status, 403, 'a denial wins over a grant');
    const accounts = await calls.clerk('GET', '/accounts/');
    assert.deepEqual([accounts.status, accounts.body.code], [403, 'users/permission-missing']);
    await settle(clerk, { denied: [] });
    assert.equal((await roles()).status, 200);
    assert.deepEqual(
      (await logged('membership')).slice(-3).map(({ actor_id, after }) => [actor_id, after?.denied]),
      [
        [owner.userId, []],
        [owner.userId, ['accounting.account.view', 'users.role.view']],
        [owner.userId, []],
      ],
    );
  });

  test('one’s own document tells what comes of role, grants and denials, limits and branches', async () => {
    await calls.owner('POST', '/dimensions/branch/values/', { code: 'KTM', name: 'Kathmandu' });
    await settle(clerk, {
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
    const answer = await change(calls.owner, owner, { denied: ['users.role.view'], post_limit: '5' });
    assert.deepEqual(placesOf(answer), ['/denied', '/post_limit']);
    const second = await another('clerk');
    await settle(second, { post_limit: '5', denied: ['accounting.account.view'] });
    const made = await settle(second, { role: 'owner' });
    assert.deepEqual([made.post_limit, made.denied], [null, []]);
  });
});

describe('escalation', () => {
  const managing = { granted: ['users.member.manage', 'users.member.view', 'users.role.manage'] };

  test('nobody gives a permission that they do not have, to another or to themselves', async () => {
    await settle(clerk, managing);
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
    await settle(clerk, { ...managing, denied: ['accounting.report.view'], post_limit: '100' });
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
    for (const code of ['KTM', 'PKR'])
      await calls.owner('POST', '/dimensions/branch/values/', { code, name: code });
    await settle(clerk, { ...managing, branches: ['KTM'] });
    await settle(auditor, { branches: ['KTM'] });
    for (const [whom, branches] of [
      [clerk, null],
      [clerk, ['KTM', 'PKR']],
      [auditor, ['PKR']],
    ] as const)
      assert.equal((await change(calls.clerk, whom, { branches })).status, 403);
  });

  test('who is no owner neither makes, changes nor removes one', async () => {
    await settle(clerk, managing);
    const second = await another('owner');
    for (const body of [{ role: 'clerk' }, { role: 'storekeeper' }])
      assert.equal((await change(calls.clerk, second, body)).status, 403);
    assert.equal((await calls.clerk('DELETE', `/members/${second.userId}/`)).status, 403);
    assert.equal((await calls.clerk('DELETE', `/members/${auditor.userId}/`)).status, 204);
  });

  test('a role holds nothing that its maker does not have, not even afterwards', async () => {
    await settle(clerk, managing);
    const role = { key: 'lead', title: 'Lead', permissions: ['accounting.fiscal_year.close'] };
    assert.equal((await calls.clerk('POST', '/roles/', role)).body.code, 'users/beyond-own-access');
    const modest = { ...role, permissions: ['accounting.account.view'] };
    assert.equal((await calls.clerk('POST', '/roles/', modest)).status, 201);
    const more = await calls.clerk('PATCH', '/roles/lead/', { permissions: role.permissions });
    assert.deepEqual([more.status, more.body.code], [403, 'users/beyond-own-access']);
  });

  test('without the permission to manage nothing of it opens, and losing it ends it', async () => {
    assert.equal((await change(calls.clerk, clerk, { role: 'owner' })).status, 403);
    assert.equal((await change(calls.auditor, clerk, { denied: [] })).status, 403);
    await settle(clerk, managing);
    await settle(clerk, { granted: [] });
    assert.equal((await calls.clerk('DELETE', `/members/${auditor.userId}/`)).status, 403);
  });

  test('a member of another company is none of this one', async () => {
    const other = await createCompany(house.db);
    const stranger = await addMember(house.db, other, 'clerk');
    assert.equal((await change(calls.owner, stranger, { role: 'auditor' })).status, 404);
    assert.equal((await calls.owner('DELETE', `/members/${stranger.userId}/`)).status, 404);
    const members = await calls.owner('GET', '/members/');
    assert.ok(members.body.results.every(({ id }) => id !== stranger.userId));
  });
});

describe('the company’s own roles', () => {
  const role = { key: 'cashier', title: ' Cashier ', permissions: ['accounting.account.view'] };

  test('a role of one’s own opens what it holds, changes for all who have it, and stays while somebody has it', async () => {
    const made = await calls.owner('POST', '/roles/', role);
    assert.deepEqual(
      [made.status, made.body.title, made.headers.location],
      [201, 'Cashier', '/api/v1/roles/cashier/'],
    );
    await settle(clerk, { role: 'cashier' });
    assert.equal((await calls.clerk('GET', '/accounts/')).status, 200);
    assert.equal((await calls.clerk('GET', '/journal-entries/')).status, 403);
    const wider = ['accounting.account.view', 'accounting.journal_entry.view'];
    assert.equal((await calls.owner('PATCH', '/roles/cashier/', { permissions: wider })).status, 200);
    assert.equal((await calls.clerk('GET', '/journal-entries/')).status, 200);
    const used = await calls.owner('DELETE', '/roles/cashier/');
    assert.deepEqual([used.status, used.body.code], [409, 'users/role-in-use']);
    await settle(clerk, { role: 'clerk' });
    assert.equal((await calls.owner('DELETE', '/roles/cashier/')).status, 204);
    assert.deepEqual(
      (await logged('role')).map(({ action }) => action),
      ['create', 'change', 'delete'],
    );
  });

  test('a built-in role is neither changed, removed nor made anew', async () => {
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
    const faulty = { key: 'Bad key', title: ' ', permissions: ['*', 'accounting.account.view', 'x.y.z'] };
    assert.deepEqual(placesOf(await calls.owner('POST', '/roles/', faulty)), [
      '/key',
      '/permissions/0',
      '/permissions/2',
      '/title',
    ]);
  });

  test('a role of one company is none of another', async () => {
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
    for (let round = 0; round < 5; round += 1) {
      const second = await another('owner', `owner-${round}`);
      const theirs = await api.as(second);
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
    assert.equal((await calls.owner('DELETE', `/members/${clerk.userId}/`)).status, 204);
    assert.equal((await calls.clerk('GET', '/users/me/')).status, 401);
    assert.deepEqual((await logged('membership')).at(-1)?.action, 'delete');
  });
});

describe('permissions that are kept apart', () => {
  const pair = ['accounting.period.reopen', 'accounting.journal_entry.post'];
  const rules = { approve_above: null, acts_apart: [], permissions_apart: [pair] };

  test('are given to nobody together, by role, grant or role of one’s own', async () => {
    assert.equal((await calls.owner('PUT', '/duties/', rules)).status, 200);
    for (const body of [{ role: 'accountant' }, { granted: ['accounting.period.reopen'] }])
      assert.equal((await change(calls.owner, clerk, body)).body.code, 'users/duties-apart');
    await calls.owner('POST', '/roles/', { key: 'half', title: 'Half', permissions: [pair[0]] });
    await settle(auditor, { role: 'half' });
    const whole = await calls.owner('PATCH', '/roles/half/', { permissions: pair });
    assert.deepEqual([whole.status, whole.body.code], [422, 'users/duties-apart']);
    assert.equal((await settle(auditor, { role: 'owner' })).role, 'owner');
  });

  test('who holds both already is told, and so is who could do both of any two', async () => {
    await settle(clerk, { granted: ['accounting.period.reopen'] });
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
    const noted = (await logged('permission_rules')).at(-1);
    assert.deepEqual([noted?.actor_id, noted?.after], [owner.userId, { apart: [pair.toSorted()] }]);
    assert.equal((await logged('company')).at(-1)?.after?.approve_above, 10);
  });

  test('faulty rules are refused whole', async () => {
    const answer = await calls.owner('PUT', '/duties/', {
      ...rules,
      approve_above: '1.234',
      permissions_apart: [pair, ['x', pair[0]], [pair[0], pair[0]]],
    });
    assert.deepEqual(placesOf(answer), ['/approve_above', '/permissions_apart/1/0', '/permissions_apart/2']);
    assert.deepEqual((await calls.owner('GET', '/duties/')).body.permissions_apart, []);
  });
});
