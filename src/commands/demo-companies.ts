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

/** From the variable, or made at random once and kept in the data folder, readable by its owner only. */
async function demoPassword(config: Config): Promise<string> {
  if (config.demoPassword !== null) return config.demoPassword;
  const file = resolve(config.dataDir, 'demo-password');
  await mkdir(config.dataDir, { recursive: true });
  await writeFile(file, `${randomBytes(9).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return (await readFile(file, 'utf8')).trim();
}

const emailsOf = (slug: string) => roles.map((role) => ({ role, email: `${role}@${slug}.test` }));

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
 * Makes what is missing of the demo companies, and gives their users the password of the variable when it was set.
 * Returns the companies' slugs and the password.
 */
export async function ensureDemoCompanies(
  db: Db,
  config: Config,
  log: (line: string) => void,
): Promise<{ slugs: string[]; password: string }> {
  const password = await demoPassword(config);
  for (const company of companies) {
    if (!(await tenantBySlug(db, company.slug))) {
      log(`making the demo company ${company.name} …`);
      await createDemoCompany(db, company, password);
    } else if (config.demoPassword !== null) {
      await inDirectory(db, async (tx) => {
        for (const { email } of emailsOf(company.slug)) await setPassword(tx, email, password);
      });
    }
  }
  return { slugs: companies.map((company) => company.slug), password };
}
