// Tells on the server's console what a company keeps apart, and who could do both of two things.
import { Command } from 'commander';
import { readDuties, whoCouldDoBoth } from '#accounting';
import type { Permission } from '#lib/access';
import { systemActor } from '#lib/tenant-tx';
import type { CompanyMember } from '#users';
import { tenantNamed, withDatabase } from './context.ts';

type Screen = { stdout: { write(text: string): unknown } };
type Options = { one?: string; other?: string };

const people = (members: readonly CompanyMember[]) =>
  members.map(({ email, role }) => `  ${email}  ${role}\n`).join('') || '  nobody\n';

/** `duties COMPANY`: each rule with who could do both, or who holds both of two permissions that are named. */
export function dutiesCommand(declared: readonly Permission[], { stdout }: Screen = process): Command {
  const known = (name: string | undefined): string => {
    if (name !== undefined && declared.some((each) => each.name === name)) return name;
    throw new Error(`--one and --other name two permissions; see: bin/himalytix role list`);
  };
  return new Command('duties')
    .description('what a company keeps apart, and who could do both')
    .argument('<company>', 'the company’s slug')
    .option('--one <permission>', 'ask who holds this one')
    .option('--other <permission>', '… and this one')
    .action((slug: string, { one, other }: Options) =>
      withDatabase(async (db) => {
        const tenant = await tenantNamed(db, slug);
        if (one !== undefined || other !== undefined) {
          stdout.write(people(await whoCouldDoBoth(db, tenant, [known(one), known(other)])));
          return;
        }
        const { approve_above, could_do_both } = await readDuties(db, tenant, systemActor);
        const above =
          approve_above === null ? 'nothing' : `entries above ${tenant.currency} ${approve_above}`;
        stdout.write(`needs an approval: ${above}\n`);
        for (const { rule, label, people: members } of could_do_both)
          stdout.write(`${rule}: ${label}; could do both:\n${people(members)}`);
      }),
    );
}
