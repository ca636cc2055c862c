// Prepares a PostgreSQL of one's own for companies that must not reach each other.
import { Command } from 'commander';
import { loadConfig } from '#lib/config';
import { openDb } from '#lib/db';
import { hardenDatabase } from '#lib/harden-database';

/** `database harden`: needs a superuser's address in DATABASE_URL; see docs/runbooks/external-postgresql.md. */
export function databaseCommand(): Command {
  const command = new Command('database').description('the database itself');
  command
    .command('harden')
    .description(
      'take from PUBLIC what would let a company’s role out of its schema; DATABASE_URL is a superuser’s',
    )
    .requiredOption('--login <role>', 'the role that Himalytix connects as, which keeps its rights')
    .action(async ({ login }: { login: string }) => {
      const { databaseUrl } = loadConfig(process.env);
      if (databaseUrl === null)
        throw new Error('DATABASE_URL is not set; the embedded database is hardened already');
      const db = openDb(databaseUrl, { max: 1 });
      try {
        const client = await db.pool.connect();
        await hardenDatabase(client, { loginRole: login }).finally(() => client.release());
        process.stdout.write(`hardened; ${login} keeps its rights\n`);
      } finally {
        await db.close();
      }
    });
  return command;
}
