// What the page routes of the books share.
import type { FastifyRequest } from 'fastify';
import type { ContextOf } from '#dashboard';
import type { Db } from '#lib/db';
import type { TenantTx } from '#lib/tenant-tx';

type InRequest = <T>(request: FastifyRequest, work: (tx: TenantTx) => Promise<T>) => Promise<T>;

/** Who reads, and the company's transaction: `read` sees one snapshot of the books, `write` commits. */
export type PageParts = { db: Db; contextOf: ContextOf; read: InRequest; write: InRequest };
