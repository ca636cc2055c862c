// Imports and exports journals and shows the trial balance at the server's console; the verbs of years are beside it.
import { createReadStream } from 'node:fs';
import { Command, Option } from 'commander';
import {
  exportFormats,
  type ImportOptions,
  ImportRefused,
  type ImportReport,
  importJournal,
  listFiscalYears,
  readJournalFile,
  trialBalance,
} from '#accounting';
import { today } from '#lib/dates';
import type { Db } from '#lib/db';
import { type ProgressStream, progressBar } from '#lib/progress';
import { inTenant, systemActor, type Tenant } from '#lib/tenant-tx';
import { tenantNamed, withDatabase } from './context.ts';
import { type ExportCommand, exportToScreenOrFile } from './export-ledger.ts';
import { fileProblem } from './file-problem.ts';
import { isoDate } from './iso-date.ts';
import { ratesCommand, revalueCommand } from './ledger-currencies.ts';
import { yearCommands } from './ledger-years.ts';
import { runRecurringCommand } from './run-recurring.ts';
import { type TrialBalanceFormat, trialBalanceFormats, trialBalanceText } from './trial-balance-text.ts';

type ImportCommand = { tenant: string; dryRun?: true; createAccounts?: true; skipExisting?: true };
type TrialBalanceCommand = { tenant: string; asOf?: string; format: TrialBalanceFormat };

/** Where a verb writes to: the process, unless a test looks on. */
export type Screen = { stdout: { write(text: string): unknown }; stderr: ProgressStream };

const MOST_FAULTS = 200;

const grouped = (count: number) => count.toLocaleString('en-US');
const counted = (count: number, one: string, many: string) => `${grouped(count)} ${count === 1 ? one : many}`;

/** What a person can do about the faults, each advice once. */
async function adviceFor(db: Db, tenant: Tenant, refusal: ImportRefused, options: ImportOptions) {
  const codes = new Set(refusal.faults.map((fault) => fault.code));
  const advice: string[] = [];
  if (codes.has('accounting/account-unknown') && !options.createAccounts) {
    advice.push('--create-accounts creates what is missing of paths such as Assets:Bank:Checking');
  }
  if (codes.has('accounting/no-period')) {
    const years = await inTenant(db, tenant, systemActor, listFiscalYears);
    const list = years.map(({ name, starts_on, ends_on }) => `${name} (${starts_on} to ${ends_on})`);
    advice.push(`the company’s fiscal years are ${list.join(', ') || 'none yet'}`);
  }
  return advice;
}

/** The faults, one a line, and then advice. */
async function explainRefusal(
  db: Db,
  tenant: Tenant,
  refusal: ImportRefused,
  options: ImportOptions,
): Promise<string[]> {
  const lines = refusal.faults.slice(0, MOST_FAULTS).map(({ line, detail }) => `line ${line}: ${detail}`);
  const more = refusal.faults.length - lines.length;
  if (more > 0) lines.push(`… and ${counted(more, 'more fault', 'more faults')}`);
  for (const advice of await adviceFor(db, tenant, refusal, options)) lines.push(`note: ${advice}`);
  return lines;
}

function tell(report: ImportReport, tenant: Tenant, dryRun: boolean, milliseconds: number): string {
  const { entries, lines, skipped, from, to, accounts, numbers } = report;
  const what = `${counted(entries, 'entry', 'entries')} with ${counted(lines, 'line', 'lines')}`;
  const dates = from === null ? '' : `, ${from} to ${to}`;
  const verb = dryRun ? 'would import' : 'imported';
  const told = [`${verb} ${what}${dates} into ${tenant.name} in ${(milliseconds / 1000).toFixed(2)} s`];
  for (const { first, last } of numbers)
    told.push(`  numbered ${first === last ? first : `${first} to ${last}`}`);
  if (accounts.length > 0) {
    told.push(`  ${dryRun ? 'would create' : 'created'} ${counted(accounts.length, 'account', 'accounts')}`);
  }
  if (skipped > 0) told.push(`  skipped ${counted(skipped, 'entry', 'entries')} imported before`);
  if (dryRun) told.push('  this was a dry run; nothing was stored');
  return told.map((line) => `${line}\n`).join('');
}

