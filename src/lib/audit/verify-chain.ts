// Recomputes an audit log record by record, with constant memory, and says where it was first altered.
import {
  type AuditBlock,
  type AuditHead,
  type AuditRecord,
  type AuditRow,
  GENESIS,
  hashingOfBlock,
  hashOfRow,
  UnreadableAudit,
} from './audit-record.ts';

/** What was read until the end or the first fault; `fault` is null when the chain holds. */
export type ChainReport = {
  blocks: number;
  rows: number;
  head: { seq: number; hash: string };
  fault: string | null;
};

/** Where the log is broken, in one sentence. */
class Broken extends Error {}

// How far from its place a swapped row is looked for.
const PLACES = 1000;

/** What a row whose hash is wrong tells: perhaps it is whole and only stands elsewhere than where it was written. */
function faultOfRow(row: AuditRow): string {
  const place = `block ${row.block}, row ${row.nth}`;
  for (let nth = Math.max(1, row.nth - PLACES); nth <= row.nth + PLACES; nth += 1) {
    if (hashOfRow({ ...row, nth }) === row.hash)
      return `${place}: it was written as row ${nth}; rows were swapped`;
  }
  return `${place}: the row was altered (${row.subject} ${row.subject_id}, ${row.action})`;
}

class Chain {
  blocks = 0;
  rows = 0;
  head = { seq: 0, hash: GENESIS };
  #open: { block: AuditBlock; seen: number; hashing: ReturnType<typeof hashingOfBlock> } | null = null;
  #noted: string | null;
  #ended = false;

  constructor(noted: string | null) {
    this.#noted = noted === GENESIS ? null : noted;
  }

  read(record: AuditRecord): void {
    if (this.#ended) throw new Broken('there is more after the head');
    if ('row' in record) {
      this.#row(record.row);
      return;
    }
    this.#close();
    if ('block' in record) this.#block(record.block);
    else this.#head(record.head);
  }

  #head(head: AuditHead): void {
    this.#ended = true;
    const { seq, hash } = head;
    if (seq !== this.head.seq || hash !== this.head.hash) {
      throw new Broken(
        `the head says block ${seq} with hash ${hash}, but the last block is ${this.head.seq} with hash ${this.head.hash}`,
      );
    }
  }

  end(): void {
    this.#close();
    if (!this.#ended) throw new Broken('the head is missing, so the end was cut off');
    if (this.#noted !== null)
      throw new Broken(`no block has the noted hash ${this.#noted}; blocks were removed or rewritten`);
  }

  #block(block: AuditBlock): void {
    const expected = this.head.seq + 1;
    if (block.seq !== expected) {
      throw new Broken(`block ${expected} is missing; after block ${this.head.seq} comes block ${block.seq}`);
    }
    if (block.previous !== this.head.hash) {
      throw new Broken(
        `block ${block.seq} does not follow block ${this.head.seq}: its previous hash is ${block.previous}, not ${this.head.hash}`,
      );
    }
    this.#open = { block, seen: 0, hashing: hashingOfBlock(block) };
  }

  #row(row: AuditRow): void {
    const open = this.#open;
    if (!open || row.block !== open.block.seq)
      throw new Broken(`block ${row.block}, row ${row.nth}: the row belongs to no block`);
    if (row.nth !== open.seen + 1)
      throw new Broken(
        `block ${row.block}: row ${open.seen + 1} is missing; row ${row.nth} stands in its place`,
      );
    if (row.nth > open.block.rows)
      throw new Broken(
        `block ${row.block}, row ${row.nth}: the block has ${open.block.rows} rows only; a row was added`,
      );
    if (hashOfRow(row) !== row.hash) throw new Broken(faultOfRow(row));
    open.hashing.add(row.hash);
    open.seen += 1;
    this.rows += 1;
  }

  #close(): void {
    if (!this.#open) return;
    const { block, seen, hashing } = this.#open;
    this.#open = null;
    if (seen < block.rows)
      throw new Broken(`block ${block.seq}: row ${seen + 1} of ${block.rows} is missing`);
    const hash = hashing.digest();
    if (hash !== block.hash) {
      throw new Broken(
        `block ${block.seq}: the block was altered; its hash is ${block.hash}, its contents give ${hash}`,
      );
    }
    this.blocks += 1;
    this.head = { seq: block.seq, hash };
    if (hash === this.#noted) this.#noted = null;
  }
}

/**
 * Verifies a log up to its head. `noted` is a head hash (hex) noted at an earlier time: one of the blocks must still have
 * it, or what it stood for was cut off or rewritten. Errors of reading the records are thrown.
 */
export async function verifyChain(
  records: AsyncIterable<AuditRecord>,
  options: { noted?: string | null; onProgress?: (blocks: number) => void } = {},
): Promise<ChainReport> {
  const chain = new Chain(options.noted ?? null);
  const report = (fault: string | null): ChainReport => {
    const { blocks, rows, head } = chain;
    return { blocks, rows, head, fault };
  };
  try {
    for await (const record of records) {
      chain.read(record);
      if ('block' in record) options.onProgress?.(chain.blocks);
    }
    chain.end();
    return report(null);
  } catch (error) {
    if (error instanceof Broken || error instanceof UnreadableAudit) return report(error.message);
    throw error;
  }
}
