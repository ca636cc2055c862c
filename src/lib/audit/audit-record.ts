// What the audit log consists of and how it is hashed, as docs/audit-export.md describes it for other programs.
import { createHash } from 'node:crypto';

/** A block; `previous` and `hash` are SHA-256 in hex, `at` is UTC with microseconds, such as 2026-01-31T09:30:00.000000Z. */
export type AuditBlock = { seq: number; at: string; rows: number; previous: string; hash: string };

/** A row of a block; `content` is the very JSON text that was hashed, with "before", "after" and "reason". */
export type AuditRow = {
  block: number;
  nth: number;
  actor: string | null;
  request: string | null;
  ip: string | null;
  subject: string;
  subject_id: string;
  action: string;
  content: string;
  hash: string;
};

/** The last block's number and hash; 0 and zeros while there is none. */
export type AuditHead = { seq: number; hash: string };

/** A log is read as blocks, each followed by its rows, and at last its head. */
export type AuditRecord = { block: AuditBlock } | { row: AuditRow } | { head: AuditHead };

/** The previous hash of the first block. */
export const GENESIS = '00'.repeat(32);

/** A field as it is hashed: its length in bytes, a colon, itself and a comma; null is a dash and a comma. */
function field(value: string | number | null): string {
  if (value === null) return '-,';
  const text = String(value);
  return `${Buffer.byteLength(text)}:${text},`;
}

/** The SHA-256 of a row in hex; its place in the block is part of it. */
export function hashOfRow(row: Omit<AuditRow, 'block' | 'hash'>): string {
  const { nth, actor, request, ip, subject, subject_id, action, content } = row;
  const fields = [nth, actor, request, ip, subject, subject_id, action, content];
  return createHash('sha256').update(fields.map(field).join('')).digest('hex');
}

/** The SHA-256 of a block, to be fed with the hashes of its rows one after the other. */
export function hashingOfBlock({ previous, seq, at, rows }: Omit<AuditBlock, 'hash'>) {
  const hash = createHash('sha256').update([previous, seq, at, rows].map(field).join(''));
  return {
    add: (rowHash: string) => void hash.update(field(rowHash)),
    digest: () => hash.digest('hex'),
  };
}

/** A record that no audit log contains; the message says where. */
export class UnreadableAudit extends Error {
  override name = 'UnreadableAudit';
}
