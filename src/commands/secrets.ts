// Rotates the keys that seal secrets in the database, and tells which of them are in use.
import { Command } from 'commander';
import type { Config } from '#lib/config';
import type { Db } from '#lib/db';
import { writeKeyFile } from '#lib/key-file';
import { keyFileOf, openKeyRing } from '#lib/key-ring';
import { progressBar } from '#lib/progress';
import { countSealed, resealAll } from '#lib/reseal';
import { newSecretKey, readSecretKeys, type SecretKey, secretKeyText } from '#lib/secret-keys';
import { inDirectory } from '#lib/tenant-tx';
import { sealPlainSigningKeys } from '#users';
import { withDatabase } from './context.ts';

type Screen = { stdout: { write(text: string): unknown } };

const line = (screen: Screen, text: string) => void screen.stdout.write(`${text}\n`);

/** How many secrets each key seals, by the key's name; what is not sealed at all is under ''. */
async function useOf(db: Db): Promise<Map<string, number>> {
  const use = new Map<string, number>();
  for (const { key, count } of await countSealed(db)) use.set(key ?? '', (use.get(key ?? '') ?? 0) + count);
  return use;
}

async function tellStatus(screen: Screen, db: Db, config: Config): Promise<void> {
  const ids = (await openKeyRing(config)).ids();
  const use = await useOf(db);
  line(screen, `keys from ${keyFileOf(config) ?? 'HIMALYTIX_SECRET_KEYS'}:`);
  for (const [index, id] of ids.entries()) {
    const count = use.get(id) ?? 0;
    const what = index === 0 ? 'seals' : count === 0 ? 'opens; may be dropped' : 'opens';
    line(screen, `  ${id}  ${count} ${count === 1 ? 'secret' : 'secrets'}  ${what}`);
  }
  const missing = [...use.keys()].filter((id) => !ids.includes(id));
  for (const id of missing) {
    const why = id === '' ? 'are not sealed' : `are sealed with ${id}, which is not among the keys`;
    line(screen, `  ${use.get(id)} secrets ${why}`);
  }
  if (missing.length > 0) throw new Error('some secrets in the database cannot be opened with these keys');
}

async function reseal(screen: Screen, db: Db, config: Config): Promise<void> {
  const ring = await openKeyRing(config);
  const plain = await inDirectory(db, (tx) => sealPlainSigningKeys(tx, ring));
  const others = (await countSealed(db)).filter(({ key }) => key !== ring.ids()[0]);
  const total = others.reduce((sum, { count }) => sum + count, 0);
  const bar = progressBar('secrets');
  const onProgress = (count: number) => bar.update(count, total);
  const done = plain + (await resealAll(db, ring, { onProgress }).finally(bar.stop));
  line(screen, `${done} ${done === 1 ? 'secret was' : 'secrets were'} sealed anew with ${ring.ids()[0]}`);
}

/** The keys of the file that this configuration may write, or null when they come from the environment. */
async function fileKeys(config: Config): Promise<{ file: string; keys: readonly SecretKey[] } | null> {
  const file = keyFileOf(config);
  if (file === null) return null;
  await openKeyRing(config);
  return { file, keys: readSecretKeys(file) };
}

async function rotate(screen: Screen, db: Db, config: Config): Promise<void> {
  const held = await fileKeys(config);
  const key = newSecretKey();
  if (!held) {
    line(screen, 'The keys are in HIMALYTIX_SECRET_KEYS, which only you can change. Here is a new key:');
    line(screen, `  ${secretKeyText(key)}`);
    line(
      screen,
      'Add it at the end on every machine and restart; put it first on every machine and restart;',
    );
    line(screen, 'then run: himalytix secrets reseal');
    return;
  }
  await writeKeyFile(held.file, [key, ...held.keys]);
  line(screen, `${key.id} is the first key of ${held.file} now`);
  await reseal(screen, db, config);
  await tellStatus(screen, db, config);
}

/** Refuses a key that seals anything, and the one that will seal the next secret. */
async function drop(screen: Screen, db: Db, config: Config, id: string): Promise<void> {
  const ring = await openKeyRing(config);
  if (!ring.ids().includes(id)) throw new Error(`there is no key ${id}; see: himalytix secrets status`);
  if (ring.ids()[0] === id)
    throw new Error(`${id} is the key that seals; rotate first: himalytix secrets rotate`);
  const count = (await useOf(db)).get(id) ?? 0;
  if (count > 0)
    throw new Error(
      `${id} still seals ${count} in the database; seal them anew first: himalytix secrets reseal`,
    );
  const held = await fileKeys(config);
  if (!held) {
    line(screen, `nothing is sealed with ${id}: take it out of HIMALYTIX_SECRET_KEYS on every machine`);
    return;
  }
  await writeKeyFile(
    held.file,
    held.keys.filter((key) => key.id !== id),
  );
  line(screen, `${id} is dropped from ${held.file}`);
}

/** `secrets status`, `new`, `rotate`, `reseal` and `drop`. */
export function secretsCommand(screen: Screen = process): Command {
  const command = new Command('secrets').description('the keys that seal secrets in the database');
  const run = (work: (screen: Screen, db: Db, config: Config) => Promise<void>) => (): Promise<void> =>
    withDatabase((db, config) => work(screen, db, config));
  command
    .command('status')
    .description('which keys there are, and how many secrets each seals')
    .action(run(tellStatus));
  command
    .command('new')
    .description('print a new key, for keys that several machines have or that are kept elsewhere')
    .action(() => line(screen, secretKeyText(newSecretKey())));
  command
    .command('rotate')
    .description('make a new key, the first of the key file, and seal every secret anew with it')
    .action(run(rotate));
  command
    .command('reseal')
    .description('seal every secret anew with the first key; interrupted, it goes on where it was')
    .action(run(reseal));
  command
    .command('drop')
    .description('take a key out of the key file that seals nothing any more')
    .argument('<key>', 'its name, as `secrets status` tells it')
    .action((id: string) => withDatabase((db, config) => drop(screen, db, config, id)));
  return command;
}
