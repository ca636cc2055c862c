// Grants people exceptions to closed and locked periods and tries to use them as others, later, and elsewhere.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Problem } from '#lib/problem';
import type { Actor } from '#lib/tenant-tx';
import {
  addMember,
  cashSale,
  createCompany,
  fingerprint,
  openTestHouse,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { assertProved, close, periodOf, reopen } from '#test/years';
import type { Role } from '#users';
import { postEntries } from '../journal/post-entries.ts';
import { grantException, listExceptions, revokeException } from './period-exceptions.ts';
import { closePeriods, setPeriodStatus } from './set-period-status.ts';

let house: TestHouse;
let company: TestCompany;
let clerk: Actor;
let other: Actor;
let march: number;

const DAY = 86_400_000;
const inMs = (ms: number) => new Date(Date.now() + ms);

async function actorOf(role: Role): Promise<Actor> {
  const { userId, email, name } = await addMember(house.db, company, role);
  return { userId, email, name, role };
}

before(async () => {
  house = await openTestHouse(6);
});
after(() => house.close());
beforeEach(async () => {
  company = await createCompany(house.db);
  [clerk, other] = [await actorOf('clerk'), await actorOf('accountant')];
  march = (await periodOf(company, 'Mar 2024')).id;
  await company.run((tx) => setPeriodStatus(tx, march, 'closed'));
});
afterEach(() => assertProved(house, company));

const grant = (facts: { until?: Date; reason?: string; to?: Actor; period?: number } = {}) =>
  company.run(
    (tx) =>
      grantException(tx, facts.period ?? march, {
        userId: (facts.to ?? clerk).userId ?? '',
        expiresAt: facts.until ?? inMs(DAY),
        reason: facts.reason ?? 'the bank statement came late',
      }),
    other,
  );

/** 'posted', or what an entry on that day is refused for. */
async function posting(actor: Actor, date = '2024-03-15'): Promise<string | undefined> {
  const [result] = await company.run((tx) => postEntries(tx, [cashSale(date, '1.00')]), actor);
  return result?.posted ? 'posted' : result?.faults[0]?.code;
}

const refused =
  (...expected: string[]) =>
  (error: unknown) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual(
      error.errors.map(({ pointer, code }) => `${pointer} ${code}`),
      expected,
    );
    return true;
  };

test('an exception lets the named person post into the closed period, nobody else, and nowhere else', async () => {
  await company.run((tx) => closePeriods(tx, '2024-04-30'));
  assert.equal(await posting(clerk), 'accounting/period-closed');
  const { id, status, granted_by } = await grant();
  assert.deepEqual([status, granted_by], ['active', other.userId]);
  assert.equal(await posting(clerk), 'posted');
  assert.equal(await posting(other), 'accounting/period-closed');
  assert.equal(await posting(clerk, '2024-04-15'), 'accounting/period-closed');
  assert.deepEqual(
    (await company.run((tx) => listExceptions(tx, march))).map((each) => each.id),
    [id],
  );
});

test('it holds in a locked period, and ends when the period changes its status', async () => {
  await grant();
  await company.run((tx) => setPeriodStatus(tx, march, 'locked'));
  assert.equal(await posting(clerk), 'accounting/period-closed');
  await grant();
  assert.equal(await posting(clerk), 'posted');
  await company.run((tx) => setPeriodStatus(tx, march, 'closed', 'x'));
  assert.equal(await posting(clerk), 'accounting/period-closed');
  const statuses = (await company.run((tx) => listExceptions(tx, march))).map(({ status }) => status);
  assert.deepEqual(statuses, ['revoked', 'revoked']);
});

test('it ends at its moment', async () => {
  const until = inMs(4000);
  await grant({ until });
  assert.equal(await posting(clerk), 'posted');
  await sleep(until.getTime() - Date.now() + 100);
  assert.equal(await posting(clerk), 'accounting/period-closed');
  const [exception] = await company.run((tx) => listExceptions(tx, march));
  assert.equal(exception?.status, 'expired');
  const again = await company.run((tx) => revokeException(tx, march, exception?.id ?? 0));
  assert.equal(again.status, 'expired');
});

