// Runs the audit verbs as a person does, and the verifier that docs/audit-export.md prints, on what they export.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Command } from 'commander';
import { projectRoot } from '#lib/config';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { auditCommand } from './audit.ts';

let house: TestHouse;
let company: TestCompany;
let folder: string;

before(async () => {
  house = await openTestHouse();
  company = await createCompany(house.db);
  await company.post(cashSale('2024-01-10', '1.00', { memo: 'नेपाल 🏔 "\\\u007f\u2028' }));
  folder = await mkdtemp(join(tmpdir(), 'himalytix-audit-'));
  process.env.DATABASE_URL = house.url;
});

after(async () => {
  await rm(folder, { recursive: true });
  await house.close();
});

/** Runs `audit …`; what it writes, and what it fails with. */
async function audit(...words: string[]): Promise<{ out: string; failure: string | null }> {
  let out = '';
  const screen = {
    stdout: {
      write: (text: string) => {
        out += text;
      },
    },
    stderr: { write: () => {} },
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  program.addCommand(auditCommand(screen));
  for (const command of program.commands[0]?.commands ?? []) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(['node', 'himalytix', 'audit', ...words]);
    return { out, failure: null };
  } catch (error) {
    return { out, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Exports the log under that name; the path and the head that was printed. */
async function exported(name: string): Promise<{ path: string; head: string }> {
  const path = join(folder, name);
  const { out, failure } = await audit('export', path, '--tenant', company.tenant.slug);
  assert.equal(failure, null);
  return { path, head: /head ([0-9a-f]{64})/.exec(out)?.[1] ?? '' };
}

test('an export verifies with no database, and against the head that it printed', async () => {
  const { path, head } = await exported('whole.ndjson');
  delete process.env.DATABASE_URL;
  const alone = await audit('verify', '--file', path, '--head', head);
  process.env.DATABASE_URL = house.url;
  assert.equal(alone.failure, null);
  assert.match(alone.out, /whole\.ndjson: holds, 2 blocks with \d+ rows, the noted head among them/);
});

test('an earlier head is still in the chain later, and an invented one is not', async () => {
  const { head } = await exported('earlier.ndjson');
  await company.post(cashSale('2024-01-11', '2.00'));
  const { slug } = company.tenant;
  assert.equal((await audit('verify', '--tenant', slug, '--head', head)).failure, null);
  const invented = await audit('verify', '--tenant', slug, '--head', 'ab'.repeat(32));
  assert.equal(invented.failure, '1 audit log is broken');
  assert.match(invented.out, /no block has the noted hash/);
});

test('an export never overwrites a file', async () => {
  const { path } = await exported('once.ndjson');
  assert.match((await audit('export', path, '--tenant', company.tenant.slug)).failure ?? '', /EEXIST/);
});

test('verifying all companies names the broken one and fails', async () => {
  const broken = await createCompany(house.db);
  const { slug, schema } = broken.tenant;
  await house.superuser.query(`alter table ${schema}.audit_rows disable trigger all;
    update ${schema}.audit_rows set action = 'x' where block_seq = 1 and nth = 7`);
  await house.superuser.query('update tenants set status = $1 where slug = $2', ['suspended', slug]);
  const { out, failure } = await audit('verify', '--all');
  assert.equal(failure, '1 audit log is broken');
  assert.match(
    out,
    new RegExp(`^${slug}: BROKEN after 0 blocks with 6 rows: block 1, row 7: the row was altered`, 'm'),
  );
  assert.match(out, new RegExp(`^${company.tenant.slug}: holds`, 'm'));
});

test('verify wants to know what to verify', async () => {
  assert.match((await audit('verify')).failure ?? '', /--tenant/);
  assert.match((await audit('verify', '--all', '--tenant', 'x')).failure ?? '', /--tenant/);
  assert.match((await audit('verify', '--tenant', 'x', '--head', 'zz')).failure ?? '', /hexadecimal/);
  assert.match((await audit('verify', '--file', join(folder, 'none'))).failure ?? '', /ENOENT/);
});

test('a file that was formatted anew is no export any more', async () => {
  const { path } = await exported('fields.ndjson');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"nth":1,', '"nth":1, '));
  assert.match(
    (await audit('verify', '--file', path)).out,
    /line 3: it is no record of an audit log, or was altered/,
  );
});

// The verifier of the documentation is of any language; where there is no Python, its text at least must be there.
test('the verifier that the documentation prints agrees, and finds what was altered', async () => {
  const page = await readFile(join(projectRoot, 'docs', 'audit-export.md'), 'utf8');
  const script = /```python\n(.*?)```/s.exec(page)?.[1] ?? '';
  assert.match(script, /hashlib\.sha256/);
  if (spawnSync('python3', ['--version']).status !== 0) return;
  const { path, head } = await exported('python.ndjson');
  await writeFile(join(folder, 'verify.py'), script);
  const verify = (...words: string[]) =>
    spawnSync('python3', [join(folder, 'verify.py'), path, ...words], { encoding: 'utf8' });
  const whole = verify(head);
  assert.equal(whole.status, 0, whole.stderr);
  assert.match(whole.stdout, new RegExp(`holds: 3 blocks, head ${head}`));
  assert.match(verify('00').stderr, /no block has the noted hash/);
  await writeFile(path, (await readFile(path, 'utf8')).replace('1.00', '1.01'));
  assert.match(verify().stderr, /BROKEN: hash of row 2\/1/);
});
