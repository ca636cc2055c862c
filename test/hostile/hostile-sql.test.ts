// Tries by hand-written SQL, as a company's role, to break the promises of the books; PostgreSQL itself must refuse.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import {
  cashSale,
  createCompany,
  fingerprint,
  openTestHouse,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { hostileGroups, hostileRules } from './statements.ts';

let house: TestHouse;
let mine: TestCompany;
let other: TestCompany;
let stored: unknown;
const names: Record<string, string> = {};

const everything = async () => [await fingerprint(house, mine), await fingerprint(house, other)];

before(async () => {
  house = await openTestHouse(2);
  mine = await createCompany(house.db);
  other = await createCompany(house.db);
  await other.post(cashSale('2024-01-05', '777.00'));
  const [entry = ''] = await mine.post(cashSale('2024-01-10', '100.00'), cashSale('2024-02-10', '200.00'));
  const { schema } = mine.tenant;
  const lock = `update ${schema}.periods set status = 'locked' where starts_on = '2024-06-01' returning id`;
  const { rows } = await house.superuser.query<{ id: string }>(lock);
  await mine.run((tx) =>
    sql`insert into journal_drafts (id, entry_date, memo, lines, total)
    values (gen_random_uuid(), '2024-01-01', 'a draft', '[]', 0)`.execute(tx.db),
  );
  Object.assign(names, { entry, mine: schema, role: mine.tenant.role, locked: String(rows[0]?.id) });
  Object.assign(names, { other: other.tenant.schema, otherrole: other.tenant.role });
  stored = await everything();
});

after(() => house.close());
afterEach(async () => assert.deepEqual(await everything(), stored));

/** The SQLSTATE with which a statement is refused, in the very transaction in which the program works. */
async function refusal(statement: string): Promise<string | undefined> {
  const filled = statement.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '');
  try {
    await mine.run((tx) => sql.raw(filled).execute(tx.db));
    return 'it was carried out';
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

for (const { claim, code, statements } of hostileGroups) {
  test(claim, async () => {
    const answers: [string, string | undefined][] = [];
    for (const statement of statements) answers.push([statement, await refusal(statement)]);
    assert.deepEqual(
      answers.filter(([, answer]) => answer !== code),
      [],
    );
  });
}

for (const [claim, code, statement] of hostileRules) {
  test(claim, async () => assert.equal(await refusal(statement), code));
}

describe('a connection that a hostile statement has been on', () => {
  test('serves the next company as if nothing had been', async () => {
    for (const { statements } of hostileGroups) await refusal(statements[0] ?? '');
    const { rows } = await other.run((tx) =>
      sql<{ role: string; path: string; sales: string }>`select current_user as role,
        current_setting('search_path') as path, (select sum(total) from journal_entries)::text as sales`.execute(
        tx.db,
      ),
    );
    const { role, schema } = other.tenant;
    assert.deepEqual(rows[0], { role, path: `${schema}, pg_temp`, sales: '777.00' });
  });
});