test('it ends when it is revoked, once and for all', async () => {
  const { id } = await grant();
  const revoked = await company.run((tx) => revokeException(tx, march, id));
  assert.equal(revoked.status, 'revoked');
  assert.equal(await posting(clerk), 'accounting/period-closed');
  const again = await company.run((tx) => revokeException(tx, march, id));
  assert.deepEqual(again, revoked);
  const february = await periodOf(company, 'Feb 2024');
  await assert.rejects(
    company.run((tx) => revokeException(tx, february.id, id)),
    (error: Problem) => error.kind === 'not-found',
  );
});

test('nothing lands by it after its revocation is acknowledged, however many are posting', async () => {
  const { id } = await grant();
  let acknowledged = false;
  let posted = 0;
  const late: unknown[] = [];
  const post = async () => {
    for (let refusals = 0; refusals < 3; ) {
      const sentAfter = acknowledged;
      const said = await posting(clerk);
      if (said === 'posted') posted += 1;
      else refusals += 1;
      if (said === 'posted' && sentAfter) late.push(said);
    }
  };
  const revoke = async () => {
    while (posted < 10) await sleep(5);
    await company.run((tx) => revokeException(tx, march, id));
    acknowledged = true;
    return (
      await company.run((tx) => sql<{ n: number }>`select count(*) as n from journal_entries`.execute(tx.db))
    ).rows[0]?.n;
  };
  const [stored] = await Promise.all([revoke(), ...Array.from({ length: 5 }, post)]);
  assert.deepEqual([late, stored], [[], posted]);
});

test('there is none in a closed year, and none is left when the year is opened again', async () => {
  await company.post(cashSale('2024-02-01', '1'));
  await grant();
  await close(company, '2024');
  assert.equal(await posting(clerk), 'accounting/period-closed');
  await assert.rejects(grant(), refused(' accounting/fiscal-year-closed'));
  await reopen(company, '2024');
  assert.equal(await posting(clerk), 'accounting/period-closed');
  await grant();
  assert.equal(await posting(clerk), 'posted');
});

test('one that makes no sense is refused with every fault, and stores nothing', async () => {
  const stored = await fingerprint(house, company);
  const april = (await periodOf(company, 'Apr 2024')).id;
  const tooLong = '/expires_at accounting/exception-too-long';
  for (const until of [inMs(-1), inMs(31 * DAY + 60_000), new Date(Number.NaN), new Date(-8.64e15)])
    await assert.rejects(grant({ until }), refused(tooLong));
  await assert.rejects(
    grant({ period: april, until: inMs(-1), reason: ' ' }),
    refused(' accounting/period-open', tooLong, '/reason accounting/reason-required'),
  );
  await assert.rejects(
    company.run((tx) => grantException(tx, march, {})),
    refused('/user request/required', '/expires_at request/required', '/reason request/required'),
  );
  await assert.rejects(grant({ period: 999_999 }), (error: Problem) => error.kind === 'not-found');
  assert.deepEqual(await fingerprint(house, company), stored);
});

test('the company’s role writes none by hand', async () => {
  const { id } = await grant();
  const stored = await fingerprint(house, company);
  const user = clerk.userId;
  const statements = [
    sql`insert into period_exceptions (period_id, user_id, expires_at, reason) values (${march}, ${user}, now() + interval '1 day', 'x')`,
    sql`update period_exceptions set revoked_at = null`,
    sql`update period_exceptions set expires_at = expires_at + interval '9 days' where id = ${id}`,
    sql`delete from period_exceptions`,
  ];
  for (const statement of statements)
    await assert.rejects(
      company.run((tx) => statement.execute(tx.db)),
      /permission denied/,
    );
  await assert.rejects(
    company.run((tx) =>
      sql`select grant_exception(${march}, ${user}, now() + interval '40 days', 'x')`.execute(tx.db),
    ),
    /exception-too-long/,
  );
  assert.deepEqual(await fingerprint(house, company), stored);
});

test('the audit log tells who granted it, to whom, until when and why, and its end', async () => {
  const { id } = await grant({ reason: 'the bank statement came late' });
  await company.run((tx) => revokeException(tx, march, id), other);
  const { rows } = await house.superuser.query(
    `select action, actor_id, content::json -> 'after' ->> 'user_id' as who, content::json ->> 'reason' as reason
      from ${company.tenant.schema}.audit_rows where subject = 'period_exception' order by block_seq, nth`,
  );
  const same = { actor_id: other.userId, who: clerk.userId };
  assert.deepEqual(rows, [
    { action: 'create', ...same, reason: 'the bank statement came late' },
    { action: 'change', ...same, reason: null },
  ]);
});
