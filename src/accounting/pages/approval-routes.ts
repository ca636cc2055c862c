// The approval of a draft by page, and its being taken back.
import type { FastifyInstance } from 'fastify';
import { approveDraft, withdrawApproval } from '../journal/approve-draft.ts';
import { act, type ById, entryId, fieldOf } from './entry-routes.ts';
import type { PageParts } from './page-parts.ts';

/** POST /journal-entries/:id/approval/ and …/disapproval/. */
export function approvalRoutes(app: FastifyInstance, parts: PageParts): void {
  const { write } = parts;
  for (const [action, work] of [
    ['approval', approveDraft],
    ['disapproval', withdrawApproval],
  ] as const) {
    app.post<ById>(
      `/journal-entries/:id/${action}/`,
      { config: { permission: 'accounting.journal_entry.approve' } },
      async (request, reply) => {
        const [id, version] = [entryId(request), Number(fieldOf(request.body, 'version')) || null];
        return await act(parts, request, reply, async () => {
          await write<unknown>(request, (tx) => work(tx, id, version));
          return { id };
        });
      },
    );
  }
}
