// Exchange rates in, and revaluation at them, at the server's console.
import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { ImportRefused, importRates, type Revaluation, readRateFile, revalue } from '#accounting';
import { displayAmount } from '#lib/display-amount';
import type { ProgressStream } from '#lib/progress';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { tenantNamed, withDatabase } from './context.ts';
import { fileProblem } from './file-problem.ts';
import { isoDate } from './iso-date.ts';

type Screen = { stdout: { write(text: string): unknown }; stderr: ProgressStream };
type RatesCommand = { tenant: string; source: string };
type RevalueCommand = { tenant: string; on: string; reverseOn?: string; dryRun?: true };

const MOST_FAULTS = 200;

async function importFile(screen: Screen, path: string, command: RatesCommand): Promise<void> {
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, command.tenant);
    const file = await readRateFile(createReadStream(path), command.source).catch((error) => {
      throw fileProblem(path, error);
    });
    try {
      const set = await inTenant(db, tenant, systemActor, (tx) => importRates(tx, file));
      const { created, changed, unchanged } = set;
      screen.stdout.write(
        `rates of ${tenant.name}: ${created} created, ${changed} changed, ${unchanged} there already\n`,
      );
    } catch (error) {
      if (!(error instanceof ImportRefused)) throw error;
      const lines = error.faults.slice(0, MOST_FAULTS).map(({ line, detail }) => `line ${line}: ${detail}`);
      const more = error.faults.length - lines.length;
      if (more > 0) lines.push(`… and ${more} more`);
      screen.stderr.write(lines.map((line) => `${line}\n`).join(''));
      throw new Error(`${error.detail}; nothing was imported`);
    }
  });
}

const HEAD = ['account', 'currency', 'amount', 'base', 'rate', 'value', 'difference'];

/** The balances as a table for people, and what was posted. */
function tell(report: Revaluation): string {
  const base = (text: string | null) => (text === null ? '' : displayAmount(text, report.currency));
  const rows = report.balances.map((each) => [
    `${each.account} ${each.account_name}`,
    each.currency,
    displayAmount(each.amount, each.currency),
    base(each.base),
    each.rate ?? '',
    base(each.value),
    base(each.difference),
  ]);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const table = rows.length > 0 ? [HEAD, ...rows].map(line) : [];
  const posted = report.entries.map(({ number, reverse_on, reversed_by }) => {
    if (reverse_on === null) return `posted ${number}, which stays`;
    const reversal = reversed_by ? `reversed by ${reversed_by.number}` : 'to be reversed';
    return `posted ${number}, ${reversal} on ${reverse_on}`;
  });
  const earlier = report.earlier.map(({ number, reverse_on, reversed_by }) =>
    reversed_by
      ? `reversed ${number} on ${reverse_on} by ${reversed_by.number}`
      : `would reverse ${number} on ${reverse_on}`,
  );
  const { status, on } = report;
  const sums = `${report.currency}: gains ${base(report.gains)}, losses ${base(report.losses)}`;
  if (status === 'nothing_to_do') posted.push(`nothing to do: all is at the rates of ${on} already`);
  if (status === 'dry_run') posted.push('this was a dry run; nothing was stored');
  return [...table, sums, ...earlier, ...posted].map((each) => `${each}\n`).join('');
}

async function revaluation(screen: Screen, command: RevalueCommand): Promise<void> {
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, command.tenant);
    const { on, reverseOn, dryRun = false } = command;
    const report = await inTenant(
      db,
      tenant,
      systemActor,
      (tx) => revalue(tx, { on, reverse_on: reverseOn, dryRun }),
      { snapshot: dryRun },
    );
    screen.stdout.write(tell(report));
  });
}

/** `ledger rates import`. */
export function ratesCommand(screen: Screen): Command {
  const command = new Command('rates').description('exchange rates in');
  command
    .command('import')
    .description('set all exchange rates of a CSV file, or none of them')
    .argument('<file>', 'CSV in UTF-8 with the columns currency,date,rate and perhaps units,source')
    .requiredOption('--tenant <slug>', 'the company')
    .option('--source <text>', 'who quotes the rates whose row does not say it', 'import')
    .action((path: string, options: RatesCommand) => importFile(screen, path, options));
  return command;
}

/** `ledger revalue`. */
export function revalueCommand(screen: Screen): Command {
  return new Command('revalue')
    .description('bring what is open in other currencies to the rates of a day')
    .requiredOption('--tenant <slug>', 'the company')
    .requiredOption('--on <date>', 'the day, normally the last of a period', isoDate)
    .option('--reverse-on <date>', 'when it is reversed; default: the next day', isoDate)
    .option('--dry-run', 'show what would be posted and store nothing')
    .action((options: RevalueCommand) => revaluation(screen, options));
}
