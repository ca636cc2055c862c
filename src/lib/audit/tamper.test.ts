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
import { tampered } from '#test/hostile/tampering';

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

  // TAMPER_EVERY_BYTE=1 tries each byte instead of some, which takes minutes.
  test('a single flipped bit, wherever it is', async () => {
    const strides = process.env.TAMPER_EVERY_BYTE === '1' ? { short: 1, long: 1 } : { short: 13, long: 401 };
    const blocks = Buffer.from([...lines.slice(0, 4), ...lines.slice(place('{"block":{"seq":2'))].join(''));
    const start = exported.length - blocks.length;
    const missed: number[] = [];
    for (
      let at = 0;
      at < exported.length;
      at += at < 600 || at > start + 600 ? strides.short : strides.long
    ) {
      const copy = Buffer.from(exported);
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      if ((await fileFindings(copy)) === null) missed.push(at);
    }
    assert.deepEqual(missed, []);
    assert.equal((await readFile(join(folder, 'log.ndjson'))).length, exported.length);
  });
});
