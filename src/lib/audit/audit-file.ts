// The audit log as a file of one JSON object a line, which can be verified with no database.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import {
  type AuditBlock,
  type AuditHead,
  type AuditRecord,
  type AuditRow,
  UnreadableAudit,
} from './audit-record.ts';

const HEADER = JSON.stringify({ format: 'himalytix-audit/1' });

const blockOf = ({ seq, at, rows, previous, hash }: AuditBlock): AuditBlock => ({
  seq,
  at,
  rows,
  previous,
  hash,
});

const rowOf = (row: AuditRow): AuditRow => ({
  block: row.block,
  nth: row.nth,
  actor: row.actor,
  request: row.request,
  ip: row.ip,
  subject: row.subject,
  subject_id: row.subject_id,
  action: row.action,
  content: row.content,
  hash: row.hash,
});

const headOf = ({ seq, hash }: AuditHead): AuditHead => ({ seq, hash });

/** A record with its known fields in their order, so that the same record is always the same line. */
function tidied(record: AuditRecord): AuditRecord {
  if ('block' in record) return { block: blockOf(record.block) };
  return 'row' in record ? { row: rowOf(record.row) } : { head: headOf(record.head) };
}

/** The lines of an export, each with its line feed. */
export async function* auditLines(records: AsyncIterable<AuditRecord>): AsyncGenerator<string> {
  yield `${HEADER}\n`;
  for await (const record of records) yield `${JSON.stringify(tidied(record))}\n`;
}

/** A line as a record. It has to be written exactly as an export writes it, so that no byte of a file can be altered. */
function recordOf(line: string, number: number): AuditRecord {
  const fault = `line ${number}: it is no record of an audit log, or was altered`;
  try {
    const record = tidied(JSON.parse(line));
    if (JSON.stringify(record) === line) return record;
  } catch {
    // Whatever it is, it is not ours.
  }
  throw new UnreadableAudit(fault);
}

/**
 * The records of an exported file, read as a stream. Throws UnreadableAudit, which names the line; a file that is not there
 * or may not be read throws the error of the system.
 */
export async function* readAuditFile(path: string): AsyncGenerator<AuditRecord> {
  const stream = createReadStream(path);
  await new Promise<void>((resolve, reject) => stream.once('open', () => resolve()).once('error', reject));
  yield* recordsOf(stream);
}

async function* recordsOf(stream: Readable): AsyncGenerator<AuditRecord> {
  const text = stream.setEncoding('utf8');
  let number = 0;
  let rest = '';
  for await (const chunk of text) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      number += 1;
      if (number > 1) yield recordOf(line, number);
      else if (line !== HEADER)
        throw new UnreadableAudit('line 1: the file is no audit log of the format himalytix-audit/1');
    }
  }
  if (rest !== '' || number === 0)
    throw new UnreadableAudit(`line ${number + 1}: the line has no end, so the file was cut off`);
}
