// Proves the books of one company or of all, at the server's console, on a live database or a restored one.
import { Command } from 'commander';
import { type Verdict, verifyBooks } from '#accounting';
import type { Db } from '#lib/db';
import { inTenant, systemActor, type Tenant } from '#lib/tenant-tx';
import { listTenants } from '#tenancy';
import { tenantNamed, withDatabase } from './context.ts';

/** Where the verb writes to: the process, unless a test looks on. */
type Screen = { stdout: { write(text: string): unknown } };

function lineOf({ invariant, claim, of, checked, breaches, ids }: Verdict): string {
  const counted = `${checked.toLocaleString('en-US')} ${of}`;
  if (breaches === 0) return `  ${invariant}  ok      ${claim} (${counted})\n`;
  const more = breaches > ids.length ? ` and ${breaches - ids.length} more` : '';
  return `  ${invariant}  BROKEN  ${claim}: ${breaches} in ${counted}: ${ids.join(', ')}${more}\n`;
}

/** Tells about one company; returns how many of the claims do not hold. A suspended company is verified, too. */
async function verifyCompany(db: Db, tenant: Tenant, { stdout }: Screen): Promise<number> {
  const verdicts = await inTenant(db, { ...tenant, status: 'active' }, systemActor, verifyBooks, {
    snapshot: true,
  });
  stdout.write(`${tenant.name} (${tenant.slug})\n${verdicts.map(lineOf).join('')}`);
  return verdicts.filter(({ breaches }) => breaches > 0).length;
}

async function verify(screen: Screen, slug: string): Promise<void> {
  await withDatabase(async (db) => {
    const tenants = slug === 'all' ? await listTenants(db) : [await tenantNamed(db, slug)];
    let broken = 0;
    for (const tenant of tenants) broken += await verifyCompany(db, tenant, screen);
    if (broken > 0) throw new Error(`${broken} of the claims above do not hold`);
    const companies = tenants.length === 1 ? '1 company' : `${tenants.length} companies`;
    screen.stdout.write(`every claim holds for ${companies}\n`);
  });
}

/** `verify`: a line for each claim; fails when one does not hold. */
export function verifyCommand(screen: Screen = process): Command {
  return new Command('verify')
    .description('prove the books from their rows: sums, balances, numbers, answers; reads only')
    .option('--tenant <slug>', 'the company, or all', 'all')
    .action(({ tenant }: { tenant: string }) => verify(screen, tenant));
}
