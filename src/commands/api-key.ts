// Makes, lists and revokes API keys from the server's console.
import { Command, InvalidArgumentError, Option } from 'commander';
import { notFound } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import {
  type ApiKey,
  createApiKey,
  DEFAULT_DAYS,
  listApiKeys,
  memberByEmail,
  revokeApiKey,
  roles,
} from '#users';
import { tenantNamed, withDatabase } from './context.ts';

type Screen = { stdout: { write(text: string): unknown } };

type Create = { tenant: string; name: string; role?: string; email?: string; scope?: string[]; days: number };

async function create(screen: Screen, options: Create): Promise<void> {
  const { email, role } = options;
  if ((email === undefined) === (role === undefined)) throw new Error('choose one of --role and --email');
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, options.tenant);
    const member = email === undefined ? null : await memberByEmail(db, tenant.id, email);
    if (email !== undefined && !member) throw notFound('member');
    const { name, scope: scopes = null, days: expiresInDays } = options;
    const forWhom = member ? { userId: member.userId } : { role: role ?? '' };
    const key = { name, for: forWhom, scopes, expiresInDays };
    const { secret } = await inDirectory(db, (tx) => createApiKey(tx, tenant.id, key, null));
    screen.stdout.write(`${secret}\n`);
  });
}

const day = (moment: Date | null) => moment?.toISOString().slice(0, 10) ?? 'never';

function textOf(key: ApiKey): string {
  const who = key.owner?.email ?? key.role;
  const scopes = key.scopes?.join(' ') ?? 'all';
  const times = `ends ${day(key.expiresAt)}  used ${day(key.lastUsedAt)}`;
  return `${key.prefix}  ${key.status}  ${key.kind} of ${who}  ${key.name}  scopes ${scopes}  ${times}\n`;
}

async function list(screen: Screen, { tenant: slug }: { tenant: string }): Promise<void> {
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, slug);
    for (const key of await listApiKeys(db, tenant.id)) screen.stdout.write(textOf(key));
  });
}

async function revoke(screen: Screen, prefix: string, { tenant: slug }: { tenant: string }): Promise<void> {
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, slug);
    const key = (await listApiKeys(db, tenant.id)).find((each) => each.prefix === prefix);
    if (!key) throw notFound('API key');
    await inDirectory(db, (tx) => revokeApiKey(tx, tenant.id, key.id, null));
    screen.stdout.write(`${key.name} is revoked\n`);
  });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('it must be a number of days.');
  return Number(text);
}

/** `api-key create`, `list` and `revoke`. */
export function apiKeyCommand(screen: Screen = process): Command {
  const command = new Command('api-key').description(
    'keys by which programs act, of a person or of a company',
  );
  command
    .command('create')
    .description('make a key and print it, this once')
    .requiredOption('--tenant <slug>', 'the company')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(new Option('--role <role>', 'make a key of the company’s own, with that role').choices(roles))
    .option('--email <address>', 'make a key of that person')
    .option('--scope <pattern...>', 'narrow it to permissions such as accounting.*.view')
    .option('--days <number>', 'for how long it is good', wholeNumber, DEFAULT_DAYS)
    .action((options: Create) => create(screen, options));
  command
    .command('list')
    .description('the keys of a company and of its people')
    .requiredOption('--tenant <slug>', 'the company')
    .action((options: { tenant: string }) => list(screen, options));
  command
    .command('revoke')
    .description('end a key; it is refused from its next request on')
    .argument('<prefix>', 'the letters after hmx_, as `api-key list` tells them')
    .requiredOption('--tenant <slug>', 'the company')
    .action((prefix: string, options: { tenant: string }) => revoke(screen, prefix, options));
  return command;
}
