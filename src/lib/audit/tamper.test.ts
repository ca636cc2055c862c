// Alters an audit log in every way that we could think of, in the database and in its export, and sees each found.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type pg from 'pg';
import { compareJournal, reverseEntry } from '#accounting';
import { auditLines, readAuditFile } from '#lib/audit/audit-file';
import { readChain } from '#lib/audit/read-chain';
import { verifyChain } from '#lib/audit/verify-chain';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';

let house: TestHouse;
let company: TestCompany;
let intruder: pg.PoolClient;
let folder: string;
let exported: Buffer;
let lines: string[];
const noted: string[] = [];

const tables = [
  'audit_blocks',
  'audit_rows',
  'audit_head',
  'journal_entries',
  'journal_lines',
  'account_balances',
];
const actor = {
  ...systemActor,
  userId: '01900000-0000-7000-8000-000000000001',
  requestId: 'r-1',
  ip: '192.0.2.7',
};

const inSnapshot = <T>(work: Parameters<typeof inTenant<T>>[3]) =>
  inTenant(house.db, company.tenant, systemActor, work, { snapshot: true });

/** What the verification of the database finds: in the chain, and else in the journal that it is compared with. */
const findings = (head: string | null = null) =>
  inSnapshot(
    async (tx) => (await verifyChain(readChain(tx), { noted: head })).fault ?? (await compareJournal(tx)),
  );

before(async () => {
  house = await openTestHouse(3);
  company = await createCompany(house.db, { years: 1 });
  await company.run(async (tx) => {
    await tx.db.updateTable('accounts').set({ name: 'Cash in hand' }).where('code', '=', '1010').execute();
  }, actor);
  const [first = ''] = await company.post(
    cashSale('2024-01-10', '100.00'),
    cashSale('2024-01-11', '200.00'),
    cashSale('2024-01-12', '300.50', { memo: 'Sale of “tea” \\ नेपाल\n' }),
  );
  await company.run((tx) => reverseEntry(tx, first), actor);
  folder = await mkdtemp(join(tmpdir(), 'himalytix-audit-'));
  await inSnapshot(async (tx) => {
    const text = await Array.fromAsync(auditLines(readChain(tx)));
    exported = Buffer.from(text.join(''));
    lines = text;
  });
  intruder = await house.superuser.connect();
  await intruder.query(`set search_path = ${company.tenant.schema}; set session_replication_role = replica`);
  for (const table of tables) await intruder.query(`create temporary table kept_${table} as table ${table}`);
  const { rows } = await intruder.query("select encode(hash, 'hex') as hash from audit_blocks order by seq");
  noted.push(...rows.map((row) => row.hash));
});

after(async () => {
  intruder?.release(true);
  await house.close();
  await rm(folder, { recursive: true });
});

afterEach(async () => {
  for (const table of tables) {
    await intruder.query(
      `delete from ${table}; insert into ${table} overriding system value table kept_${table}`,
    );
  }
});

const fileFindings = async (contents: string | Buffer, head: string | null = null) => {
  const path = join(folder, 'log.ndjson');
  await writeFile(path, contents);
  return (await verifyChain(readAuditFile(path), { noted: head })).fault;
};

const altered = /block 3, row 2: the row was altered/;
const row = 'where block_seq = 3 and nth = 2';

const tampered: [string, string, RegExp][] = [
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
    "insert into journal_entries select gen_random_uuid(), series_id, fiscal_year_id, period_id, 5, 'JV-5', entry_date, memo, reference, total, source, null, null from journal_entries where sequence = 3",
    /entry JV-5 is in the journal and not in the audit log/,
  ],
];

describe('found in the database is', () => {
  test('nothing while nothing was altered', async () => {
    assert.equal(await findings(), null);
    for (const hash of noted) assert.equal(await findings(hash), null);
  });

  for (const [what, statements, expected] of tampered) {
    test(what, async () => {
      await intruder.query(statements);
      assert.match((await findings()) ?? 'nothing', expected);
    });
  }

  test('a tail that was cut off together with its entries, by the head that was noted', async () => {
    await intruder.query(`delete from journal_lines where entry_id in (select id from journal_entries where sequence = 4);
      delete from journal_entries where sequence = 4; delete from audit_rows where block_seq = 4;
      delete from audit_blocks where seq = 4; update audit_head set seq = 3, hash = (select hash from audit_blocks where seq = 3)`);
    assert.equal(await findings(noted[2] ?? ''), null);
    assert.match((await findings(noted[3] ?? '')) ?? 'nothing', /no block has the noted hash/);
  });
});

const without = (...gone: number[]) => lines.filter((_, index) => !gone.includes(index)).join('');
const place = (part: string) => lines.findIndex((line) => line.startsWith(part));
const swapped = (a: number, b: number) =>
  lines
    .with(a, lines[b] ?? '')
    .with(b, lines[a] ?? '')
    .join('');

const falsified: [string, () => string, RegExp][] = [
  ['a removed row', () => without(place('{"row":{"block":3,"nth":2')), /block 3: row 2 is missing/],
  [
    'two swapped rows',
    () => swapped(place('{"row":{"block":3,"nth":2'), place('{"row":{"block":3,"nth":3')),
    /block 3: row 2 is missing; row 3 stands/,
  ],
  [
    'an added row',
    () =>
      lines
        .toSpliced(place('{"row":{"block":3,"nth":2'), 0, lines[place('{"row":{"block":3,"nth":2')] ?? '')
        .join(''),
    /block 3: row 3 is missing; row 2 stands/,
  ],
  [
    'a removed block without its rows',
    () => without(place('{"block":{"seq":3')),
    /block 3, row 1: the row belongs to no block/,
  ],
  ['a removed header', () => without(0), /line 1: the file is no audit log/],
  ['a removed head', () => without(lines.length - 1), /the head is missing/],
  [
    'a removed last block',
    () => [...lines.slice(0, place('{"block":{"seq":4')), lines.at(-1)].join(''),
    /the head says block 4/,
  ],
  ['something after the head', () => `${lines.join('')}${lines.at(-1)}`, /more after the head/],
  ['a line cut in two', () => lines.join('').slice(0, -10), /the line has no end/],
  ['an empty file', () => '', /cut off/],
];

describe('found in an exported file is', () => {
  test('nothing while nothing was altered', async () => {
    for (const hash of [null, ...noted]) assert.equal(await fileFindings(exported, hash), null);
  });

  for (const [what, contents, expected] of falsified) {
    test(what, async () => assert.match((await fileFindings(contents())) ?? 'nothing', expected));
  }

  test('a tail that was cut off and given a new head, by the head that was noted', async () => {
    const head = `{"head":{"seq":3,"hash":"${noted[2]}"}}\n`;
    const cut = [...lines.slice(0, place('{"block":{"seq":4')), head].join('');
    assert.equal(await fileFindings(cut), null);
    assert.match((await fileFindings(cut, noted[3])) ?? 'nothing', /no block has the noted hash/);
  });

  test('a single flipped bit, wherever it is', async () => {
    const blocks = Buffer.from([...lines.slice(0, 4), ...lines.slice(place('{"block":{"seq":2'))].join(''));
    const start = exported.length - blocks.length;
    const missed: number[] = [];
    for (let at = 0; at < exported.length; at += at < 600 || at > start + 600 ? 7 : 101) {
      const copy = Buffer.from(exported);
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      if ((await fileFindings(copy)) === null) missed.push(at);
    }
    assert.deepEqual(missed, []);
    assert.equal((await readFile(join(folder, 'log.ndjson'))).length, exported.length);
  });
});
