// Creates and changes users and their memberships from the server's console.
import { Command } from 'commander';
import { inDirectory } from '#lib/tenant-tx';
import { changeUser, ensureUser, roles, setMembership, setPassword } from '#users';
import { fromVariable, tenantNamed, withDatabase } from './context.ts';

type Options = { email: string; name?: string; tenant: string; role: string; passwordEnv: string };

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

type Change = {
  email: string;
  name?: string;
  newEmail?: string;
  passwordEnv?: string;
  deactivate?: true;
  activate?: true;
};

async function change(options: Change): Promise<void> {
  const { email, name, newEmail, passwordEnv, deactivate, activate } = options;
  if (deactivate && activate) throw new Error('choose one of --deactivate and --activate');
  const password = passwordEnv === undefined ? null : fromVariable(passwordEnv);
  const active = deactivate || activate ? activate === true : undefined;
  await withDatabase(
    async (db) => {
      await inDirectory(db, async (tx) => {
        if (password !== null) await setPassword(tx, email, password);
        await changeUser(tx, email, { name, email: newEmail, active });
      });
      process.stdout.write(`${newEmail ?? email} is changed\n`);
    },
    passwordEnv === undefined ? [] : [passwordEnv],
  );
}

function changeCommand(): Command {
  return new Command('change')
    .description('change a user, or shut them out of every company; each company’s audit log says so')
    .requiredOption('--email <address>', 'whom')
    .option('--name <name>', 'another name')
    .option('--new-email <address>', 'another address, which is then the sign-in')
    .option('--password-env <variable>', 'another password, from that environment variable')
    .option('--deactivate', 'let them in nowhere any more')
    .option('--activate', 'let them in again')
    .action(change);
}

/** `user create` and `user change`. */
export function userCommand(): Command {
  const create = new Command('create')
    .description('create a user and make them a member of a company; one who exists keeps their password')
    .requiredOption('--email <address>', 'e-mail address, which is also the sign-in')
    .option('--name <name>', 'the name to show; default: the address before the @')
    .requiredOption('--tenant <slug>', 'the company')
    .requiredOption('--role <key>', `what they may do: ${roles.join(', ')}, or a role of the company’s own`)
    .requiredOption('--password-env <variable>', 'the environment variable that holds the password')
    .action(createUser);
  return new Command('user')
    .description('users and their memberships')
    .addCommand(create)
    .addCommand(changeCommand());
}
