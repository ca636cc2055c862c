// Notes in a company's audit log what concerns the company but is kept in the shared tables.
import { sql } from 'kysely';
import { asLogin, type DirectoryTx } from '#lib/tenant-tx';

/** `before` and `after` are JSON objects, or null for what was not there; no secret may be in them. */
export type AuditNote = {
  subject: string;
  subjectId: string;
  action: 'create' | 'change' | 'delete';
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

/** Adds the note to the block that the transaction appends to the company's log when it commits. */
export async function noteChange(tx: DirectoryTx, tenantId: string, note: AuditNote): Promise<void> {
  const { schema_name: schema } = await tx.db
    .selectFrom('tenants')
    .select('schema_name')
    .where('id', '=', tenantId)
    .executeTakeFirstOrThrow();
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  await asLogin(tx, () =>
    sql`select ${sql.id(schema, 'audit_note')}(${note.subject}, ${note.subjectId}, ${note.action},
      ${json(note.before)}::jsonb, ${json(note.after)}::jsonb)`.execute(tx.db),
  );
}
