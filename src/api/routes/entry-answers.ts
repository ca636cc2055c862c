// How an entry is answered: as a document with its version, and after its making with 201 and where it is.
import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { type Entry, getEntry } from '#accounting';
import type { Db } from '#lib/db';
import type { Answer } from '#lib/idempotency';
import { notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { userNames } from '#users';
import { setLocation } from '../versions/version.ts';
import { setVersion } from './context.ts';
import type { EntrySchema } from './schemas.ts';

/** The entry of that id. Throws not-found. */
export async function requiredEntry(tx: TenantTx, id: string): Promise<Entry> {
  const entry = await getEntry(tx, id);
  if (!entry) throw notFound('entry');
  return entry;
}

/** An entry with its author by name, and its version as the reply's ETag. */
export async function entryDocument(
  db: Db,
  reply: FastifyReply,
  entry: Entry,
): Promise<Static<typeof EntrySchema>> {
  const { userId, name } = reply.request.actor;
  const isOwn = entry.created_by !== null && entry.created_by === userId;
  const author = isOwn ? name : (await userNames(db, [entry.created_by])).get(entry.created_by ?? '');
  setVersion(reply, entry.version);
  return { ...entry, created_by: author ?? null };
}

/** What is kept of the answer to a new entry. The author's name is looked up when it is sent. */
export function createdAnswer(entry: Entry): Answer {
  return { status: 201, body: entry };
}

/** Sends an answer made by createdAnswer, new or kept; `Idempotency-Replayed` tells a kept one. */
export async function sendCreated(db: Db, reply: FastifyReply, answer: Answer & { replayed: boolean }) {
  const entry = answer.body as Entry;
  if (answer.replayed) reply.header('Idempotency-Replayed', 'true');
  reply.code(201);
  setLocation(reply, `/journal-entries/${entry.id}/`);
  return await entryDocument(db, reply, entry);
}
