// The verbs that stay: `start`, which makes everything ready by itself, and `web`, which serves what is ready.
import { Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import { type Config, loadConfig } from '#lib/config';
import { openKeyRing } from '#lib/key-ring';
import { mailFolder, openMailer } from '#lib/mail/mailer';
import { progressBar } from '#lib/progress';
import { requireMigrated } from '#tenancy';
import { type BuildApp, migrateOrFail, type OpenDatabase, openDatabase } from './context.ts';
import { ensureDemoCompanies } from './demo-companies.ts';
import { mailSchedule, schedules, startSchedules } from './schedules.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Waits for the first signal to stop; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve();
      });
    }
  });
}

/** The address as a person types it; `host` is a company's, or the bare one. */
function addressOf(config: Config, app: FastifyInstance, host = config.baseDomain): string {
  const [bound] = app.addresses();
  const port = typeof bound === 'object' ? bound.port : config.port;
  return `http://${host}${port === 80 ? '' : `:${port}`}/`;
}

async function listen(config: Config, app: FastifyInstance): Promise<void> {
  try {
    await app.listen({ port: config.port, host: config.host });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new Error(`PORT ${config.port} is taken by another program; choose another with PORT=…`);
  }
}

/**
 * Opens the database, lets `prepare` make it ready, serves until a signal comes, and closes everything in the reverse
 * order: no new requests, the ones under way finished, then the database.
 */
async function serve(
  buildApp: BuildApp,
  prepare: (config: Config, database: OpenDatabase) => Promise<(app: FastifyInstance) => void>,
): Promise<void> {
  const config = loadConfig(process.env);
  const stop = stopSignal();
  const describe = `http://${config.baseDomain}:${config.port}/`;
  const database = await openDatabase(config, 'owner', describe);
  try {
    const announce = await prepare(config, database);
    const app = await buildApp(config, database.db);
    const mailer = openMailer(config);
    const mails = mailSchedule(await openKeyRing(config), mailer);
    const stopSchedules = startSchedules(database.db, app.serverLog, [...schedules, mails]);
    try {
      await listen(config, app);
      announce(app);
      await stop;
      say('stopping …');
    } finally {
      await app.close();
      await stopSchedules();
      mailer.close();
    }
  } finally {
    await database.close();
  }
}

/** What to say of the demo users' password without repeating one that somebody chose. */
function passwordLine(config: Config, password: string | null): string {
  if (config.demoPassword !== null) return 'the one in HIMALYTIX_DEMO_PASSWORD';
  return password ?? 'as set by HIMALYTIX_DEMO_PASSWORD before; set it again for another';
}

async function start(buildApp: BuildApp): Promise<void> {
  await serve(buildApp, async (config, { db }) => {
    const bar = progressBar('companies');
    await migrateOrFail(db, bar.update).finally(bar.stop);
    const { slugs, password } = await ensureDemoCompanies(db, config, say);
    return (app) => {
      const addresses = slugs.map((slug) => addressOf(config, app, `${slug}.${config.baseDomain}`));
      say('');
      say('Himalytix is ready.');
      say('');
      for (const address of addresses) say(`  open      ${address}`);
      say('  sign in   accountant@acme.test, or owner@, clerk@, auditor@, storekeeper@ (demo: @demo.test)');
      say(`  password  ${passwordLine(config, password)}`);
      say(`  API       ${addressOf(config, app)}api/docs/`);
      if (config.smtpUrl === null) say(`  mails     ${mailFolder(config)}`);
      say('  stop      Ctrl-C');
      say('');
    };
  });
}

async function web(buildApp: BuildApp): Promise<void> {
  await serve(buildApp, async (_config, { db, embedded }) => {
    if (embedded) await migrateOrFail(db);
    else await requireMigrated(db);
    return (app) => say(`listening at ${addressOf(_config, app)}`);
  });
}

/** `start` and `web`; `buildApp` is the composition root, which only main.ts may name. */
export function serveCommands(buildApp: BuildApp): Command[] {
  return [
    new Command('start')
      .description('database, migrations, demo companies and web server in one; keeps the data')
      .action(() => start(buildApp)),
    new Command('web')
      .description('the web server, on a database that is migrated')
      .action(() => web(buildApp)),
  ];
}
