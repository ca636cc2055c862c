// What every sound journal holds, asked of the rows themselves, past every function and trigger that keeps them.
import { type Check, checkBy } from './check.ts';

const entries = { of: 'entries', all: 'select from journal_entries' };
const lines = { of: 'lines', all: 'select from journal_lines' };

/** I1, I2 and I3 of a company at rest, and that nothing is there which a rejected request could have left (I9). */
export const journalChecks: Check[] = [
  checkBy({
    ...entries,
    invariant: 'I1',
    claim: 'debits equal credits in each entry',
    wrong: 'select entry_id as id from journal_lines group by entry_id having sum(debit) <> sum(credit)',
  }),
  checkBy({
    invariant: 'I1',
    claim: 'debits equal credits in each period',
    of: 'periods',
    all: 'select from periods',
    wrong: 'select period_id as id from journal_lines group by period_id having sum(debit) <> sum(credit)',
  }),
  checkBy({
    invariant: 'I1',
    claim: 'debits equal credits in the company',
    of: 'fiscal years',
    all: 'select from fiscal_years',
    wrong: `select 'all' as id from journal_lines having sum(debit) <> sum(credit)`,
  }),
  checkBy({
    ...entries,
    invariant: 'I1',
    claim: 'an entry’s total is the sum of its debits, of at least two lines',
    wrong: `select e.id from journal_entries e left join journal_lines l on l.entry_id = e.id
      group by e.id having count(l.entry_id) < 2 or sum(l.debit) is distinct from e.total`,
  }),
  checkBy({
    ...lines,
    invariant: 'I1',
    claim: 'a line has one positive side',
    wrong: `select entry_id || '/' || line_no as id from journal_lines
      where debit < 0 or credit < 0 or (debit > 0) = (credit > 0)`,
  }),
  checkBy({
    ...lines,
    invariant: 'I1',
    claim: 'a line has the date and the period of its entry',
    wrong: `select l.entry_id || '/' || l.line_no as id from journal_lines l join journal_entries e on e.id = l.entry_id
      where l.entry_date <> e.entry_date or l.period_id <> e.period_id`,
  }),
  checkBy({
    ...lines,
    invariant: 'I1',
    claim: 'a line is on a posting account',
    wrong: `select l.entry_id || '/' || l.line_no as id from journal_lines l
      where not exists (select from accounts a where a.id = l.account_id and not a.is_group)`,
  }),
  checkBy({
    ...entries,
    invariant: 'I1',
    claim: 'an entry lies within its period and its fiscal year',
    wrong: `select e.id from journal_entries e where not exists (
      select from periods p where p.id = e.period_id and p.fiscal_year_id = e.fiscal_year_id
        and e.entry_date between p.starts_on and p.ends_on)`,
  }),
  checkBy({
    invariant: 'I1',
    claim: 'a reversal mirrors the entry that it reverses',
    of: 'reversals',
    all: 'select from journal_entries where reverses_id is not null',
    wrong: `select distinct r.id from journal_entries r join (
        select e.id, l.account_id, l.currency, l.debit, l.credit, l.amount, 1 as n
        from journal_entries e join journal_lines l on l.entry_id = e.id where e.reverses_id is not null
        union all
        select e.id, l.account_id, l.currency, l.credit, l.debit, l.amount, -1
        from journal_entries e join journal_lines l on l.entry_id = e.reverses_id
      ) sides on sides.id = r.id
      group by r.id, account_id, currency, debit, credit, amount having sum(n) <> 0
      union select r.id from journal_entries r where r.reverses_id is not null
        and not exists (select from journal_entries o where o.id = r.reverses_id)
      union select min(id::text)::uuid from journal_entries where reverses_id is not null
        group by reverses_id having count(*) > 1`,
  }),
  checkBy({
    invariant: 'I2',
    claim: 'a balance is the sum of its lines',
    of: 'balances',
    all: 'select from account_balances',
    wrong: `select 'account ' || account_id || ' period ' || period_id || ' ' || currency as id from (
        select account_id, period_id, currency, closing, debit, credit, amount_debit, amount_credit, 1 as kept from account_balances
        union all
        select account_id, period_id, currency, closing, -sum(debit), -sum(credit), -coalesce(sum(amount) filter (where debit > 0), 0),
          -coalesce(sum(amount) filter (where credit > 0), 0), 0
        from journal_lines group by account_id, period_id, currency, closing
      ) both_sides
      group by account_id, period_id, currency, closing
      having sum(debit) <> 0 or sum(credit) <> 0 or sum(amount_debit) <> 0 or sum(amount_credit) <> 0 or sum(kept) > 1`,
  }),
  checkBy({
    invariant: 'I2',
    claim: 'a day’s sum is the sum of its lines',
    of: 'days of accounts',
    all: 'select from account_days',
    wrong: `select 'account ' || account_id || ' on ' || entry_date as id from (
        select account_id, entry_date, debit, credit, lines, 1 as kept from account_days
        union all
        select account_id, entry_date, -sum(debit), -sum(credit), -count(*), 0 from journal_lines group by account_id, entry_date
      ) both_sides
      group by account_id, entry_date having sum(debit) <> 0 or sum(credit) <> 0 or sum(lines) <> 0 or sum(kept) > 1`,
  }),
  checkBy({
    invariant: 'I2',
    claim: 'a balance by dimension is the sum of its lines',
    of: 'dimensions',
    all: 'select from dimensions',
    wrong: `select 'value ' || value_id || ' account ' || account_id || ' period ' || period_id as id from (
        select value_id, account_id, period_id, closing, debit, credit, 1 as kept from dimension_balances
        union all
        select value_id, account_id, period_id, closing, -sum(debit), -sum(credit), 0
        from journal_line_dimensions where dimension_id in (select id from dimensions where keeps_balances)
        group by value_id, account_id, period_id, closing
      ) both_sides
      group by value_id, account_id, period_id, closing having sum(debit) <> 0 or sum(credit) <> 0 or sum(kept) > 1`,
  }),
  checkBy({
    invariant: 'I2',
    claim: 'a line’s dimensions have its account, its date and its amounts',
    of: 'lines',
    all: 'select from journal_lines',
    wrong: `select d.entry_id || '/' || d.line_no as id from journal_line_dimensions d
      left join journal_lines l on l.entry_id = d.entry_id and l.line_no = d.line_no
      where (l.account_id, l.period_id, l.entry_date, l.closing, l.debit, l.credit)
        is distinct from (d.account_id, d.period_id, d.entry_date, d.closing, d.debit, d.credit)`,
  }),
  checkBy({
    invariant: 'I2',
    claim: 'a line’s branch is what its dimensions say',
    of: 'lines',
    all: 'select from journal_lines',
    wrong: `select l.entry_id || '/' || l.line_no as id from journal_lines l
      left join (
        select d.entry_id, d.line_no, d.value_id from journal_line_dimensions d join dimensions m on m.id = d.dimension_id and m.code = 'branch'
      ) b on b.entry_id = l.entry_id and b.line_no = l.line_no
      where l.branch_id is distinct from b.value_id`,
  }),
  checkBy({
    invariant: 'I1',
    claim: 'a line in another currency has its amount there, and no other line has one',
    of: 'lines',
    all: 'select from journal_lines',
    wrong: `select entry_id || '/' || line_no as id from journal_lines, company c
      where (journal_lines.currency = c.currency) <> (amount is null) or amount < 0`,
  }),
  checkBy({
    invariant: 'I1',
    claim: 'a closed fiscal year has nothing left on its income and expense accounts',
    of: 'fiscal years',
    all: 'select from fiscal_years',
    wrong: `select y.name as id from fiscal_years y where y.status = 'closed' and exists (
      select from journal_lines l join accounts a on a.id = l.account_id
      where a.type in ('income', 'expense') and l.entry_date <= y.ends_on group by l.account_id having sum(l.debit) <> sum(l.credit))`,
  }),
  checkBy({
    invariant: 'I3',
    claim: 'numbers run from 1 without gap or double, up to the counter',
    of: 'series and years',
    all: 'select from number_counters',
    wrong: `select 'series ' || series_id || ' since ' || since as id from (
        select series_id, numbered_since as since, count(*) as n, min(sequence) as first, max(sequence) as last,
          count(distinct sequence) as sequences, count(distinct number) as numbers
        from journal_entries group by series_id, numbered_since
      ) e full join number_counters c using (series_id, since)
      where (first, last, sequences, numbers, last_number) is distinct from (1, n, n, n, n)`,
  }),
  checkBy({
    ...entries,
    invariant: 'I3',
    claim: 'a number is nobody else’s',
    wrong: 'select number as id from journal_entries group by number having count(*) > 1',
  }),
  checkBy({
    ...lines,
    invariant: 'I9',
    claim: 'a line belongs to an entry',
    wrong: `select l.entry_id || '/' || l.line_no as id from journal_lines l
      where not exists (select from journal_entries e where e.id = l.entry_id)`,
  }),
  checkBy({
    invariant: 'I9',
    claim: 'a draft that was posted is gone',
    of: 'drafts',
    all: 'select from journal_drafts',
    wrong: 'select id from journal_drafts where id in (select id from journal_entries)',
  }),
];
