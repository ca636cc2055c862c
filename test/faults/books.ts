// Holds the books against what the clients were told, and proves all invariants anew.
import assert from 'node:assert/strict';
import { verifyBooks } from '#accounting';
import { inTenant, systemActor } from '#lib/tenant-tx';
import type { FaultHouse } from './fault-house.ts';
import type { Notebook, Told } from './notebook.ts';
import { within } from './trial.ts';

type Row = { id: string; number: string; memo: string; total: string };

/** The entries in the books, by their memos; a memo that is there twice fails. */
async function entriesByMemo({ superuser, company }: FaultHouse): Promise<Map<string, Row>> {
  const { rows } = await superuser.query<Row>(
    `select id, number, memo, total from ${company.tenant.schema}.journal_entries where source = 'api'`,
  );
  const entries = new Map(rows.map((row) => [row.memo, row]));
  assert.equal(entries.size, rows.length, 'I5: an entry was posted twice under one key');
  return entries;
}

/** The entries that a client was told to be posted and that are not in the books as told. */
export async function lostEntries(house: FaultHouse, notebook: Notebook): Promise<Told[]> {
  const entries = await entriesByMemo(house);
  return [...notebook.told.values()].filter(({ memo, id, number, total }) => {
    const row = entries.get(memo);
    return !(row && row.id === id && row.number === number && Number(row.total) === Number(total));
  });
}

/** Runs all checks of `himalytix verify`: I1, I2, I3, I5, I6, I7 and I9 as far as they are seen in the rows. */
export async function assertVerified({ db, company }: FaultHouse): Promise<void> {
  const verdicts = await inTenant(db, company.tenant, systemActor, verifyBooks, { snapshot: true });
  const broken = verdicts.filter(({ breaches }) => breaches > 0);
  assert.deepEqual(broken, [], 'an invariant is broken');
}

/**
 * Fails unless all invariants hold, every entry that was answered 201 is there as answered, none that was refused is, and none
 * that nobody sent. Of entries whose fate is unknown nothing is said.
 */
export async function assertBooks(house: FaultHouse, notebook: Notebook): Promise<void> {
  await assertVerified(house);
  assert.deepEqual(await lostEntries(house, notebook), [], 'I4: acknowledged entries are lost');
  const entries = await entriesByMemo(house);
  const memos = [...notebook.refused.values()].flatMap((each) => each.entries.map(({ memo }) => memo));
  assert.deepEqual(
    memos.filter((memo) => entries.has(memo)),
    [],
    'I9: refused entries are there',
  );
  const strange = [...entries.keys()].filter((memo) => !notebook.sent.has(memo.split('/', 1)[0] ?? ''));
  assert.deepEqual(strange, [], 'there are entries that nobody sent');
}

/** Fails when of a request whose fate is unknown some entries are there and others are not. */
export async function assertWhole(house: FaultHouse, notebook: Notebook): Promise<void> {
  const entries = await entriesByMemo(house);
  for (const { key, entries: sent } of notebook.unknown.values()) {
    const there = sent.filter(({ memo }) => entries.has(memo)).length;
    assert.ok(
      there === 0 || there === sent.length,
      `I9: ${there} of ${sent.length} entries of ${key} are there`,
    );
  }
}

/** Fails when a transaction of the program is still open after five seconds. */
export async function assertNoneOpen({ superuser }: FaultHouse): Promise<void> {
  await within(5000, 'no transaction is left open', async () => {
    const { rowCount } = await superuser.query(
      `select from pg_stat_activity where datname = current_database() and xact_start is not null
        and application_name like 'himalytix%'`,
    );
    return rowCount === 0;
  });
}
