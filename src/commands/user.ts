// Creates users and their memberships from the server's console.
import { Command, Option } from 'commander';
import { inDirectory } from '#lib/tenant-tx';
import { ensureUser, type Role, roles, setMembership } from '#users';
import { fromVariable, tenantNamed, withDatabase } from './context.ts';

type Options = { email: string; name?: string; tenant: string; role: Role; passwordEnv: string };

async function createUser(options: Options): Promise<void> {
  const password = fromVariable(options.passwordEnv);
  await withDatabase(
    async (db) => {
      const tenant = await tenantNamed(db, options.tenant);
      await inDirectory(db, async (tx) => {
        const name = options.name ?? options.email.split('@')[0] ?? options.email;
        const userId = await ensureUser(tx, { email: options.email, name, password });
        await setMembership(tx, userId, tenant.id, options.role);
      });
      process.stdout.write(`${options.email} is ${options.role} of ${tenant.name}\n`);
    },
    [options.passwordEnv],
  );
}

/** `user create`. */
export function userCommand(): Command {
  const create = new Command('create')
    .description('create a user and make them a member of a company; one who exists keeps their password')
    .requiredOption('--email <address>', 'e-mail address, which is also the sign-in')
    .option('--name <name>', 'the name to show; default: the address before the @')
    .requiredOption('--tenant <slug>', 'the company')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory())
    .requiredOption('--password-env <variable>', 'the environment variable that holds the password')
    .action(createUser);
  return new Command('user').description('users and their memberships').addCommand(create);
}
