// Creates and changes users and their memberships from the server's console.
import { Command } from 'commander';
import type { Db } from '#lib/db';
import { openKeyRing } from '#lib/key-ring';
import { inDirectory, systemActor } from '#lib/tenant-tx';
import {
  changeUser,
  ensureUser,
  inviteMember,
  passwordFaults,
  policyOfPerson,
  resetFactorsByEmail,
  roles,
  setMembership,
  setPassword,
  signOutByEmail,
} from '#users';
import { fromVariable, tenantNamed, withDatabase } from './context.ts';

type Options = { email: string; name?: string; tenant: string; role: string; passwordEnv: string };

/** An operator is warned of a weak password and not kept from it, as they could write any hash into the database. */
async function warnOfWeakness(db: Db, email: string, password: string): Promise<void> {
  const user = await db.kysely
    .selectFrom('users')
    .select('id')
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst();
  const policy = await policyOfPerson({ db: db.kysely }, user?.id ?? null);
  for (const { detail } of await passwordFaults(password, policy, [email]))
    process.stderr.write(`warning: ${detail}\n`);
}

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
      await warnOfWeakness(db, options.email, password);
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
      if (password !== null) await warnOfWeakness(db, newEmail ?? email, password);
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

async function resetFactors({ email }: { email: string }): Promise<void> {
  await withDatabase(async (db) => {
    await inDirectory(db, (tx) => resetFactorsByEmail(tx, email));
    process.stdout.write(`the second factors of ${email} are reset, and their sign-ins are ended\n`);
  });
}

function resetFactorsCommand(): Command {
  return new Command('reset-factors')
    .description(
      'take away the authenticator app, passkeys and recovery codes of who has lost them; ends their sign-ins',
    )
    .requiredOption('--email <address>', 'whom')
    .action(resetFactors);
}

async function signOut({ email }: { email: string }): Promise<void> {
  await withDatabase(async (db) => {
    const ended = await inDirectory(db, (tx) => signOutByEmail(tx, email));
    process.stdout.write(`${email} is signed out of ${ended} session(s)\n`);
  });
}

function signOutCommand(): Command {
  return new Command('sign-out')
    .description('end all sessions of somebody in all their companies; they may sign in again')
    .requiredOption('--email <address>', 'whom')
    .action(signOut);
}

type Invitation = { email: string; tenant: string; role: string };

async function invite({ email, tenant: slug, role }: Invitation): Promise<void> {
  await withDatabase(async (db, config) => {
    const tenant = await tenantNamed(db, slug);
    const keyRing = await openKeyRing(config);
    const whence = { tenant, actor: systemActor, declared: [] };
    await inDirectory(db, (tx) => inviteMember(tx, { keyRing, config }, whence, { email, role }));
    process.stdout.write(`an invitation to ${tenant.name} as ${role} is on its way to ${email}\n`);
  });
}

function inviteCommand(): Command {
  return new Command('invite')
    .description('mail a link by which somebody becomes a member; the server that runs sends the mail')
    .requiredOption('--email <address>', 'whom')
    .requiredOption('--tenant <slug>', 'into which company')
    .requiredOption('--role <key>', `what they may do: ${roles.join(', ')}, or a role of the company’s own`)
    .action(invite);
}

/** `user create`, `user change`, `user invite`, `user sign-out` and `user reset-factors`. */
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
    .addCommand(changeCommand())
    .addCommand(inviteCommand())
    .addCommand(signOutCommand())
    .addCommand(resetFactorsCommand());
}
