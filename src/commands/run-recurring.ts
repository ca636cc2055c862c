// Posts what has fallen due in one company or in all, at the server's console or from a scheduler of one's own.
import { Command } from 'commander';
import { type RunReport, type RunResult, runRecurring } from '#accounting';
import { today } from '#lib/dates';
import type { Db } from '#lib/db';
import { inTenant, systemActor, type Tenant } from '#lib/tenant-tx';
import { listTenants } from '#tenancy';
import { isoDate, tenantNamed, withDatabase } from './context.ts';

type Options = { tenant?: string; all?: true; date?: string; dryRun?: true };

/** Where the verb writes to: the process, unless a test looks on. */
type Screen = { stdout: { write(text: string): unknown } };

const nameOf = ({ kind, template, reverses }: RunResult) => {
  const name = template?.name ?? reverses?.number ?? '';
  return kind === 'reversal' ? `reversal of ${name}` : name;
};

function tableOf(results: readonly RunResult[]): string {
  const width = Math.max(0, ...results.map((result) => nameOf(result).length));
  const rows = results.flatMap((result) => {
    const outcome = result.entry ? `posted as ${result.entry.number}` : result.status;
    const head = `  ${result.date}  ${nameOf(result).padEnd(width)}  ${outcome}`;
    return [head, ...result.errors.map(({ pointer, detail }) => `    ${pointer}: ${detail}`)];
  });
  return rows.map((row) => `${row.trimEnd()}\n`).join('');
}

function tell(tenant: Tenant, report: RunReport, dryRun: boolean): string {
  const { date, posted, refused, results } = report;
  const sum = `${dryRun ? 'would post' : 'posted'} ${posted}, refused ${refused}`;
  return `${tenant.name} (${tenant.slug}) until ${date}: ${sum}\n${tableOf(results)}`;
}

/** Runs for one company and tells of it; returns whether nothing was refused. */
async function runFor(db: Db, tenant: Tenant, options: Options, { stdout }: Screen): Promise<boolean> {
  const dryRun = options.dryRun === true;
  const date = options.date ?? today(tenant.timeZone);
  const report = await inTenant(db, tenant, systemActor, (tx) => runRecurring(tx, date, { dryRun }));
  stdout.write(tell(tenant, report, dryRun));
  return report.refused === 0;
}

async function runAll(db: Db, options: Options, screen: Screen): Promise<void> {
  const tenants =
    options.tenant === undefined
      ? (await listTenants(db)).filter(({ status }) => status === 'active')
      : [await tenantNamed(db, options.tenant)];
  let faulty = 0;
  for (const tenant of tenants) {
    const clean = await runFor(db, tenant, options, screen).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      screen.stdout.write(`${tenant.name} (${tenant.slug}): ${reason}\n`);
      return false;
    });
    if (!clean) faulty += 1;
  }
  if (faulty > 0) {
    const companies = tenants.length === 1 ? '' : ` in ${faulty} of ${tenants.length} companies`;
    throw new Error(`not everything was posted${companies}; what was refused stays due`);
  }
}

/** `ledger run-recurring`; fails when something was refused, after everything else was posted. */
export function runRecurringCommand(screen: Screen): Command {
  return new Command('run-recurring')
    .description('post the recurring entries and automatic reversals that are due; twice is once')
    .option('--tenant <slug>', 'the company')
    .option('--all', 'all active companies')
    .option(
      '--date <date>',
      'until and including this day; default: today in the company’s time zone',
      isoDate,
    )
    .option('--dry-run', 'tell what would be posted or refused, and post nothing')
    .action(async (options: Options) => {
      if ((options.tenant === undefined) === (options.all === undefined))
        throw new Error('name one company with --tenant, or all with --all');
      await withDatabase((db) => runAll(db, options, screen));
    });
}
