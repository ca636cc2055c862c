// Lists, exchanges and retires the keys that sign access tokens.
import { Command, InvalidArgumentError } from 'commander';
import { openKeyRing } from '#lib/key-ring';
import {
  listSigningKeys,
  PUBLISH_SECONDS,
  retireSigningKey,
  rotateSigningKeys,
  type SigningKeyState,
} from '#users';
import { withDatabase } from './context.ts';

type Screen = { stdout: { write(text: string): unknown } };

function textOf({ kid, state, createdAt, signsFrom, retiresAt }: SigningKeyState): string {
  const times = {
    coming: `signs from ${signsFrom.toISOString()}`,
    signing: `signs since ${signsFrom.toISOString()}`,
    verifying: `verifies until ${retiresAt?.toISOString()}`,
    retired: `retired at ${retiresAt?.toISOString()}`,
  };
  return `${kid}  made ${createdAt.toISOString()}  ${times[state]}\n`;
}

function seconds(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('it must be a number of seconds.');
  return Number(text);
}

async function list(screen: Screen): Promise<void> {
  await withDatabase(async (db) => {
    for (const key of await listSigningKeys(db)) screen.stdout.write(textOf(key));
  });
}

async function rotate(screen: Screen, options: { after: number; now?: true }): Promise<void> {
  await withDatabase(async (db, config) => {
    const after = options.now ? 0 : options.after;
    const kid = await rotateSigningKeys(db, await openKeyRing(config), after);
    const when = after === 0 ? 'signs from now on' : `is published, and signs in ${after} seconds`;
    screen.stdout.write(`${kid} ${when}; nobody is signed out\n`);
  });
}

async function retire(screen: Screen, kid: string, options: { now?: true }): Promise<void> {
  await withDatabase((db) => retireSigningKey(db, kid, options.now === true));
  screen.stdout.write(`${kid} is retired; its tokens are refused on every node within a second\n`);
}

/** `keys list`, `rotate` and `retire`. */
export function keysCommand(screen: Screen = process): Command {
  const command = new Command('keys').description('the keys that sign access tokens');
  command
    .command('list')
    .description('all keys, the newest first')
    .action(() => list(screen));
  command
    .command('rotate')
    .description(
      'publish a new key, which signs after a while; the old ones retire when their tokens have run out',
    )
    .option('--after <seconds>', 'how long it is published before it signs', seconds, PUBLISH_SECONDS)
    .option('--now', 'let it sign at once, as after a theft')
    .action((options: { after: number; now?: true }) => rotate(screen, options));
  command
    .command('retire')
    .description('retire a key before its time')
    .argument('<kid>', 'which, as `keys list` tells it')
    .option('--now', 'even if tokens of it are out, which are then refused and have to be refreshed')
    .action((kid: string, options: { now?: true }) => retire(screen, kid, options));
  return command;
}
