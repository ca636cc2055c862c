// Tries to write the audit log by hand, as a company's role and as the owner of its schema.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import {
  cashSale,
  createCompany,
  fingerprint,
  openTestHouse,
  type TestCompany,
  type TestHouse,
} from '#test/company';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  house = await openTestHouse(2);
  company = await createCompany(house.db);
  await company.post(cashSale('2024-01-10', '1.00'));
});

after(() => house.close());

const byHand = [
  'update audit_rows set action = action',
  'update audit_blocks set at = now()',
  'delete from audit_rows',
  'delete from audit_blocks',
  'truncate audit_rows',
  'truncate audit_blocks',
  "insert into audit_blocks select seq + 1, hash, sha256('x'), at, 1 from audit_blocks order by seq desc limit 1",
  'insert into audit_rows select block_seq, 1000, actor_id, request_id, ip, subject, subject_id, action, content, hash from audit_rows limit 1',
  'update audit_head set seq = seq + 1',
  'delete from audit_head',
  'truncate audit_head',
  "insert into audit_head values (false, 0, sha256('x'))",
  "select append_block(array[null::uuid], array['x'], array[null::inet], array['x'], array['x'], array['x'], array['{}'])",
];

const functions = [
  "insert into audit_pending (subject, subject_id, action, content) values ('x', 'x', 'x', '{}')",
  'select * from audit_pending',
  "select audit_note('x', 'x', 'create', null, '{}')",
  'select seal_pending()',
  "select audit_content(null, '{}')",
  'select record_postings()',
  'lock table audit_head',
  'select * from audit_head for update',
];

test('neither the company’s role nor the owner of its schema writes the log by hand', async () => {
  const stored = await fingerprint(house, company);
  const owner = new pg.Client(house.url);
  await owner.connect();
  await owner.query(`set search_path = ${company.tenant.schema}`);
  for (const statement of byHand) {
    await assert.rejects(owner.query(statement), { code: 'HX002', message: 'audit/append-only' }, statement);
  }
  for (const statement of [...byHand, ...functions]) {
    await assert.rejects(
      company.run((tx) => sql.raw(statement).execute(tx.db)),
      { code: '42501' },
      statement,
    );
  }
  await owner.end();
  assert.deepEqual(await fingerprint(house, company), stored);
});
