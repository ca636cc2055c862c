// Checks the promises of the books by plain aggregates over all lines, past every function that keeps them.
import assert from 'node:assert/strict';
import type { TestCompany, TestHouse } from '#test/company';

const checks = {
  'debits and credits differ in an entry': `
    select entry_id from lines group by entry_id having sum(debit) <> sum(credit)`,
  'an entry has another total, date or period than its lines': `
    select e.id from entries e left join lines l on l.entry_id = e.id
    group by e.id, e.total, e.entry_date, e.period_id
    having count(*) < 2 or sum(l.debit) <> e.total
      or bool_or(l.entry_date <> e.entry_date or l.period_id <> e.period_id)`,
  'a line has no entry':
    'select l.entry_id from lines l left join entries e on e.id = l.entry_id where e.id is null',
  'a balance is not the sum of its lines': `
    select account_id, period_id from
      (select account_id, period_id, currency, debit, credit from balances
       union all select account_id, period_id, currency, -debit, -credit from lines) both_sides
    group by account_id, period_id, currency having sum(debit) <> 0 or sum(credit) <> 0`,
  'numbers have a gap, a double or another counter': `
    select e.series_id, e.numbered_since from entries e
      left join counters c on (c.series_id, c.since) = (e.series_id, e.numbered_since)
    group by e.series_id, e.numbered_since, c.last_number
    having min(sequence) <> 1 or max(sequence) <> count(*) or count(distinct sequence) <> count(*)
      or count(distinct number) <> count(*) or c.last_number is distinct from count(*)`,
  'a counter counts what is not there': `
    select c.series_id from counters c left join entries e on (e.series_id, e.numbered_since) = (c.series_id, c.since)
    group by c.series_id, c.since, c.last_number having c.last_number <> count(e.id)`,
};

/** Fails with the first promise that does not hold in the company, looking as a superuser. */
export async function assertBooksHold({ superuser }: TestHouse, { tenant }: TestCompany): Promise<void> {
  const tables = ['entries', 'lines', 'balances', 'counters'];
  const names = ['journal_entries', 'journal_lines', 'account_balances', 'number_counters'];
  const views = tables.map((table, index) => `${table} as (select * from ${tenant.schema}.${names[index]})`);
  for (const [fault, query] of Object.entries(checks)) {
    const { rows } = await superuser.query(`with ${views.join(', ')} ${query}`);
    assert.deepEqual(rows, [], fault);
  }
}
