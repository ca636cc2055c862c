// Verifies and exports the audit logs of companies at the server's console.
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError } from 'commander';
import { compareJournal } from '#accounting';
import { auditLines, readAuditFile } from '#lib/audit/audit-file';
import { readChain } from '#lib/audit/read-chain';
import { type ChainReport, verifyChain } from '#lib/audit/verify-chain';
import type { Db } from '#lib/db';
import { type ProgressStream, progressBar } from '#lib/progress';
import { inTenant, systemActor, type Tenant, type TenantTx } from '#lib/tenant-tx';
import { listTenants } from '#tenancy';
import { tenantNamed, withDatabase } from './context.ts';

type Verify = { tenant?: string; all?: true; file?: string; head?: string };

/** Where a verb writes to: the process, unless a test looks on. */
type Screen = { stdout: { write(text: string): unknown }; stderr: ProgressStream };

const counted = (count: number, one: string, many: string) =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

function hash(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError('it must be 64 hexadecimal digits.');
  return text.toLowerCase();
}

/** Looks at one moment of a company, which may be suspended, as its books stay to be proved. */
function inMoment<T>(db: Db, tenant: Tenant, work: (tx: TenantTx) => Promise<T>): Promise<T> {
  return inTenant(db, { ...tenant, status: 'active' }, systemActor, work, { snapshot: true });
}

function tell(screen: Screen, name: string, report: ChainReport, noted: string | undefined): void {
  const { blocks, rows, head } = report;
  const size = `${counted(blocks, 'block', 'blocks')} with ${counted(rows, 'row', 'rows')}`;
  if (report.fault !== null) screen.stdout.write(`${name}: BROKEN after ${size}: ${report.fault}\n`);
  else
    screen.stdout.write(
      `${name}: holds, ${size}${noted ? ', the noted head among them' : ''}; head ${head.hash}\n`,
    );
}

async function verifyTenant(screen: Screen, db: Db, tenant: Tenant, noted?: string): Promise<boolean> {
  const report = await inMoment(db, tenant, async (tx) => {
    const head = await tx.db.selectFrom('audit_head').select('seq').executeTakeFirst();
    const bar = progressBar(`blocks of ${tenant.slug} verified`, screen.stderr);
    const onProgress = (done: number) => bar.update(done, Math.max(done, head?.seq ?? 0));
    try {
      const chain = await verifyChain(readChain(tx), { noted: noted ?? null, onProgress });
      return chain.fault === null ? { ...chain, fault: await compareJournal(tx) } : chain;
    } finally {
      bar.stop();
    }
  });
  tell(screen, tenant.slug, report, noted);
  return report.fault === null;
}

async function verifyTenants(screen: Screen, options: Verify): Promise<void> {
  await withDatabase(async (db) => {
    const tenants = options.tenant ? [await tenantNamed(db, options.tenant)] : await listTenants(db);
    let broken = 0;
    for (const tenant of tenants) if (!(await verifyTenant(screen, db, tenant, options.head))) broken += 1;
    if (broken > 0) throw new Error(`${counted(broken, 'audit log is', 'audit logs are')} broken`);
  });
}

async function verify(screen: Screen, options: Verify): Promise<void> {
  const named = [options.tenant, options.all, options.file].filter((each) => each !== undefined);
  if (named.length !== 1) throw new Error('say what to verify: --tenant <slug>, --all or --file <file>');
  if (options.all && options.head)
    throw new Error('a noted head belongs to one company; name it with --tenant');
  if (options.file === undefined) return await verifyTenants(screen, options);
  const report = await verifyChain(readAuditFile(options.file), { noted: options.head ?? null });
  tell(screen, options.file, report, options.head);
  if (report.fault !== null) throw new Error('the audit log is broken');
}

/** Writes the log as it is, so that a broken one can be shown to an auditor, and verifies what was written. */
async function exportLog(screen: Screen, path: string, options: { tenant: string }): Promise<void> {
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, options.tenant);
    await inMoment(db, tenant, (tx) =>
      pipeline(auditLines(readChain(tx)), createWriteStream(path, { flags: 'wx', mode: 0o600 })),
    );
  });
  const report = await verifyChain(readAuditFile(path));
  tell(screen, path, report, undefined);
  if (report.fault !== null) throw new Error('the audit log is broken; it was exported as it is');
}

/** `audit verify` and `audit export`. */
export function auditCommand(screen: Screen = process): Command {
  const command = new Command('audit').description('the log of who did what, and its proof');
  command
    .command('verify')
    .description('recompute the chain of hashes, and compare the journal with it')
    .option('--tenant <slug>', 'one company')
    .option('--all', 'all companies')
    .option('--file <file>', 'an exported file; no database is needed')
    .option('--head <hash>', 'a head hash noted earlier, which must still be in the chain', hash)
    .action((options: Verify) => verify(screen, options));
  command
    .command('export')
    .description('write the log to a new file that verifies with no database, and print its head')
    .argument('<file>')
    .requiredOption('--tenant <slug>', 'the company')
    .action((path: string, options: { tenant: string }) => exportLog(screen, path, options));
  return command;
}
