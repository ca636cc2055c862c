// What the pages of members and roles share: who reads, what there is to give, and how a refusal is shown.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asSentence, notice } from '#dashboard';
import type { Permission } from '#lib/access';
import type { Db } from '#lib/db';
import { type Html, html } from '#lib/html';
import { statusOf } from '#lib/http/send-problem';
import { Problem } from '#lib/problem';
import type { Administration } from '../access/escalation.ts';

/** A branch that a member can be limited to. */
export type Branch = { code: string; name: string };

/** `permissions` are those of all rooms; `branchesOf` reads those of the request's company. */
export type AccessParts = {
  db: Db;
  permissions: readonly Permission[];
  branchesOf: (request: FastifyRequest) => Promise<Branch[]>;
};

/** Who changes what, for the verbs of this room. */
export function administrationOf(
  { permissions: declared }: AccessParts,
  { tenant, actor }: FastifyRequest,
  branches: readonly Branch[] = [],
): Administration {
  const codes = branches.map(({ code }) => code);
  return {
    tenantId: tenant.id,
    scale: tenant.currencyScale,
    by: actor.userId ?? '',
    declared,
    branches: codes,
  };
}

/** Does what was asked and goes on to an address; what is refused is shown by `show`, with the words of the refusal. */
export async function act(
  reply: FastifyReply,
  work: () => Promise<unknown>,
  next: string,
  show: (told: Html, status: number) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem) || !['invalid', 'conflict', 'forbidden'].includes(error.kind))
      throw error;
    return await show(refusal(error), statusOf(error));
  }
  return await reply.redirect(next, 303);
}

/** All that a Problem says, above what was keyed. */
function refusal(problem: Problem): Html {
  const words = problem.errors.length > 0 ? problem.errors.map(({ detail }) => detail) : [problem.detail];
  return notice('danger', html`<ul>${words.map((each) => html`<li>${asSentence(each)}</li>`)}</ul>`);
}

/** A field of a form, trimmed; '' when it is missing. */
export function fieldOf(body: unknown, name: string): string {
  const [value = ''] = fieldsOf(body, name);
  return value.trim();
}

/** All values of a field that may be there several times. */
export function fieldsOf(body: unknown, name: string): string[] {
  const sent =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return [sent].flat().filter((value): value is string => typeof value === 'string');
}
