// Proves the books of one company or of all, at the server's console, on a live database or a restored one.
import { Command } from 'commander';
import type { Verdict } from '#accounting';
import type { Db } from '#lib/db';
import { databaseHardeningFaults } from '#lib/harden-database';
import type { Tenant } from '#lib/tenant-tx';
import { listTenants } from '#tenancy';
import { tenantNamed, withDatabase } from './context.ts';
import { proveCompany, type Verification, verificationHistory } from './verify-companies.ts';

/** Where the verb writes to: the process, unless a test looks on. */
type Screen = { stdout: { write(text: string): unknown } };

function lineOf({ invariant, claim, of, checked, breaches, ids }: Verdict): string {
  const counted = `${checked.toLocaleString('en-US')} ${of}`;
  if (breaches === 0) return `  ${invariant}  ok      ${claim} (${counted})\n`;
  const more = breaches > ids.length ? ` and ${breaches - ids.length} more` : '';
  return `  ${invariant}  BROKEN  ${claim}: ${breaches} in ${counted}: ${ids.join(', ')}${more}\n`;
}

/** Tells about one company; returns how many of the claims do not hold. */
async function tellOf(db: Db, tenant: Tenant, { stdout }: Screen): Promise<number> {
  const verdicts = await proveCompany(db, tenant);
  stdout.write(`${tenant.name} (${tenant.slug})\n${verdicts.map(lineOf).join('')}`);
  return verdicts.filter(({ breaches }) => breaches > 0).length;
}

/** What a company's role could use to leave its schema, whichever company's; a superuser's login is warned of elsewhere. */
async function tellOfDatabase(db: Db, { stdout }: Screen): Promise<number> {
  const client = await db.pool.connect();
  const faults = await databaseHardeningFaults(client).finally(() => client.release());
  const ids = faults.filter((fault) => fault.startsWith('PUBLIC'));
  const claim = 'nothing that every role may do leads out of a schema';
  const verdict = { invariant: 'I8', claim, of: 'database', checked: 1, breaches: ids.length, ids };
  stdout.write(`the database\n${lineOf(verdict)}`);
  return ids.length > 0 ? 1 : 0;
}

async function verify(db: Db, screen: Screen, slug: string): Promise<void> {
  const tenants = slug === 'all' ? await listTenants(db) : [await tenantNamed(db, slug)];
  let broken = await tellOfDatabase(db, screen);
  for (const tenant of tenants) broken += await tellOf(db, tenant, screen);
  if (broken > 0) throw new Error(`${broken} of the claims above do not hold`);
  const companies = tenants.length === 1 ? '1 company' : `${tenants.length} companies`;
  screen.stdout.write(`every claim holds for ${companies}\n`);
}

const HISTORY = 200;

function nightOf({ slug, night, finished_at, claims, broken, breaches, error }: Verification): string {
  const outcome = error ?? (broken === 0 ? `ok, ${claims} claims` : `BROKEN, ${broken} of ${claims} claims`);
  return `${night}  ${slug}  ${finished_at ? outcome : 'not finished'}\n${breaches.map(lineOf).join('')}`;
}

/** The nightly proofs, latest first; fails when the latest of a company did not hold. */
async function history(db: Db, { stdout }: Screen, slug: string): Promise<void> {
  const tenant = slug === 'all' ? null : await tenantNamed(db, slug);
  const nights = await verificationHistory(db, tenant?.id ?? null, HISTORY);
  stdout.write(nights.map(nightOf).join('') || 'no company was verified by night yet\n');
  const latest = new Map(nights.toReversed().map((each) => [each.slug, each]));
  const failed = [...latest.values()].filter(({ broken, error }) => (broken ?? 0) > 0 || error !== null);
  if (failed.length > 0)
    throw new Error(`the latest proof does not hold for ${failed.map((each) => each.slug).join(', ')}`);
}

type Options = { tenant: string; history?: true };

/** `verify`: a line for each claim; fails when one does not hold. */
export function verifyCommand(screen: Screen = process): Command {
  return new Command('verify')
    .description('prove the books from their rows: sums, balances, numbers, answers, walls; reads only')
    .option('--tenant <slug>', 'the company, or all', 'all')
    .option('--history', `what the nightly proofs have found, the latest ${HISTORY}`)
    .action((options: Options) =>
      withDatabase((db) =>
        options.history ? history(db, screen, options.tenant) : verify(db, screen, options.tenant),
      ),
    );
}
