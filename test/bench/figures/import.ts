// How fast a journal file is imported, beside COPY of the same lines.
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { importJournal, readJournalFile } from '#accounting';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { type Benchmark, byTurns, timed } from '../figure.ts';
import type { BenchHouse } from '../house.ts';

function* journal(entries: number): Generator<string> {
  yield 'entry,date,memo,account,debit,credit\n';
  for (let n = 1; n <= entries; n += 1) {
    const day = new Date(Date.UTC(2024, 0, 1 + (n % 700))).toISOString().slice(0, 10);
    const amount = (((n * 31) % 99_999) / 100 + 0.01).toFixed(2);
    yield `${n},${day},Entry ${n},1010,${amount},\n${n},${day},Entry ${n},4010,,${amount}\n`;
  }
}

/** The text in pieces, as they come from a file. */
function* bytesOf(texts: Iterable<string>): Generator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function importInto(house: BenchHouse, entries: number): Promise<{ schema: string; spent: number }> {
  const { tenant } = await house.company();
  const spent = await timed(async () => {
    const file = await readJournalFile(Readable.from(bytesOf(journal(entries))), tenant.currencyScale);
    await inTenant(house.db, tenant, systemActor, (tx) => importJournal(tx, file));
  });
  return { schema: tenant.schema, spent };
}

/** COPY of those lines and entries from a file of the server's own into tables of the same shape. */
export async function copyOf(house: BenchHouse, schema: string): Promise<number> {
  const { rows } = await house.superuser.query(`select current_setting('data_directory') as folder`);
  const file = (table: string) => `'${join(rows[0].folder, `bench-${table}`)}'`;
  const tables = ['journal_entries', 'journal_lines'];
  await house.superuser.query(
    [
      'drop schema if exists copied cascade',
      'create schema copied',
      ...tables.map((table) => `copy "${schema}".${table} to ${file(table)}`),
      ...tables.map((table) => `create table copied.${table} (like "${schema}".${table} including all)`),
    ].join('; '),
  );
  const copies = tables.map((table) => `copy copied.${table} from ${file(table)}`).join('; ');
  return await timed(() => house.superuser.query(copies));
}

/** `import`: lines a second from a CSV text to posted entries. */
export const importFile: Benchmark = async (house) => {
  const entries = house.small ? 5000 : 25_000;
  const { schema } = await importInto(house, entries);
  const perSecond = (spent: number) => (2 * entries * 1000) / spent;
  const [baseline, value] = await byTurns(
    3,
    async () => perSecond(await copyOf(house, schema)),
    async () => perSecond((await importInto(house, entries)).spent),
  );
  const note = `${2 * entries} lines, from CSV to posted; baseline: COPY into entries and lines with their indexes, nothing checked`;
  return [
    { name: 'import', value, unit: 'lines/s', baseline, ratio: value / baseline, goal: 'none set', note },
  ];
};
