// Limits a member to a branch as an owner would, and reads by token and by cookie what is left.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BranchBooks, createBranchBooks, saleOf, telltales } from '#test/branches';
import { addMember, openTestApi, openTestHouse, type TestApi, type TestHouse } from '#test/company';
import { soon } from '#test/soon';
import { openSession } from '#users';

let house: TestHouse;
let api: TestApi;
let books: BranchBooks;
before(async () => {
  house = await openTestHouse(4);
  books = await createBranchBooks(house.db);
  api = await openTestApi(house.db);
});
after(async () => {
  await api.close();
  await house.close();
});

test('a member whose membership says a branch is limited to it, by token and by cookie, until it says so no more', async () => {
  const { company, ids } = books;
  const member = await addMember(house.db, company, 'accountant');
  const limit = (branches: string[] | null) =>
    house.superuser.query('update memberships set branches = $1 where user_id = $2', [
      branches,
      member.userId,
    ]);
  await limit(['KTM']);
  const call = await api.as(member);
  const report = await call('GET', '/reports/trial-balance/?as_of=2024-02-20');
  assert.deepEqual([report.body.branches, telltales(JSON.stringify(report.body))], [['KTM'], []]);
  assert.equal((await call('GET', `/journal-entries/${ids.other}/`)).status, 404);
  const refused = await call('POST', '/journal-entries/', saleOf({ branch: 'PKR' }, '1.00', 'x'));
  assert.equal(refused.body.errors[0]?.code, 'accounting/branch-not-yours');
  const token = await openSession(house.db, member, { ip: '127.0.0.1', userAgent: undefined });
  const page = async () =>
    (
      await api.app.inject({
        url: '/journal-entries/',
        headers: { cookie: `himalytix_session=${token}`, host: `${company.tenant.slug}.localhost` },
      })
    ).payload;
  assert.deepEqual(telltales(await page()), []);
  assert.match(await page(), /Branch KTM only/);
  await limit(null);
  assert.match(await page(), /SECRET/);
  const told = await soon(
    () => call('GET', `/journal-entries/${ids.other}/`),
    ({ status }) => status !== 404,
  );
  assert.equal(told.status, 200);
});

test('a draft of another branch is neither approved nor its approval withdrawn by who is limited', async () => {
  const { company, ids } = books;
  const member = await addMember(house.db, company, 'accountant');
  await house.superuser.query(`update memberships set branches = '{KTM}' where user_id = $1`, [
    member.userId,
  ]);
  const { access } = await api.tokens.issue(member);
  const headers = { authorization: `Bearer ${access}`, 'if-match': '"1"' };
  const routes = api.app.guardedRoutes.filter(
    ({ method, url }) => /^\/api\/v\d+\/.*approv/.test(url) && /POST|DELETE/.test(method),
  );
  assert.ok(routes.length > 0);
  for (const { method, url } of routes) {
    const path = url.replace(':id', ids.otherDraft ?? '');
    assert.equal((await api.call(method, path, undefined, headers)).status, 404, path);
  }
  const { rows } = await house.superuser.query(
    `select count(*)::int as n from ${company.tenant.schema}.entry_approvals`,
  );
  assert.deepEqual(rows, [{ n: 0 }]);
});