async function importFile(screen: Screen, path: string, command: ImportCommand): Promise<void> {
  await withDatabase(async (db) => {
    const started = performance.now();
    const tenant = await tenantNamed(db, command.tenant);
    const file = await readJournalFile(createReadStream(path), tenant.currencyScale).catch((error) => {
      throw fileProblem(path, error);
    });
    const bar = progressBar('entries checked', screen.stderr);
    const { dryRun, createAccounts, skipExisting } = command;
    const options = { dryRun, createAccounts, skipExisting, onProgress: bar.update };
    try {
      const report = await inTenant(db, tenant, systemActor, (tx) => importJournal(tx, file, options));
      bar.stop();
      screen.stdout.write(tell(report, tenant, dryRun === true, performance.now() - started));
    } catch (error) {
      bar.stop();
      if (!(error instanceof ImportRefused)) throw error;
      const lines = await explainRefusal(db, tenant, error, options);
      screen.stderr.write(lines.map((line) => `${line}\n`).join(''));
      throw new Error(`${error.detail}; nothing was imported`);
    }
  });
}

async function showTrialBalance(screen: Screen, command: TrialBalanceCommand): Promise<void> {
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, command.tenant);
    const day = command.asOf ?? today(tenant.timeZone);
    const report = await inTenant(db, tenant, systemActor, (tx) => trialBalance(tx, day, { settled: true }));
    screen.stdout.write(trialBalanceText(report, command.format));
  });
}

/** `ledger import`, `ledger export`, `ledger trial-balance`, and the verbs of years, currencies and what is due. */
export function ledgerCommand(screen: Screen = process): Command {
  const command = new Command('ledger').description(
    'journals and rates in, journals and balances out, years closed, what is due posted',
  );
  command
    .command('import')
    .description('post all entries of a CSV file, or none of them')
    .argument('<file>', 'CSV in UTF-8 with the columns entry,date,memo,account,debit,credit')
    .requiredOption('--tenant <slug>', 'the company')
    .option('--dry-run', 'find all faults and store nothing')
    .option('--create-accounts', 'create missing accounts of paths such as Assets:Bank:Checking')
    .option('--skip-existing', 'leave out the entries that were imported before')
    .action((path: string, options: ImportCommand) => importFile(screen, path, options));
  command
    .command('export')
    .description('write all posted entries, or those of some days, for another program')
    .argument('[file]', 'a new file; default: standard output')
    .requiredOption('--tenant <slug>', 'the company')
    .addOption(
      new Option('--format <format>', 'a journal of hledger, or the CSV that import reads')
        .choices(exportFormats)
        .makeOptionMandatory(),
    )
    .option('--from <date>', 'the first day, such as 2026-01-01; default: the first entry’s', isoDate)
    .option('--to <date>', 'the last day; default: the last entry’s', isoDate)
    .action((path: string | undefined, options: ExportCommand) =>
      exportToScreenOrFile(screen, path, options),
    );
  command
    .command('trial-balance')
    .description('show what every account stood at on a day')
    .requiredOption('--tenant <slug>', 'the company')
    .option('--as-of <date>', 'the day, such as 2026-01-31; default: today', isoDate)
    .addOption(new Option('--format <format>', 'how').choices(trialBalanceFormats).default('table'))
    .action((options: TrialBalanceCommand) => showTrialBalance(screen, options));
  for (const each of yearCommands(screen)) command.addCommand(each);
  command.addCommand(ratesCommand(screen));
  command.addCommand(revalueCommand(screen));
  command.addCommand(runRecurringCommand(screen));
  return command;
}
