// The two companies that a newcomer finds: made at the first start, kept at every later one.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ChartName, customaryFirstDay, demoEntries, demoFirstDay, postEntries } from '#accounting';
import type { Config } from '#lib/config';
import { today } from '#lib/dates';
import type { Db } from '#lib/db';
import { type Calendar, inDirectory } from '#lib/tenant-tx';
import { tenantBySlug } from '#tenancy';
import { roles, setPassword } from '#users';
import { createCompany } from './create-company.ts';

const SEED = 1;

type DemoCompany = {
  slug: 'acme' | 'demo';
  name: string;
  schema: string;
  currency: string;
  calendar: Calendar;
  timeZone: string;
  chart: ChartName;
};

const companies: DemoCompany[] = [
  {
    slug: 'acme',
    name: 'Acme Corp',
    schema: 'acme_corp',
    currency: 'NPR',
    calendar: 'bikram_sambat',
    timeZone: 'Asia/Kathmandu',
    chart: 'nepal',
  },
  {
    slug: 'demo',
    name: 'Demo Inc',
    schema: 'demo_inc',
    currency: 'USD',
    calendar: 'gregorian',
    timeZone: 'UTC',
    chart: 'general',
  },
];

/**
 * The variable's password, else the one that was made at random before and kept in the data folder, readable by its owner
 * only. Where there is neither, one is made for `fresh` companies; older ones keep the password that was set by a variable,
 * and the answer is null.
 */
async function demoPassword(config: Config, fresh: boolean): Promise<string | null> {
  if (config.demoPassword !== null) return config.demoPassword;
  const file = resolve(config.dataDir, 'demo-password');
  const kept = await readFile(file, 'utf8').catch((error) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  });
  if (kept !== null || !fresh) return kept?.trim() ?? null;
  const made = randomBytes(9).toString('base64url');
  await mkdir(config.dataDir, { recursive: true });
  await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' });
  return made;
}

/** Everybody but the integrator, who is a program. */
const people = roles.filter((role) => role !== 'integrator');

const emailsOf = (slug: string) => people.map((role) => ({ role, email: `${role}@${slug}.test` }));

async function createDemoCompany(db: Db, company: DemoCompany, password: string): Promise<void> {
  const day = today(company.timeZone);
  const firstYear = customaryFirstDay(company.calendar, demoFirstDay(day));
  const members = emailsOf(company.slug).map(({ role, email }) => ({
    email,
    role,
    password,
    name: `${role[0]?.toUpperCase()}${role.slice(1)}`,
  }));
  await createCompany(db, { ...company, firstYear, years: 3, members }, async (tx) => {
    const entries = demoEntries({ seed: SEED, today: day, profile: company.slug });
    const results = await postEntries(tx, entries, { atomic: true });
    const refused = results.find((result) => !result.posted);
    if (refused && !refused.posted) throw new Error(`demo data: ${JSON.stringify(refused.faults)}`);
  });
}

/**
 * Makes what is missing of the demo companies, and sees to it that their users have the password that is told. Returns the
 * companies' slugs and the password, null when it is one that was set by a variable before.
 */
export async function ensureDemoCompanies(
  db: Db,
  config: Config,
  log: (line: string) => void,
): Promise<{ slugs: string[]; password: string | null }> {
  const found = await Promise.all(companies.map(({ slug }) => tenantBySlug(db, slug)));
  const password = await demoPassword(config, found.includes(null));
  for (const [index, company] of companies.entries()) {
    if (password === null) continue;
    if (found[index] === null) {
      log(`making the demo company ${company.name} …`);
      await createDemoCompany(db, company, password);
    } else {
      await inDirectory(db, async (tx) => {
        for (const { email } of emailsOf(company.slug)) await setPassword(tx, email, password);
      });
    }
  }
  return { slugs: companies.map((company) => company.slug), password };
}
