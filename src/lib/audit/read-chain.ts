// Reads a company's audit log from its database, page by page, as the bytes that were stored.
import { sql } from 'kysely';
import type { TenantTx } from '#lib/tenant-tx';
import type { AuditBlock, AuditHead, AuditRecord, AuditRow } from './audit-record.ts';

const PAGE = 2000;

async function* readBlocks(tx: TenantTx): AsyncGenerator<AuditBlock> {
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const { rows } = await sql<AuditBlock>`
      select seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, row_count as rows,
        encode(previous_hash, 'hex') as previous, encode(hash, 'hex') as hash
      from audit_blocks where seq > ${after} order by seq limit ${PAGE}
    `.execute(tx.db);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.seq;
  }
}

async function* readRows(tx: TenantTx): AsyncGenerator<AuditRow> {
  let after = { block: Number.MIN_SAFE_INTEGER, nth: 0 };
  for (;;) {
    const { rows } = await sql<AuditRow>`
      select block_seq as block, nth, actor_id as actor, request_id as request, abbrev(ip) as ip, subject, subject_id, action,
        content, encode(hash, 'hex') as hash
      from audit_rows where (block_seq, nth) > (${after.block}, ${after.nth}) order by block_seq, nth limit ${PAGE}
    `.execute(tx.db);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last;
  }
}

/**
 * The whole log: each block followed by its rows, then the head. A row without a block comes where its block would be. The
 * transaction must be a snapshot, or what is appended meanwhile looks like a fault.
 */
export async function* readChain(tx: TenantTx): AsyncGenerator<AuditRecord> {
  const rows = readRows(tx);
  let next = await rows.next();
  for await (const block of readBlocks(tx)) {
    for (; !next.done && next.value.block < block.seq; next = await rows.next()) yield { row: next.value };
    yield { block };
    for (; !next.done && next.value.block === block.seq; next = await rows.next()) yield { row: next.value };
  }
  for (; !next.done; next = await rows.next()) yield { row: next.value };
  const heads = await sql<AuditHead>`select seq, encode(hash, 'hex') as hash from audit_head`.execute(tx.db);
  for (const head of heads.rows) yield { head };
}
