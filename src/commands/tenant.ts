// Creates, lists and suspends companies from the server's console.
import { Command, InvalidArgumentError, Option } from 'commander';
import { CHART_NAMES, type ChartName } from '#accounting';
import { toBikramSambat } from '#lib/bikram-sambat';
import { type Calendar, inDirectory } from '#lib/tenant-tx';
import { addTenantDomain, listTenants, setTenantStatus } from '#tenancy';
import { verifyByOperator } from '#users';
import { fromVariable, isoDate, tenantNamed, withDatabase } from './context.ts';
import { createCompany } from './create-company.ts';

type Options = {
  name: string;
  slug: string;
  schema?: string;
  currency: string;
  firstYear: string;
  years: number;
  chart: ChartName;
  calendar?: Calendar;
  timeZone?: string;
  owner: string;
  ownerName?: string;
  ownerPasswordEnv: string;
};

function yearCount(text: string): number {
  const years = /^\d+$/.test(text) ? Number(text) : 0;
  if (years < 1 || years > 20) throw new InvalidArgumentError('it must be a number from 1 to 20.');
  return years;
}

/** Nepal's companies keep their years by Bikram Sambat months, which shows in the day on which the year begins. */
function calendarOf(options: Options): Calendar {
  if (options.calendar) return options.calendar;
  if (options.currency !== 'NPR' && options.chart !== 'nepal') return 'gregorian';
  try {
    return toBikramSambat(options.firstYear).day === 1 ? 'bikram_sambat' : 'gregorian';
  } catch {
    return 'gregorian';
  }
}

async function create(options: Options): Promise<void> {
  const password = fromVariable(options.ownerPasswordEnv);
  await withDatabase(
    async (db) => {
      const started = performance.now();
      const tenant = await createCompany(db, {
        name: options.name,
        slug: options.slug,
        ...(options.schema !== undefined && { schema: options.schema }),
        currency: options.currency,
        calendar: calendarOf(options),
        timeZone: options.timeZone ?? (options.currency === 'NPR' ? 'Asia/Kathmandu' : 'UTC'),
        chart: options.chart,
        firstYear: options.firstYear,
        years: options.years,
        members: [
          {
            email: options.owner,
            name: options.ownerName ?? options.owner.split('@')[0] ?? options.owner,
            role: 'owner',
            password,
          },
        ],
      });
      const seconds = ((performance.now() - started) / 1000).toFixed(2);
      process.stdout.write(
        `created ${tenant.name} (${tenant.slug}, schema ${tenant.schema}, ${tenant.currency}, ${tenant.calendar}) in ${seconds} s\n`,
      );
    },
    [options.ownerPasswordEnv],
  );
}

function createCommand(): Command {
  return new Command('create')
    .description('create a company with its owner, chart of accounts and fiscal years')
    .requiredOption('--name <name>', 'the company’s name')
    .requiredOption('--slug <slug>', 'its short name, as in slug.localhost and X-Tenant')
    .option('--schema <name>', 'its PostgreSQL schema; default: made from the slug')
    .requiredOption('--currency <code>', 'ISO 4217, such as NPR; it never changes', (text) =>
      text.toUpperCase(),
    )
    .requiredOption('--first-year <date>', 'the day on which the first fiscal year begins', isoDate)
    .option('--years <n>', 'how many fiscal years to open', yearCount, 1)
    .addOption(
      new Option('--chart <chart>', 'a ready-made chart of accounts').choices(CHART_NAMES).default('general'),
    )
    .addOption(
      new Option(
        '--calendar <calendar>',
        'by which months periods go; default: Bikram Sambat for a Nepali company whose year begins with a BS month',
      ).choices(['gregorian', 'bikram_sambat']),
    )
    .option('--time-zone <zone>', 'IANA time zone; default: Asia/Kathmandu for NPR, else UTC')
    .requiredOption('--owner <email>', 'the owner’s e-mail address')
    .option('--owner-name <name>', 'the owner’s name; default: the address before the @')
    .requiredOption(
      '--owner-password-env <variable>',
      'the environment variable that holds the owner’s password',
    )
    .action(create);
}

async function setStatus(slug: string, status: 'active' | 'suspended'): Promise<void> {
  await withDatabase(async (db) => {
    await tenantNamed(db, slug);
    await setTenantStatus(db, slug, status);
    process.stdout.write(`${slug} is ${status}\n`);
  });
}

function domainCommand(): Command {
  const verify = new Command('verify')
    .description(
      'take an e-mail domain for a company’s own on the operator’s word, without a record in the DNS',
    )
    .argument('<slug>')
    .argument('<domain>')
    .action((slug: string, name: string) =>
      withDatabase(async (db) => {
        const tenant = await tenantNamed(db, slug);
        const { domain } = await inDirectory(db, (tx) => verifyByOperator(tx, tenant.id, name));
        process.stdout.write(`${domain} is an e-mail domain of ${tenant.name}\n`);
      }),
    );
  return new Command('domain')
    .description('let a company be found by a domain of its own')
    .argument('<slug>')
    .argument('<domain>')
    .action((slug: string, domain: string) =>
      withDatabase(async (db) => {
        const tenant = await tenantNamed(db, slug);
        await addTenantDomain(db, tenant.id, domain);
        process.stdout.write(`${domain.toLowerCase()} leads to ${tenant.name}\n`);
      }),
    )
    .addCommand(verify);
}

/** `tenant create | list | suspend | activate | domain | domain verify`. */
export function tenantCommand(): Command {
  const command = new Command('tenant').description('companies');
  command.addCommand(createCommand());
  command
    .command('list')
    .description('list the companies')
    .action(() =>
      withDatabase(async (db) => {
        for (const tenant of await listTenants(db)) {
          const { slug, status, currency, calendar, schema, name } = tenant;
          process.stdout.write(`${[slug, status, currency, calendar, schema, name].join('\t')}\n`);
        }
      }),
    );
  command
    .command('suspend')
    .description('refuse every request to a company from now on')
    .argument('<slug>')
    .action((slug: string) => setStatus(slug, 'suspended'));
  command
    .command('activate')
    .description('let requests to a suspended company in again')
    .argument('<slug>')
    .action((slug: string) => setStatus(slug, 'active'));
  return command.addCommand(domainCommand());
}
