// Shows the members of a company and changes what they may do, from the server's console.
import { Command } from 'commander';
import { listBranches } from '#accounting';
import type { Permission } from '#lib/access';
import type { Db } from '#lib/db';
import { inDirectory, inTenant, systemActor, type Tenant } from '#lib/tenant-tx';
import {
  type Administration,
  type CompanyMember,
  changeMember,
  listMembers,
  type MemberChange,
  memberByEmail,
  removeMember,
} from '#users';
import { tenantNamed, withDatabase } from './context.ts';

type Screen = { stdout: { write(text: string): unknown } };

/** The operator, who may all; what there is to give in that company. */
export function operatorOf(
  tenant: Tenant,
  declared: readonly Permission[],
  branches: readonly string[] = [],
): Administration {
  return { tenantId: tenant.id, scale: tenant.currencyScale, by: null, declared, branches };
}

function lineOf({ email, role, active, access }: CompanyMember): string {
  const { granted, denied, postLimit, approveLimit, branches } = access;
  const said = [
    ...granted.map((name) => `+${name}`),
    ...denied.map((name) => `-${name}`),
    postLimit !== null && `posts up to ${postLimit}`,
    approveLimit !== null && `approves up to ${approveLimit}`,
    branches && `only in ${branches.join(', ')}`,
    !active && 'inactive',
  ].filter((each) => typeof each === 'string');
  return [email, role, ...said].join('  ');
}

async function idOf(db: Db, tenant: Tenant, email: string): Promise<string> {
  const known = await memberByEmail(db, tenant.id, email);
  if (known) return known.userId;
  const members = await inDirectory(db, (tx) => listMembers(tx, tenant.id));
  const member = members.find((each) => each.email === email.toLowerCase());
  if (!member) throw new Error(`${email} is no member of ${tenant.name}; see: bin/himalytix member list`);
  return member.userId;
}

type Options = {
  tenant: string;
  email: string;
  role?: string;
  grant?: string[];
  deny?: string[];
  postLimit?: string | false;
  approveLimit?: string | false;
  branch?: string[] | false;
};

/** An option that was not given changes nothing; its --no- form takes away. */
const unless = <T>(value: T | false | undefined): T | null | undefined => (value === false ? null : value);

async function change(declared: readonly Permission[], options: Options): Promise<void> {
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, options.tenant);
    const branches = await inTenant(db, tenant, systemActor, listBranches);
    const asked: MemberChange = {
      role: options.role,
      granted: options.grant,
      denied: options.deny,
      post_limit: unless(options.postLimit),
      approve_limit: unless(options.approveLimit),
      branches: unless(options.branch),
    };
    const id = await idOf(db, tenant, options.email);
    const codes = branches.map(({ code }) => code);
    await inDirectory(db, (tx) => changeMember(tx, id, asked, operatorOf(tenant, declared, codes)));
    process.stdout.write(`${options.email} is changed\n`);
  });
}

async function remove(declared: readonly Permission[], options: Options): Promise<void> {
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, options.tenant);
    const id = await idOf(db, tenant, options.email);
    await inDirectory(db, (tx) => removeMember(tx, id, operatorOf(tenant, declared)));
    process.stdout.write(`${options.email} is no member of ${tenant.name} any more\n`);
  });
}

const ofCompany = (name: string, description: string) =>
  new Command(name).description(description).requiredOption('--tenant <slug>', 'the company');

function changeCommand(declared: readonly Permission[]): Command {
  return ofCompany('change', 'change what a member may do; what is not named stays')
    .requiredOption('--email <address>', 'whom')
    .option('--role <key>', 'another role')
    .option(
      '--grant [names...]',
      'permissions on top of the role, in place of those before; none: take all away',
    )
    .option('--deny [names...]', 'permissions that are denied, in place of those before; none: take all away')
    .option('--post-limit <amount>', 'the greatest total that they may post')
    .option('--no-post-limit', 'any total')
    .option('--approve-limit <amount>', 'the greatest total that they may approve')
    .option('--no-approve-limit', 'any total')
    .option('--branch <codes...>', 'the branches that they are limited to')
    .option('--no-branch', 'all branches')
    .action((options: Options & { grant?: string[] | true; deny?: string[] | true }, command: Command) => {
      // Commander presets what has a --no- form to true; only what was given counts.
      const given = (name: string) => command.getOptionValueSource(name) === 'cli';
      const list = (names: string[] | true | undefined) => (names === true ? [] : names);
      const { tenant, email, role } = options;
      return change(declared, {
        tenant,
        email,
        ...(role !== undefined && { role }),
        ...(options.grant !== undefined && { grant: list(options.grant) ?? [] }),
        ...(options.deny !== undefined && { deny: list(options.deny) ?? [] }),
        ...(given('postLimit') && { postLimit: options.postLimit ?? false }),
        ...(given('approveLimit') && { approveLimit: options.approveLimit ?? false }),
        ...(given('branch') && { branch: options.branch ?? false }),
      });
    });
}

/** `member list`, `member change` and `member remove`. */
export function memberCommand(declared: readonly Permission[], { stdout }: Screen = process): Command {
  const list = ofCompany('list', 'who belongs to a company, and what they may do besides their role').action(
    (options: { tenant: string }) =>
      withDatabase(async (db) => {
        const tenant = await tenantNamed(db, options.tenant);
        const members = await inDirectory(db, (tx) => listMembers(tx, tenant.id));
        stdout.write(members.map((member) => `${lineOf(member)}\n`).join(''));
      }),
  );
  const removal = ofCompany('remove', 'end a membership, and the person’s sessions in the company')
    .requiredOption('--email <address>', 'whom')
    .action((options: Options) => remove(declared, options));
  return new Command('member')
    .description('members of a company: roles, grants, denials, limits and branches')
    .addCommand(list)
    .addCommand(changeCommand(declared))
    .addCommand(removal);
}
