// Closes years under sixteen posters, cuts the connection in the middle of a closing, and writes into closed years by hand.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { type EntryInput, postEntries, reverseEntry } from '#accounting';
import {
  cashSale,
  createCompany,
  fingerprint,
  openTestHouse,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { assertProved, close, closingOf, rent, reopen, yearOf } from '#test/years';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  house = await openTestHouse(24);
});
after(() => house.close());
beforeEach(async () => {
  company = await createCompany(house.db);
});
afterEach(() => assertProved(house, company));

/** Waits until some session of this database waits for a lock, and returns its process id. */
async function waiting(query: string): Promise<number> {
  for (;;) {
    const { rows } = await house.superuser.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~ $1`,
      [query],
    );
    if (rows[0]) return rows[0].pid;
    await sleep(10);
  }
}

// The head of the audit log is the last thing that a closing takes: lines, balances and the number are written by then.
test('a closing whose connection dies in the middle leaves nothing, and can be run again', async () => {
  await company.post(cashSale('2024-03-01', '100.00'), rent('2024-04-01', '30.00'));
  const stored = await fingerprint(house, company);
  const blocker = new pg.Client(house.url);
  await blocker.connect();
  try {
    for (const table of ['number_counters', 'audit_head']) {
      await blocker.query('begin');
      // The counter of closings is not there yet, so that it is the table that has to be held.
      const mode = table === 'audit_head' ? 'row exclusive' : 'share';
      await blocker.query(`lock table ${company.tenant.schema}.${table} in ${mode} mode`);
      if (table === 'audit_head')
        await blocker.query(`select from ${company.tenant.schema}.audit_head for update`);
      const closing = close(company, '2024');
      const failed = assert.rejects(closing);
      const pid = await waiting('close_year');
      await house.superuser.query('select pg_terminate_backend($1)', [pid]);
      await failed;
      await blocker.query('rollback');
      assert.deepEqual(await fingerprint(house, company), stored, table);
    }
  } finally {
    await blocker.end();
  }
  const year = await close(company, '2024');
  assert.deepEqual(await closingOf(company, year), [
    '4010 debit 100.00',
    '6110 credit 30.00',
    '3100 credit 70.00',
  ]);
  assert.equal(year.closing_entry?.number, 'CL-2024-000001');
});

test('a year closed under sixteen posters counts all that was acknowledged, and takes nothing after', async () => {
  let acknowledged = false;
  let posted = 0;
  const late: string[] = [];
  const post = async (client: number) => {
    for (let refusals = 0; refusals < 5; ) {
      const sentAfter = acknowledged;
      const day = `2024-${String(1 + (client % 12)).padStart(2, '0')}-28`;
      const [result] = await company.run((tx) => postEntries(tx, [cashSale(day, '1.00')]));
      if (result?.posted) posted += 1;
      else refusals += 1;
      if (result?.posted && sentAfter) late.push(result.number);
      if (!result?.posted) assert.equal(result?.faults[0]?.code, 'accounting/period-closed');
    }
  };
  const closing = async () => {
    while (posted < 60) await sleep(2);
    const year = await close(company, '2024');
    acknowledged = true;
    return year;
  };
  const [year] = await Promise.all([closing(), ...Array.from({ length: 16 }, (_, client) => post(client))]);
  assert.deepEqual(late, []);
  assert.deepEqual(await closingOf(company, year), [`4010 debit ${posted}.00`, `3100 credit ${posted}.00`]);
});

test('of sixteen closings at once one posts, and so of sixteen reopenings', async () => {
  await company.post(cashSale('2024-03-01', '100.00'));
  const closed = await Promise.all(Array.from({ length: 16 }, () => close(company, '2024')));
  assert.equal(new Set(closed.map(({ closing_entry }) => closing_entry?.id)).size, 1);
  await Promise.all(Array.from({ length: 16 }, () => reopen(company, '2024')));
  assert.equal((await close(company, '2024')).closing_entry?.number, 'CL-2024-000003');
});

test('who tries to reverse the closing entry while the year is reopened is refused, and blocks nobody', async () => {
  await company.post(cashSale('2024-03-01', '100.00'));
  for (let round = 0; round < 5; round += 1) {
    const id = (await close(company, '2024')).closing_entry?.id ?? '';
    const tries = Array.from({ length: 6 }, () =>
      company
        .run((tx) => reverseEntry(tx, id, { entry_date: '2025-01-01' }))
        .then(
          () => 'reversed',
          (error: { code: string }) => error.code,
        ),
    );
    const [, ...codes] = await Promise.all([reopen(company, '2024'), ...tries]);
    for (const code of codes)
      assert.match(code, /^accounting\/(closing-entry|already-reversed|entry-invalid)$/);
  }
});

test('a year that is being opened before one that is being closed is there before, or refused', async () => {
  const early = () =>
    company.run(async (tx) => {
      await sql`insert into fiscal_years (name, starts_on, ends_on) values ('2023', '2023-01-01', '2023-12-31')`.execute(
        tx.db,
      );
      await sleep(50);
    });
  const said = await Promise.allSettled([early(), close(company, '2024')]);
  const reasons = said.map((each) => (each.status === 'rejected' ? String(each.reason) : 'done'));
  assert.equal(reasons.filter((each) => each === 'done').length, 1, reasons.join());
  assert.match(reasons.join(), /later-year-closed|earlier-year-open/);
});

type Owner = (...statements: string[]) => Promise<string>;

/** Carries out statements in one transaction as the owner of the schema; returns the rule that refuses them. */
async function asOwner(work: (refusal: Owner) => Promise<void>): Promise<void> {
  const owner = new pg.Client(house.url);
  await owner.connect();
  await owner.query(`set search_path = ${company.tenant.schema}`);
  try {
    await work(async (...statements) => {
      try {
        await owner.query('begin');
        for (const statement of statements) await owner.query(statement);
        await owner.query('commit');
        return 'it was carried out';
      } catch (error) {
        const { code, message, detail } = error as pg.DatabaseError;
        return `${code} ${message} ${detail}`;
      } finally {
        await owner.query('rollback');
      }
    });
  } finally {
    await owner.end();
  }
}

/** The statements of an entry by hand on the last day of 2024. */
function byHand(closing: boolean): string[] {
  const [series, source] = closing ? ['CL', 'closing'] : ['JV', 'hand'];
  const id = '11111111-1111-7111-8111-111111111111';
  const period = "(select id from periods where ends_on = '2024-12-31')";
  const line = (no: number, account: string, sides: string) =>
    `insert into journal_lines (entry_id, line_no, account_id, period_id, entry_date, currency, debit, credit, closing)
     select '${id}', ${no}, id, ${period}, '2024-12-31', 'USD', ${sides}, ${closing} from accounts where code = '${account}'`;
  return [
    `update number_counters set last_number = last_number + 1 where series_id = (select id from number_series where code = '${series}')`,
    line(1, '1010', '5, 0'),
    line(2, '4010', '0, 5'),
    `insert into journal_entries (id, series_id, fiscal_year_id, period_id, numbered_since, sequence, number, entry_date, memo, total, source)
     select '${id}', s.id, y.id, ${period}, y.starts_on, c.last_number, 'X-1', '2024-12-31', 'by hand', 5, '${source}'
     from number_series s join number_counters c on c.series_id = s.id join fiscal_years y on y.starts_on = c.since
     where s.code = '${series}' and y.name = '2024'`,
  ];
}

test('the owner of the schema writes nothing into a closed year, be it marked as a closing or not', async () => {
  await company.post(cashSale('2024-03-01', '100.00'));
  await close(company, '2024');
  const stored = await fingerprint(house, company);
  await asOwner(async (refusal) => {
    assert.match(await refusal(...byHand(false)), /HX002 .* lies in a closed fiscal year/);
    assert.match(await refusal(...byHand(true)), /HX002 .* closes no open fiscal year/);
    // With the period open the year alone refuses.
    const opening = "update periods set status = 'open' where ends_on = '2024-12-31'";
    assert.match(await refusal(opening, ...byHand(false)), /HX002 .* lies in a closed fiscal year/);
  });
  assert.deepEqual(await fingerprint(house, company), stored);
});

test('the company’s role writes nothing into a closed year, by no statement', async () => {
  await company.post(cashSale('2024-03-01', '100.00'));
  await close(company, '2024');
  const stored = await fingerprint(house, company);
  const { id } = await yearOf(company, '2024');
  const statements = [
    ...byHand(true),
    `update fiscal_years set status = 'open' where id = ${id}`,
    `update periods set status = 'open'`,
    `select insert_lines(null, null, true)`,
    `select close_year('2024', gen_random_uuid(), 'x') from post_documents('[]', '[]', true, false, true)`,
  ];
  for (const statement of statements)
    await assert.rejects(
      company.run((tx) => sql.raw(statement).execute(tx.db)),
      /permission denied/,
      statement,
    );
  const closing: EntryInput = cashSale('2024-12-31', '1', { source: 'closing', series: 'CL' });
  await assert.rejects(
    company.run((tx) => postEntries(tx, [closing])),
    /accounting\/closing-entry/,
  );
  assert.deepEqual(await fingerprint(house, company), stored);
});
