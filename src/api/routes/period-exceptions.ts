// Exceptions to closed and locked periods over the API: who may post there, until when, and why.
import { Type } from 'typebox';
import { grantException, listExceptions, type PeriodException, revokeException } from '#accounting';
import type { Db } from '#lib/db';
import { readableBody } from '#lib/http/validation';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import type { Fault } from '#lib/problem';
import { type Member, mayDo, memberByEmail, usersById } from '#users';
import { type ApiServer, inRequest, requirePermission, type Services, tellingAll } from './context.ts';
import {
  ExceptionParams,
  ExceptionSchema,
  KeyParams,
  NewExceptionBody,
  tags,
} from './fiscal-year-schemas.ts';
import { problems } from './schemas.ts';

const granting = 'accounting.period.except';

/** Exceptions with their people by name; who is nobody's member any more is still named. */
async function documentsOf(db: Db, exceptions: readonly PeriodException[]) {
  const users = await usersById(
    db,
    exceptions.flatMap(({ user_id, granted_by }) => [user_id, granted_by]),
  );
  return exceptions.map(({ user_id: id, period_id: _, granted_by, ...exception }) => {
    const { email = null, name = null } = users.get(id) ?? {};
    return { ...exception, user: { id, email, name }, granted_by: users.get(granted_by ?? '')?.name ?? null };
  });
}

/** What is wrong with who is to be excepted; an address that could not be read is told elsewhere. */
function memberFaults(email: string | undefined, member: Member | null): Fault[] {
  if (email === undefined) return [];
  const pointer = '/user';
  if (!member) {
    const detail = 'the company has no active member with that e-mail address';
    return [{ pointer, code: 'accounting/exception-for-nobody', detail }];
  }
  if (mayDo(member, 'accounting.journal_entry.post')) return [];
  const detail = `${member.name} is ${member.role} and may not post at all`;
  return [{ pointer, code: 'accounting/exception-without-posting', detail }];
}

const exceptionOrders = {
  granted_at: ({ id }) => [Number(id)],
} satisfies RowOrders<PeriodException, string>;

const list = { orders: ['granted_at'], preset: '-granted_at' } as const;

function listRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/periods/:id/exceptions/', {
    config: { permission: 'accounting.fiscal_year.view' },
    schema: {
      tags,
      summary: 'List the exceptions that were granted to a period, newest first',
      params: KeyParams,
      querystring: pages.query({}, list),
      response: { 200: pages.of(ExceptionSchema), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const asked = pages.asked(request, list);
      const all = await inRequest(db, request, (tx) => listExceptions(tx, request.params.id));
      const listed = cutList(all, exceptionOrders, asked);
      const results = await documentsOf(db, listed.results);
      return pages.answer(request, reply, asked.part, { ...listed, results });
    },
  });
}

function grantRoute(app: ApiServer, { db }: Services): void {
  app.post('/periods/:id/exceptions/', {
    config: { permission: granting },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Let a person post into a closed or locked period until a moment',
      description:
        'For a locked period it takes the permission `accounting.period.unlock` besides. The exception ends at its moment, when it is deleted, or when the status of the period or its year changes.',
      params: KeyParams,
      body: NewExceptionBody,
      response: { 201: ExceptionSchema, ...problems(401, 403, 404, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const { user: email, expires_at, reason } = body;
      const member = email === undefined ? null : await memberByEmail(db, request.tenant.id, email);
      const input = {
        ...(member && { userId: member.userId }),
        ...(expires_at !== undefined && { expiresAt: new Date(expires_at) }),
        ...(reason !== undefined && { reason }),
      };
      const exception = await inRequest(db, request, (tx) =>
        tellingAll([...faults, ...memberFaults(email, member)], () =>
          grantException(tx, request.params.id, input, ({ status }) => {
            if (status === 'locked') requirePermission(request, 'accounting.period.unlock');
          }),
        ),
      );
      const [document] = await documentsOf(db, [exception]);
      return await reply.code(201).send(document as NonNullable<typeof document>);
    },
  });
}

function revokeRoute(app: ApiServer, { db }: Services): void {
  app.delete('/periods/:id/exceptions/:exception/', {
    config: { permission: granting },
    schema: {
      tags,
      summary: 'End an exception at once',
      description: 'Once this is answered, nothing more lands by it. One that is over stays as it is.',
      params: ExceptionParams,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const { id, exception } = request.params;
      await inRequest(db, request, (tx) => revokeException(tx, id, exception));
      return await reply.code(204).send(null);
    },
  });
}

/** /periods/{id}/exceptions/. */
export function periodExceptionRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  grantRoute(app, services);
  revokeRoute(app, services);
}
