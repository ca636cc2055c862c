// Keeps the keys that seal secrets in a file: made once by whoever comes first, and exchanged whole or not at all.
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { access, link, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newSecretKey, readSecretKeys, type SecretKey, secretKeyText } from './secret-keys.ts';

const about =
  '# The keys that seal the secrets in the database; the first one seals. Without this file they are lost: keep a copy\n' +
  '# apart from the copies of the database. See docs/runbooks/keys.md.\n';

/** Without it a power cut could undo the renaming, and with it what was sealed since. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

/** Writes keys to a file of its own beside `file`, for its owner only, and has it on the disk before it returns. */
async function writeDraft(file: string, keys: readonly SecretKey[]): Promise<string> {
  const draft = `${file}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  const text = `${about}${keys.map(secretKeyText).join('\n')}\n`;
  await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true });
  return draft;
}

/**
 * Makes sure that there is a key file. Of several programs that start at once the first makes it: link() is atomic and
 * never replaces, so all the others read the same keys.
 */
export async function ensureKeyFile(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = await writeDraft(file, [newSecretKey()]);
  try {
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await syncFolder(path.dirname(file));
  } finally {
    await rm(draft, { force: true });
  }
}

/** Exchanges the keys of a file; whoever reads it sees the old ones or the new ones. */
export async function writeKeyFile(file: string, keys: readonly SecretKey[]): Promise<void> {
  const draft = await writeDraft(file, keys);
  await rename(draft, file).catch(async (error: unknown) => {
    await rm(draft, { force: true });
    throw error;
  });
  await syncFolder(path.dirname(file));
}

/**
 * A reader of the file's keys, which looks at each call whether the file is another by now, so that a running server follows
 * a rotation at once. Should the file be gone or half-written later, the keys read before go on being used.
 */
export function keyFileReader(file: string): () => readonly SecretKey[] {
  let known: { state: string; keys: readonly SecretKey[] } | null = null;
  return () => {
    try {
      const { ino, mtimeMs, size } = statSync(file);
      const state = `${ino} ${mtimeMs} ${size}`;
      if (known?.state !== state) known = { state, keys: readSecretKeys(file) };
    } catch (error) {
      if (!known) throw error;
    }
    return known?.keys ?? [];
  };
}
