// Shows the roles of a company and keeps its own, from the server's console.
import { Command } from 'commander';
import type { Permission } from '#lib/access';
import { type DirectoryTx, inDirectory } from '#lib/tenant-tx';
import { type Administration, createRole, deleteRole, listRoles, updateRole } from '#users';
import { tenantNamed, withDatabase } from './context.ts';
import { operatorOf } from './members.ts';

type Screen = { stdout: { write(text: string): unknown } };
type Options = { tenant: string; key: string; title?: string; permissions?: string[] };

const ofCompany = (name: string, description: string) =>
  new Command(name).description(description).requiredOption('--tenant <slug>', 'the company');

function listCommand(declared: readonly Permission[], stdout: Screen['stdout']): Command {
  return ofCompany('list', 'the built-in roles and the company’s own, with their permissions').action(
    (options: { tenant: string }) =>
      withDatabase(async (db) => {
        const tenant = await tenantNamed(db, options.tenant);
        for (const role of await inDirectory(db, (tx) => listRoles(tx, tenant.id, declared))) {
          const kind = role.builtIn ? 'built in' : 'own';
          stdout.write(`${role.key}  ${role.title}  ${kind}  ${role.members} member(s)\n`);
          stdout.write(role.permissions.map((name) => `  ${name}\n`).join(''));
        }
      }),
  );
}

/** `role list`, `role create`, `role change` and `role remove`. */
export function roleCommand(declared: readonly Permission[], { stdout }: Screen = process): Command {
  const ofRole = (name: string, description: string) =>
    ofCompany(name, description).requiredOption('--key <key>', 'the role, by its key');
  const act =
    (work: (tx: DirectoryTx, options: Options, by: Administration) => Promise<void>, done: string) =>
    (options: Options) =>
      withDatabase(async (db) => {
        const by = operatorOf(await tenantNamed(db, options.tenant), declared);
        await inDirectory(db, (tx) => work(tx, options, by));
        stdout.write(`the role ${options.key} is ${done}\n`);
      });
  const create = ofRole('create', 'make a role of the company’s own')
    .requiredOption('--title <title>', 'how people call it')
    .requiredOption('--permissions <names...>', 'what it may do')
    .action(
      act(
        (tx, { key, title = '', permissions = [] }, by) => createRole(tx, key, { title, permissions }, by),
        'made',
      ),
    );
  const change = ofRole('change', 'change a role of the company’s own, for all who have it')
    .option('--title <title>', 'another title')
    .option('--permissions <names...>', 'what it may do, in place of what it could before')
    .action(
      act(
        (tx, { key, title, permissions }, by) =>
          updateRole(
            tx,
            key,
            { ...(title !== undefined && { title }), ...(permissions && { permissions }) },
            by,
          ),
        'changed',
      ),
    );
  const remove = ofRole('remove', 'remove a role that nobody has').action(
    act((tx, { key }, by) => deleteRole(tx, key, by), 'removed'),
  );
  return new Command('role')
    .description('roles of a company, built in and its own')
    .addCommand(listCommand(declared, stdout))
    .addCommand(create)
    .addCommand(change)
    .addCommand(remove);
}
