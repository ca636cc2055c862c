// Proves that a sealed secret opens with its key and in its place only, also after keys were rotated.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { writeKeyFile } from './key-file.ts';
import { KeyRingError, keyRingOf, openKeyRing, sealedWith } from './key-ring.ts';
import { newSecretKey, parseSecretKeys, secretKeyText } from './secret-keys.ts';

const folders: string[] = [];
async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'himalytix-keys-'));
  folders.push(made);
  return made;
}
after(() => Promise.all(folders.map((each) => rm(each, { recursive: true }))));

const unset = { secretKeys: null, secretKeysFile: null };
const context = 'users.totp:018f';
const [first, second] = [newSecretKey(), newSecretKey()];
const ring = keyRingOf(() => [first, second]);

test('a secret opens as it was, text or bytes or nothing, and no two sealings are alike', () => {
  for (const plain of ['JBSWY3DPEHPK3PXP', 'ключ 🗝', '', Buffer.from([0, 255, 10])]) {
    const [one, other] = [ring.seal(plain, context), ring.seal(plain, context)];
    assert.deepEqual(ring.open(one, context), Buffer.from(plain));
    assert.notEqual(one, other);
    assert.equal(sealedWith(one), first.id);
  }
  assert.ok(!ring.seal('JBSWY3DPEHPK3PXP', context).includes('JBSWY3DPEHPK3PXP'));
});

test('a text with any byte altered, cut or of another form does not open, and the message quotes nothing', () => {
  const sealed = ring.seal('a secret', context);
  const start = sealed.lastIndexOf('.') + 1;
  const bytes = Buffer.from(sealed.slice(start), 'base64url');
  for (let at = 0; at < bytes.length; at += 1) {
    const altered = Buffer.from(bytes);
    altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
    const text = sealed.slice(0, start) + altered.toString('base64url');
    assert.throws(
      () => ring.open(text, context),
      (error) =>
        error instanceof KeyRingError && /altered/.test(error.message) && !error.message.includes(text),
    );
  }
  for (const text of [sealed.slice(0, -1), `v2${sealed.slice(2)}`, 'a secret', '', sealed.slice(0, start)]) {
    assert.throws(() => ring.open(text, context), KeyRingError, text);
  }
});

test('what was sealed for one place opens in no other, and under no other key’s name', () => {
  const sealed = ring.seal('a secret', context);
  assert.throws(() => ring.open(sealed, 'users.totp:018e'), KeyRingError);
  assert.throws(() => ring.open(sealed, ''), KeyRingError);
  assert.throws(() => ring.open(sealed.replace(first.id, second.id), context), KeyRingError);
  const twin = keyRingOf(() => [{ id: 'twin', key: first.key }]);
  assert.throws(() => twin.open(sealed.replace(first.id, 'twin'), context), KeyRingError);
});

test('an old key goes on opening after a new one has come to seal, and without it the message names it', () => {
  const old = keyRingOf(() => [second]).seal('a secret', context);
  assert.equal(ring.open(old, context).toString(), 'a secret');
  assert.deepEqual([sealedWith(old), sealedWith(ring.seal('x', context))], [second.id, first.id]);
  assert.throws(
    () => keyRingOf(() => [first]).open(old, context),
    new RegExp(`sealed with the key ${second.id}, but the secret keys here are ${first.id}`),
  );
});

test('the keys of the environment and of a named file are used, and a named file that is missing is not made', async () => {
  const keys = [first, second].map(secretKeyText);
  const dir = await folder();
  const file = path.join(dir, 'keys');
  await writeFile(file, `# two keys\n${keys.join('\n')}\n`);
  const fromText = await openKeyRing({ ...unset, secretKeys: keys.join(','), dataDir: dir });
  const fromFile = await openKeyRing({ ...unset, secretKeysFile: file, dataDir: dir });
  assert.deepEqual([fromText.ids(), fromFile.ids()], Array(2).fill([first.id, second.id]));
  assert.equal(fromFile.open(fromText.seal('a secret', context), context).toString(), 'a secret');
  const missing = path.join(dir, 'missing');
  await assert.rejects(openKeyRing({ ...unset, secretKeysFile: missing, dataDir: dir }), KeyRingError);
  assert.deepEqual(await readdir(dir), ['keys']);
});

test('programs that start at once in an empty data folder agree on one key, in a file for its owner only', async () => {
  const dir = path.join(await folder(), 'data');
  const script = `
    import { openKeyRing } from '${import.meta.resolve('./key-ring.ts')}';
    const ring = await openKeyRing({ secretKeys: null, secretKeysFile: null, dataDir: process.argv[1] });
    process.send(ring.seal('a secret', 'x'));`;
  const programs = Array.from({ length: 4 }, () =>
    fork('--input-type=module', ['-e', script, dir], { execPath: process.execPath, execArgv: [] }),
  );
  const sealed = await Promise.all(programs.map(async (program) => (await once(program, 'message'))[0]));
  const mine = await openKeyRing({ ...unset, dataDir: dir });
  for (const text of sealed) assert.equal(mine.open(String(text), 'x').toString(), 'a secret');
  assert.deepEqual(await readdir(dir), ['secret-keys']);
  assert.equal((await stat(path.join(dir, 'secret-keys'))).mode & 0o777, 0o600);
});

test('a running program follows its key file at once, and goes on when that is gone or spoilt', async () => {
  const dir = await folder();
  const running = await openKeyRing({ ...unset, dataDir: dir });
  const file = path.join(dir, 'secret-keys');
  const old = running.seal('a secret', context);
  const keys = [newSecretKey(), ...parseSecretKeys(await readFile(file, 'utf8'))];
  await writeKeyFile(file, keys);
  assert.equal(sealedWith(running.seal('a secret', context)), keys[0]?.id);
  assert.equal(running.open(old, context).toString(), 'a secret');
  await writeFile(file, 'spoilt');
  assert.deepEqual(
    running.ids(),
    keys.map(({ id }) => id),
  );
  await rm(file);
  assert.equal(running.open(old, context).toString(), 'a secret');
  await writeFile(file, 'spoilt');
  await assert.rejects(openKeyRing({ ...unset, dataDir: dir }), /secret-keys cannot be read: entry 1 is not/);
});
