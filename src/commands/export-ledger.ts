// Writes a company's ledger to a new file or to standard output.
import { open, rm } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ExportFormat, exportLedger } from '#accounting';
import { type ProgressStream, progressBar } from '#lib/progress';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { tenantNamed, withDatabase } from './context.ts';

export type ExportCommand = { tenant: string; format: ExportFormat; from?: string; to?: string };

type Output = { write(text: string): unknown; isTTY?: boolean };

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : null);

const reasons = new Map<unknown, string>([
  ['EEXIST', 'it is there already, and nothing is overwritten'],
  ['ENOENT', 'there is no such folder'],
  ['ENOTDIR', 'there is no such folder'],
  ['EACCES', 'it may not be written'],
  ['EISDIR', 'it is a folder'],
]);

/** Fills a new file that only its owner may read; when that fails, no half of a ledger is left that looks like a whole. */
async function intoFile(path: string, write: (file: Writable) => Promise<void>): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    const reason = reasons.get(codeOf(error));
    throw reason ? new Error(`${path}: ${reason}`) : error;
  });
  try {
    await write(file.createWriteStream());
  } catch (error) {
    await rm(path);
    throw error;
  }
}

/** Whoever reads our output may stop when they have seen enough, as `head` does. */
async function intoOutput(output: Output, write: (stream: Writable) => Promise<void>): Promise<void> {
  const stream =
    output instanceof Writable
      ? output
      : new Writable({
          decodeStrings: false,
          write(text: string, _, done) {
            output.write(text);
            done();
          },
        });
  await write(stream).catch((error: unknown) => {
    if (codeOf(error) !== 'EPIPE') throw error;
  });
}

/** The verb `ledger export`. A bar is drawn unless it would run across the ledger on the same terminal. */
export async function exportToScreenOrFile(
  screen: { stdout: Output; stderr: ProgressStream },
  path: string | undefined,
  { tenant: slug, ...options }: ExportCommand,
): Promise<void> {
  if (options.from !== undefined && options.to !== undefined && options.from > options.to)
    throw new Error(`--from ${options.from} lies after --to ${options.to}`);
  const crossed = path === undefined && screen.stdout.isTTY === true;
  await withDatabase(async (db) => {
    const tenant = await tenantNamed(db, slug);
    const bar = progressBar('entries exported', crossed ? { write: () => {} } : screen.stderr);
    const write = (stream: Writable) =>
      inTenant(
        db,
        tenant,
        systemActor,
        (tx) =>
          pipeline(exportLedger(tx, { ...options, onProgress: bar.update }), stream, {
            end: path !== undefined,
          }),
        { snapshot: true },
      );
    try {
      await (path === undefined ? intoOutput(screen.stdout, write) : intoFile(path, write));
    } finally {
      bar.stop();
    }
  });
}
