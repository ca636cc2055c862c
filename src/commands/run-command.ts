// Reads the command line, runs the verb, and turns whatever stops it into one clear message and an exit code.
import { Command } from 'commander';
import { ConfigError } from '#lib/config';
import { Problem } from '#lib/problem';
import { MigrationError } from '#tenancy';
import { apiKeyCommand } from './api-key.ts';
import { auditCommand } from './audit.ts';
import type { House } from './context.ts';
import { databaseCommand } from './database.ts';
import { dutiesCommand } from './duties.ts';
import { keysCommand } from './keys.ts';
import { ledgerCommand } from './ledger.ts';
import { memberCommand } from './members.ts';
import { migrateCommand } from './migrate.ts';
import { roleCommand } from './roles.ts';
import { secretsCommand } from './secrets.ts';
import { serveCommands } from './serve.ts';
import { tenantCommand } from './tenant.ts';
import { userCommand } from './user.ts';
import { verifyCommand } from './verify.ts';

/** A failure that a person can mend: its message, and every fault on a line of its own. */
function explain(error: unknown): string {
  if (error instanceof Problem) {
    const faults = error.errors.map((fault) => `  ${fault.pointer.replace(/^\//, '')}: ${fault.detail}`);
    return [error.detail, ...faults].join('\n');
  }
  if (error instanceof ConfigError || error instanceof MigrationError) return error.message;
  if (error instanceof AggregateError && error.errors.length > 0) return explain(error.errors[0]);
  if (error instanceof Error) return process.env.DEBUG ? (error.stack ?? error.message) : error.message;
  return String(error);
}

/** Runs the verb that `argv` names; sets the exit code 1 when it fails, after saying why on standard error. */
export async function runCommand(argv: readonly string[], house: House): Promise<void> {
  const program = new Command('himalytix')
    .description('A multi-tenant ERP whose database proves the books.')
    .showHelpAfterError()
    .helpCommand(false);
  for (const command of serveCommands(house.buildApp)) program.addCommand(command);
  program.addCommand(migrateCommand());
  program.addCommand(databaseCommand());
  program.addCommand(tenantCommand());
  program.addCommand(userCommand());
  program.addCommand(apiKeyCommand());
  program.addCommand(keysCommand());
  program.addCommand(secretsCommand());
  program.addCommand(memberCommand(house.permissions));
  program.addCommand(roleCommand(house.permissions));
  program.addCommand(dutiesCommand(house.permissions));
  program.addCommand(auditCommand());
  program.addCommand(verifyCommand());
  program.addCommand(ledgerCommand());
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.stderr.write(`himalytix: ${explain(error)}\n`);
    process.exitCode = 1;
  }
}
