// Closes fiscal years and opens them again at the server's console.
import { Command } from 'commander';
import {
  type ClosingPlan,
  closeYear,
  holdPostings,
  listFiscalYears,
  planClosing,
  reopenYear,
} from '#accounting';
import type { Db } from '#lib/db';
import { displayAmount } from '#lib/display-amount';
import { inTenant, systemActor, type Tenant, type TenantTx } from '#lib/tenant-tx';
import { tenantNamed, withDatabase } from './context.ts';

type CloseCommand = { tenant: string; year: string; dryRun?: true; reason?: string };
type ReopenCommand = { tenant: string; year: string; reason: string };

/** Where a verb writes to: the process, unless a test looks on. */
type Screen = { stdout: { write(text: string): unknown }; stderr: { write(text: string): unknown } };

/** The id of the year that an option names. Throws an Error that names those that there are. */
async function yearNamed(tx: TenantTx, name: string): Promise<number> {
  const years = await listFiscalYears(tx);
  const year = years.find((each) => each.name === name);
  if (year) return year.id;
  const names = years.map((each) => each.name).join(', ') || 'none yet';
  throw new Error(`there is no fiscal year "${name}"; there are: ${names}`);
}

function resultText({ result }: ClosingPlan, { currency }: Tenant): string {
  if (!/[1-9]/.test(result)) return 'no profit and no loss';
  const amount = displayAmount(result.replace('-', ''), currency);
  return `${result.startsWith('-') ? 'a loss' : 'a profit'} of ${amount} ${currency}`;
}

function notesOf({ warnings }: ClosingPlan): string[] {
  return warnings.map(({ detail }) => `  note: ${detail}`);
}

function planText(plan: ClosingPlan, tenant: Tenant): string[] {
  const { fiscal_year: year, lines } = plan;
  if (year.status === 'closed') return [`fiscal year ${year.name} of ${tenant.name} is closed already`];
  const wide = Math.max(0, ...lines.map(({ account }) => account.length));
  return [
    `would close fiscal year ${year.name} of ${tenant.name} on ${plan.entry_date} with ${resultText(plan, tenant)}`,
    ...lines.map(({ account, account_name, debit, credit }) => {
      const side = debit === null ? `credit ${credit}` : `debit ${debit}`;
      return `  ${account.padEnd(wide)}  ${side}  ${account_name ?? '(no such account yet)'}`;
    }),
    ...notesOf(plan),
    '  this was a dry run; nothing was stored',
  ];
}

async function dryRun(screen: Screen, db: Db, tenant: Tenant, year: string): Promise<void> {
  const work = async (tx: TenantTx) => await planClosing(tx, await yearNamed(tx, year));
  const plan = await inTenant(db, tenant, systemActor, work, { snapshot: true });
  screen.stdout.write(`${planText(plan, tenant).join('\n')}\n`);
  const obstacles = plan.obstacles.map(({ detail }) => detail);
  if (obstacles.length > 0) throw new Error(`it cannot be closed: ${obstacles.join('; ')}`);
}

async function close(screen: Screen, { tenant: slug, year, ...options }: CloseCommand): Promise<void> {
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, slug);
    if (options.dryRun) return await dryRun(screen, db, tenant, year);
    screen.stderr.write(`closing fiscal year ${year} of ${tenant.name} …\n`);
    const started = performance.now();
    const { plan, closed } = await inTenant(db, tenant, systemActor, async (tx) => {
      const id = await yearNamed(tx, year);
      // What is told is what is then posted.
      await holdPostings(tx);
      const planned = await planClosing(tx, id);
      return { plan: planned, closed: await closeYear(tx, id, options.reason ?? null) };
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    if (plan.fiscal_year.status === 'closed') {
      screen.stdout.write(`fiscal year ${year} of ${tenant.name} was closed before; nothing was done\n`);
      return;
    }
    const entry = closed.closing_entry
      ? `  posted ${closed.closing_entry.number} on ${plan.entry_date}: ${resultText(plan, tenant)}`
      : '  there was nothing to post';
    const told = [`closed fiscal year ${year} of ${tenant.name} in ${seconds} s`, entry, ...notesOf(plan)];
    screen.stdout.write(`${told.join('\n')}\n`);
  });
}

async function reopen(screen: Screen, { tenant: slug, year, reason }: ReopenCommand): Promise<void> {
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, slug);
    const started = performance.now();
    const before = await inTenant(db, tenant, systemActor, async (tx) => {
      const id = await yearNamed(tx, year);
      const found = (await listFiscalYears(tx)).find((each) => each.id === id);
      await reopenYear(tx, id, reason);
      return found;
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    const reversed = before?.closing_entry ? `  reversed ${before.closing_entry.number}\n` : '';
    screen.stdout.write(
      before?.status === 'open'
        ? `fiscal year ${year} of ${tenant.name} is open; nothing was done\n`
        : `reopened fiscal year ${year} of ${tenant.name} in ${seconds} s; its periods are still closed\n${reversed}`,
    );
  });
}

/** `ledger close-year` and `ledger reopen-year`. */
export function yearCommands(screen: Screen): Command[] {
  const closing = new Command('close-year')
    .description(
      'close a fiscal year: income and expenses go to retained earnings, and its periods are closed',
    )
    .requiredOption('--tenant <slug>', 'the company')
    .requiredOption(
      '--year <name>',
      'the fiscal year, such as 2024 or 2081/82; years are closed in their order',
    )
    .option('--dry-run', 'show what would be posted and what stands in the way, and store nothing')
    .option('--reason <text>', 'why, for the audit log')
    .action((options: CloseCommand) => close(screen, options));
  const reopening = new Command('reopen-year')
    .description('open a closed fiscal year again by reversing its closing entry; its periods stay closed')
    .requiredOption('--tenant <slug>', 'the company')
    .requiredOption('--year <name>', 'the fiscal year that was closed last')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action((options: ReopenCommand) => reopen(screen, options));
  return [closing, reopening];
}
