// Signs in over the API with a second factor, rightly and wrongly.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inDirectory } from '#lib/tenant-tx';
import {
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { addPerson, codeOf, setUpApp } from '#test/factors';
import { type Member, type Role, setMembership } from '#users';
import { faultsOf, refused } from './problem.ts';
import { twoSteps } from './two-steps.ts';

let house: TestHouse;
let api: TestApi;
let mine: TestCompany;
let other: TestCompany;

before(async () => {
  house = await openTestHouse(4);
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  api = await openTestApi(house.db);
});

after(async () => {
  await api.close();
  await house.close();
});

const newMember = (role: Role = 'accountant', of = mine) => addPerson(house.db, of, role);

const { login, second, pendingOf } = twoSteps(() => api);

describe('a sign-in with a second factor', () => {
  test('gives its tokens for the code, which counts once', async () => {
    const member = await newMember();
    const { secret } = await setUpApp(house.db, member.userId);
    const code = codeOf(secret);
    const answer = await second(await pendingOf(member), { otp: code });
    assert.equal(answer.status, 200);
    assert.equal((answer.body.user as { email: string }).email, member.email);
    const me = { authorization: `Bearer ${answer.body.access}` };
    assert.equal((await api.call('GET', '/api/v1/users/me/', undefined, me)).status, 200);
    refused(await second(await pendingOf(member), { otp: code }), 'users/second-factor-refused');
    assert.equal((await second(await pendingOf(member), { otp: codeOf(secret, 1) })).status, 200);
    refused(await second(await pendingOf(member), { otp: code }), 'users/second-factor-refused');
  });

  test('takes one of many who send the same code at once', async () => {
    const member = await newMember();
    const { secret } = await setUpApp(house.db, member.userId);
    const tokens = await Promise.all(Array.from({ length: 5 }, () => pendingOf(member)));
    const answers = await Promise.all(tokens.map((pending) => second(pending, { otp: codeOf(secret) })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401, 401]);
  });

  test('ends with its fifth wrong code, however right the sixth is', async () => {
    const member = await newMember();
    const { secret } = await setUpApp(house.db, member.userId);
    const pending = await pendingOf(member);
    const wrong = codeOf(secret, 9);
    for (let times = 0; times < 5; times += 1)
      refused(await second(pending, { otp: wrong }), 'users/second-factor-refused');
    refused(await second(pending, { otp: codeOf(secret) }), 'users/pending-over');
    assert.equal((await second(await pendingOf(member), { otp: codeOf(secret) })).status, 200);
  });

  test('is limited over all sign-ins of a person, but not for recovery codes', async () => {
    const member = await newMember();
    const { secret, codes } = await setUpApp(house.db, member.userId);
    const tokens = await Promise.all(Array.from({ length: 4 }, () => pendingOf(member)));
    for (let times = 0; times < 11; times += 1)
      refused(await second(tokens[times % 3], { otp: codeOf(secret, 9) }), 'users/second-factor-refused');
    refused(await second(tokens[3], { otp: codeOf(secret) }), 'users/too-many-attempts', 429);
    assert.equal((await second(tokens[3], { recovery_code: codes[0] })).status, 200);
    await house.superuser.query("update sign_in_throttles set blocked_until = '-infinity'");
    assert.equal((await second(await pendingOf(member), { otp: codeOf(secret) })).status, 200);
  });

  test('is over after ten minutes, in another company’s name, and once it is complete', async () => {
    const member = await newMember();
    const { secret, codes } = await setUpApp(house.db, member.userId);
    const late = await pendingOf(member);
    await house.superuser.query("update pending_sign_ins set expires_at = now() - interval '1 second'");
    refused(await second(late, { otp: codeOf(secret) }), 'users/pending-over');
    const pending = await pendingOf(member);
    const elsewhere = { 'x-tenant': other.tenant.slug };
    refused(await second(pending, { otp: codeOf(secret) }, elsewhere), 'users/pending-over');
    assert.equal((await second(pending, { otp: codeOf(secret) })).status, 200);
    refused(await second(pending, { recovery_code: codes[0] }), 'users/pending-over');
    for (const unknown of ['', 'x', late]) refused(await second(unknown, { otp: '1' }), 'users/pending-over');
  });

  test('ends with the membership', async () => {
    const member = await newMember();
    const { codes } = await setUpApp(house.db, member.userId);
    const pending = await pendingOf(member);
    await house.superuser.query('delete from memberships where user_id = $1', [member.userId]);
    refused(await second(pending, { recovery_code: codes[0] }), 'users/pending-over');
  });

  test('takes either a code or a recovery code, and says so', async () => {
    const pending = await pendingOf(await withApp());
    for (const body of [{}, { otp: '123456', recovery_code: 'x' }])
      assert.deepEqual(faultsOf(await second(pending, body), 422), ['/otp users/factor-missing']);
  });
});

async function withApp(): Promise<Member> {
  const member = await newMember();
  await setUpApp(house.db, member.userId);
  return member;
}

describe('a recovery code', () => {
  test('lets its owner in once, however it is keyed, and the log tells', async () => {
    const member = await newMember();
    const { codes } = await setUpApp(house.db, member.userId);
    const [first = '', next = ''] = codes;
    assert.equal(new Set(codes).size, 10);
    for (const code of codes) assert.match(code, /^([0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}$/);
    assert.equal((await second(await pendingOf(member), { recovery_code: first })).status, 200);
    refused(await second(await pendingOf(member), { recovery_code: first }), 'users/second-factor-refused');
    const keyed = next.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'I');
    assert.equal((await second(await pendingOf(member), { recovery_code: keyed })).status, 200);
    const notes = await auditNotes(member.userId);
    assert.deepEqual(
      notes.filter(({ why }) => why === 'a recovery code was used').map(({ recovery_codes: left }) => left),
      [9, 8],
    );
    assert.doesNotMatch(JSON.stringify(notes), new RegExp(`${first}|${next}`));
  });

  test('of another person is none, and none is kept readable', async () => {
    const [one, two] = [await newMember(), await newMember()];
    const { codes } = await setUpApp(house.db, one.userId);
    await setUpApp(house.db, two.userId);
    refused(await second(await pendingOf(two), { recovery_code: codes[0] }), 'users/second-factor-refused');
    const { rows } = await house.superuser.query(
      `select row_to_json(c)::text || row_to_json(t)::text as text from recovery_codes c join totp_secrets t using (user_id)`,
    );
    const kept = JSON.stringify(rows);
    for (const code of codes) assert.doesNotMatch(kept, new RegExp(code.replaceAll('-', '-?')));
  });
});

async function auditNotes(userId: string): Promise<Record<string, unknown>[]> {
  const { rows } = await house.superuser.query<{ note: Record<string, unknown> }>(
    `select content::jsonb -> 'after' as note from "${mine.tenant.schema}".audit_rows
     where subject = 'user' and subject_id = $1 order by block_seq, nth`,
    [userId],
  );
  return rows.map(({ note }) => note);
}

describe('resetting a member’s factors', () => {
  test('ends their sign-ins and leaves the password; the log tells who did it', async () => {
    const boss = await newMember('owner');
    const owner = await api.as(boss);
    const member = await newMember('clerk');
    const { codes } = await setUpApp(house.db, member.userId);
    const { body } = await second(await pendingOf(member), { recovery_code: codes[0] });
    const pending = await pendingOf(member);
    assert.equal((await owner('DELETE', `/members/${member.userId}/second-factors/`)).status, 204);
    const me = { authorization: `Bearer ${body.access}` };
    faultsOf(await api.call('GET', '/api/v1/users/me/', undefined, me), 401);
    refused(await second(pending, { recovery_code: codes[1] }), 'users/pending-over');
    assert.equal((await login(member)).status, 200);
    assert.equal((await auditNotes(member.userId)).at(-1)?.why, 'all factors were reset');
  });

  test('is not for an owner where the person belongs to another company, nor for a stranger', async () => {
    const owner = await api.as(await newMember('owner'));
    const member = await newMember('clerk');
    await setUpApp(house.db, member.userId);
    await inDirectory(house.db, (tx) => setMembership(tx, member.userId, other.tenant.id, 'clerk'));
    refused(
      await owner('DELETE', `/members/${member.userId}/second-factors/`),
      'users/member-elsewhere',
      409,
    );
    const stranger = await newMember('clerk', other);
    faultsOf(await owner('DELETE', `/members/${stranger.userId}/second-factors/`), 404);
    const clerk = await api.as(await newMember('clerk'));
    faultsOf(await clerk('DELETE', `/members/${member.userId}/second-factors/`), 403);
  });
});

test('wrong second factors are in their owner’s history, with what was tried', async () => {
  const member = await newMember();
  const { secret, codes } = await setUpApp(house.db, member.userId);
  const pending = await pendingOf(member);
  await second(pending, { otp: codeOf(secret, 9) });
  await second(pending, { recovery_code: 'x' });
  const { body } = await second(pending, { recovery_code: codes[0] });
  const headers = { authorization: `Bearer ${body.access}` };
  const history = await api.call('GET', '/api/v1/users/me/sign-ins/', undefined, headers);
  const lines = history.body.results as { succeeded: boolean; methods: string[] }[];
  assert.deepEqual(
    lines.map(({ succeeded, methods }) => [succeeded, ...methods]),
    [
      [true, 'pwd', 'recovery'],
      [false, 'pwd', 'recovery'],
      [false, 'pwd', 'otp'],
    ],
  );
});
