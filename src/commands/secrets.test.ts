// Rotates the keys that seal secrets as an operator does, interrupts it, and tries to drop a key that is in use.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { loadConfig } from '#lib/config';
import { openKeyRing } from '#lib/key-ring';
import { resealAll } from '#lib/reseal';
import { newSecretKey, secretKeyText } from '#lib/secret-keys';
import { openTestHouse, type TestHouse } from '#test/company';
import { keysCommand } from './keys.ts';
import { secretsCommand } from './secrets.ts';

let house: TestHouse;
let folder: string;
before(async () => {
  house = await openTestHouse();
  folder = await mkdtemp(path.join(tmpdir(), 'himalytix-secrets-'));
  process.env.DATABASE_URL = house.url;
  process.env.HIMALYTIX_DATA_DIR = folder;
});
after(async () => {
  await house.close();
  await rm(folder, { recursive: true });
});

async function run(command: 'secrets' | 'keys', ...words: string[]): Promise<string> {
  let said = '';
  const screen = { stdout: { write: (text: string) => (said += text) } };
  const made = command === 'secrets' ? secretsCommand(screen) : keysCommand(screen);
  await made.exitOverride().parseAsync(['node', command, ...words]);
  return said;
}

const ringHere = () => openKeyRing(loadConfig(process.env));
const rowsSealed = async () =>
  (await house.superuser.query<{ kid: string; private_sealed: string }>('select * from signing_keys')).rows;

test('a rotation puts a new key first, seals everything anew with it, and then lets the old one be dropped', async () => {
  for (const _ of [1, 2, 3]) await run('keys', 'rotate', '--now');
  const [old = ''] = (await ringHere()).ids();
  assert.match(await run('secrets', 'status'), new RegExp(`  ${old}  3 secrets  seals\n`));
  await assert.rejects(run('secrets', 'drop', old), /is the key that seals; rotate first/);
  const plain = (await rowsSealed()).map(({ kid }) => kid);
  const said = await run('secrets', 'rotate');
  const [fresh = ''] = (await ringHere()).ids();
  assert.notEqual(fresh, old);
  assert.match(said, new RegExp(`3 secrets were sealed anew with ${fresh}\n`));
  assert.match(said, new RegExp(`  ${old}  0 secrets  opens; may be dropped\n`));
  assert.deepEqual((await rowsSealed()).map(({ kid }) => kid).sort(), plain.sort());
  await run('secrets', 'drop', old);
  assert.deepEqual((await ringHere()).ids(), [fresh]);
  assert.ok(!(await readFile(path.join(folder, 'secret-keys'), 'utf8')).includes(old));
  for (const { kid, private_sealed: sealed } of await rowsSealed()) {
    const jwk = JSON.parse((await ringHere()).open(sealed, `signing_keys.private:${kid}`).toString());
    assert.equal(typeof jwk.d, 'string');
  }
  await assert.rejects(run('secrets', 'drop', old), /there is no key/);
});

test('a rotation that was interrupted goes on where it was, and a key in use is not dropped meanwhile', async () => {
  await house.superuser.query('create table public.trial (id integer primary key, sealed text)');
  await house.superuser.query('grant select, update on public.trial to himalytix');
  const columns = [{ table: 'trial', column: 'sealed', id: 'id', context: (id: string) => `trial:${id}` }];
  const [first, second] = [newSecretKey(), newSecretKey()];
  const ringOf = (...keys: (typeof first)[]) =>
    openKeyRing({ secretKeys: keys.map(secretKeyText).join(','), secretKeysFile: null, dataDir: folder });
  const before = await ringOf(first);
  for (let id = 1; id <= 250; id += 1) {
    const sealed = before.seal(`secret ${id}`, id === 99 ? 'elsewhere' : `trial:${id}`);
    await house.superuser.query('insert into public.trial values ($1, $2)', [id, sealed]);
  }
  const ring = await ringOf(second, first);
  const done: number[] = [];
  const onProgress = (count: number) => done.push(count);
  await assert.rejects(resealAll(house.db, ring, { columns, onProgress }), /trial:99 does not open/);
  assert.deepEqual(done, [100, 200]);
  await house.superuser.query('update public.trial set sealed = $1 where id = 99', [
    before.seal('secret 99', 'trial:99'),
  ]);
  assert.equal(await resealAll(house.db, ring, { columns }), 50);
  assert.equal(await resealAll(house.db, ring, { columns }), 0);
  const alone = await ringOf(second);
  const { rows } = await house.superuser.query<{ id: number; sealed: string }>('select * from public.trial');
  for (const { id, sealed } of rows)
    assert.equal(alone.open(sealed, `trial:${id}`).toString(), `secret ${id}`);
});

test('keys of the environment are told what to become, and one that seals is not let go', async () => {
  const [seals, opens] = [newSecretKey(), newSecretKey()];
  await house.superuser.query('delete from signing_keys');
  process.env.HIMALYTIX_SECRET_KEYS = secretKeyText(opens);
  try {
    await run('keys', 'rotate', '--now');
    const asked = await run('secrets', 'rotate');
    assert.match(await run('secrets', 'new'), /^[0-9]{8}-[0-9a-f]{6}:[A-Za-z0-9+/]{43}=\n$/);
    assert.match(asked, /only you can change.*\n {2}[0-9]{8}-[0-9a-f]{6}:[A-Za-z0-9+/]{43}=\n/);
    process.env.HIMALYTIX_SECRET_KEYS = [seals, opens].map(secretKeyText).join(',');
    await assert.rejects(run('secrets', 'drop', opens.id), /still seals 1 in the database/);
    assert.match(await run('secrets', 'reseal'), /1 secret was sealed anew/);
    assert.match(await run('secrets', 'drop', opens.id), /take it out of HIMALYTIX_SECRET_KEYS/);
    process.env.HIMALYTIX_SECRET_KEYS = secretKeyText(newSecretKey());
    await assert.rejects(run('secrets', 'status'), /cannot be opened with these keys/);
  } finally {
    delete process.env.HIMALYTIX_SECRET_KEYS;
  }
});

test('signing keys are listed by what they do, and retired by name', async () => {
  await house.superuser.query('delete from signing_keys');
  await run('keys', 'rotate', '--now');
  await run('keys', 'rotate', '--after', '300');
  const listed = await run('keys', 'list');
  assert.match(listed, /signs from .*\n.*signs since /);
  const [coming = ''] = listed.split(' ');
  assert.match(await run('keys', 'retire', coming), /is retired/);
  assert.match(await run('keys', 'list'), new RegExp(`${coming} .*retired at`));
});
