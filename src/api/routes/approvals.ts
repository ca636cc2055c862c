// Approval over the API, as a resource under a draft.
import { Type } from 'typebox';
import { type Approval, approveDraft, getApproval, withdrawApproval } from '#accounting';
import type { Db } from '#lib/db';
import { notFound } from '#lib/problem';
import { userNames } from '#users';
import { ApprovalSchema } from './access-schemas.ts';
import { type ApiServer, inRequest, type Services, seenVersion } from './context.ts';
import { requiredEntry } from './entry-answers.ts';
import { Id, nullable, problems, strictObject } from './schemas.ts';

const tags = ['journal entries'];
const Params = strictObject({ id: Id });
const approve = 'accounting.journal_entry.approve';

async function documentOf(db: Db, { approved_by, approved_at, total }: Approval) {
  const names = await userNames(db, [approved_by]);
  return { approved_by: names.get(approved_by) ?? null, approved_at: approved_at.toISOString(), total };
}

/** /journal-entries/{id}/approve/. */
export function approvalRoutes(app: ApiServer, { db }: Services): void {
  app.post('/journal-entries/:id/approve/', {
    config: { permission: approve },
    schema: {
      tags,
      summary: 'Approve a draft as it stands',
      description:
        'Whoever edits the draft takes the approval away with it. If-Match with its ETag approves only what you have read.',
      params: Params,
      body: nullable(strictObject({})),
      response: { 200: ApprovalSchema, ...problems(401, 403, 404, 409, 412, 422) },
    },
    handler: async (request) => {
      const version = seenVersion(request, { required: false });
      const approval = await inRequest(db, request, (tx) => approveDraft(tx, request.params.id, version));
      return await documentOf(db, approval);
    },
  });
  app.get('/journal-entries/:id/approve/', {
    config: { permission: 'accounting.journal_entry.view' },
    schema: {
      tags,
      summary: 'The approval of a draft as it stands, or the one with which an entry was posted',
      params: Params,
      response: { 200: ApprovalSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async (request) => {
      const approval = await inRequest(db, request, async (tx) => {
        await requiredEntry(tx, request.params.id);
        return await getApproval(tx, request.params.id);
      });
      if (!approval) throw notFound('approval');
      return await documentOf(db, approval);
    },
  });
  app.delete('/journal-entries/:id/approve/', {
    config: { permission: approve },
    schema: {
      tags,
      summary: 'Take back the approval of a draft',
      params: Params,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 409, 422) },
    },
    handler: async (request, reply) => {
      await inRequest(db, request, (tx) => withdrawApproval(tx, request.params.id));
      return await reply.code(204).send(null);
    },
  });
}
