// Brings a database to this program's version, all companies included.
import { Command } from 'commander';
import { loadConfig } from '#lib/config';
import { progressBar } from '#lib/progress';
import { migrateOrFail, openDatabase } from './context.ts';

/** `migrate`: every schema to this version. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the shared schema and every company to this version; safe to repeat')
    .action(async () => {
      const { db, close } = await openDatabase(loadConfig(process.env), 'guest');
      const bar = progressBar('companies');
      try {
        const tenants = await migrateOrFail(db, bar.update);
        bar.stop();
        process.stdout.write(`migrated; ${tenants} companies are at this version\n`);
      } finally {
        bar.stop();
        await close();
      }
    });
}
