// The ways in which somebody with every right on the database could alter the audit log or the journal, unseen by triggers.

const altered = /block 3, row 2: the row was altered/;
const row = 'where block_seq = 3 and nth = 2';

/** What is altered, the statements of a superuser past all triggers, and what the verification must say. */
export const tampered: [string, string, RegExp][] = [
  [
    'a block’s number',
    'update audit_blocks set seq = 9 where seq = 3',
    /block 3, row 1: the row belongs to no block/,
  ],
  [
    'a block’s previous hash',
    "update audit_blocks set previous_hash = sha256('x') where seq = 3",
    /block 3 does not follow block 2/,
  ],
  [
    'a block’s hash',
    "update audit_blocks set hash = sha256('x') where seq = 3",
    /block 3: the block was altered/,
  ],
  [
    'a block’s time, by a microsecond',
    "update audit_blocks set at = at + interval '1 microsecond' where seq = 3",
    /block 3: the block was altered/,
  ],
  [
    'a block’s number of rows',
    'update audit_blocks set row_count = 2 where seq = 3',
    /block 3, row 3: .* a row was added/,
  ],
  [
    'a row’s block',
    `update audit_rows set block_seq = 4, nth = 2 ${row}`,
    /block 3: row 2 is missing; row 3 stands/,
  ],
  ['a row’s place', `update audit_rows set nth = 7 ${row}`, /block 3: row 2 is missing/],
  ['a row’s actor', `update audit_rows set actor_id = gen_random_uuid() ${row}`, altered],
  ['a row’s request', `update audit_rows set request_id = '' ${row}`, altered],
  ['a row’s address', `update audit_rows set ip = '192.0.2.8' ${row}`, altered],
  [
    'a row’s address, only its mask',
    "update audit_rows set ip = '192.0.2.7/24' where ip is not null",
    /the row was altered/,
  ],
  ['a row’s subject', `update audit_rows set subject = 'x' ${row}`, /block 3, row 2: the row was altered/],
  ['a row’s subject id', `update audit_rows set subject_id = gen_random_uuid() ${row}`, altered],
  ['a row’s action', `update audit_rows set action = 'change' ${row}`, altered],
  [
    'one character of a row’s content',
    `update audit_rows set content = replace(content, '"200.00"', '"200.01"') ${row}`,
    altered,
  ],
  ['a space in a row’s content', `update audit_rows set content = content || ' ' ${row}`, altered],
  ['a row’s hash', `update audit_rows set hash = sha256('x') ${row}`, altered],
  [
    'the border between two fields',
    `update audit_rows set subject = 'journal_', subject_id = 'entry' || subject_id ${row}`,
    altered,
  ],
  [
    'a row together with its hash',
    `update audit_rows r set action = 'x', hash = (select hash from audit_rows where block_seq = 1 and nth = 1) ${row}`,
    altered,
  ],
  [
    'the first row of a block, removed',
    'delete from audit_rows where block_seq = 3 and nth = 1',
    /block 3: row 1 is missing/,
  ],
  ['a row in the middle, removed', `delete from audit_rows ${row}`, /block 3: row 2 is missing/],
  [
    'the last row of a block, removed',
    'delete from audit_rows where block_seq = 3 and nth = 3',
    /block 3: row 3 of 3 is missing/,
  ],
  [
    'the last row, removed and no longer counted',
    'delete from audit_rows where block_seq = 3 and nth = 3; update audit_blocks set row_count = 2 where seq = 3',
    /block 3: the block was altered/,
  ],
  [
    'two rows, swapped',
    'update audit_rows set nth = 103 - nth where block_seq = 3 and nth < 3; update audit_rows set nth = nth - 100 where block_seq = 3 and nth > 100',
    /block 3, row 1: it was written as row 2; rows were swapped/,
  ],
  [
    'two rows of different blocks, swapped',
    'update audit_rows set block_seq = -block_seq where block_seq > 2 and nth = 1; update audit_rows set block_seq = 7 + block_seq where block_seq < 0',
    /block 3: the block was altered/,
  ],
  [
    'two blocks, swapped',
    'update audit_blocks set seq = 105 - seq where seq in (2, 3); update audit_blocks set seq = seq - 100 where seq > 100',
    /block 2 does not follow block 1/,
  ],
  [
    'a row, added',
    'insert into audit_rows select block_seq, 4, actor_id, request_id, ip, subject, subject_id, action, content, hash from audit_rows where block_seq = 3 and nth = 1',
    /block 3, row 4: the block has 3 rows only; a row was added/,
  ],
  [
    'a row of no block, added',
    'insert into audit_rows select 99, 1, actor_id, request_id, ip, subject, subject_id, action, content, hash from audit_rows where block_seq = 3 and nth = 1',
    /block 99, row 1: the row belongs to no block/,
  ],
  [
    'a block, added',
    "insert into audit_blocks select 5, hash, sha256('x'), at, 1 from audit_blocks where seq = 4",
    /block 5: row 1 of 1 is missing/,
  ],
  [
    'the first block, removed',
    'delete from audit_rows where block_seq = 1; delete from audit_blocks where seq = 1',
    /block 1 is missing/,
  ],
  [
    'a block in the middle, removed',
    'delete from audit_rows where block_seq = 2; delete from audit_blocks where seq = 2',
    /block 2 is missing; after block 1 comes block 3/,
  ],
  [
    'the last block, removed',
    'delete from audit_rows where block_seq = 4; delete from audit_blocks where seq = 4',
    /the head says block 4 .* the last block is 3/,
  ],
  ['all blocks, removed', 'delete from audit_rows; delete from audit_blocks', /the head says block 4/],
  ['the head’s number', 'update audit_head set seq = 5', /the head says block 5/],
  ['the head’s hash', "update audit_head set hash = sha256('x')", /the head says block 4/],
  ['the head, removed', 'delete from audit_head', /the head is missing/],
  [
    'the last block with the head, removed',
    'delete from audit_rows where block_seq = 4; delete from audit_blocks where seq = 4; update audit_head set seq = 3, hash = (select hash from audit_blocks where seq = 3)',
    /entry JV-2024-000004 is in the journal and not in the audit log/,
  ],
  [
    'an amount in the journal',
    'update journal_lines set debit = debit + 0.0001 where debit = 200',
    /block 3, row 2: entry JV-2024-000002 differs/,
  ],
  [
    'a memo in the journal',
    "update journal_entries set memo = 'x' where sequence = 3",
    /entry JV-2024-000003 differs/,
  ],
  [
    'an account in the journal',
    'update journal_lines set account_id = account_id + 1 where debit = 200',
    /entry JV-2024-000002 differs/,
  ],
  ['who posted an entry', 'update journal_entries set posted_by = null', /entry JV-2024-000004 differs/],
  [
    'an entry, removed from the journal',
    'delete from journal_lines where entry_id = (select id from journal_entries where sequence = 3); delete from journal_entries where sequence = 3',
    /entry JV-2024-000003 is in the audit log and no longer in the journal/,
  ],
  [
    'an entry, added to the journal',
    "insert into journal_entries (id, series_id, fiscal_year_id, period_id, numbered_since, sequence, number, entry_date, memo, total, source) select gen_random_uuid(), series_id, fiscal_year_id, period_id, numbered_since, 5, 'JV-5', entry_date, memo, total, source from journal_entries where sequence = 3",
    /entry JV-5 is in the journal and not in the audit log/,
  ],
];
