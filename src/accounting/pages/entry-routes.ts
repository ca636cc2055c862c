// The addresses of the journal: the list, one entry, and what may be done with one.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pageParameter, sendPage, textParameter, wantsPart } from '#dashboard';
import { isIsoDate, today } from '#lib/dates';
import { statusOf } from '#lib/http/send-problem';
import { isUuid } from '#lib/is-uuid';
import { pageNumber } from '#lib/lists/part';
import { formatAmount, parseAmount } from '#lib/money';
import { type Fault, invalid, notFound, Problem } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { userNames } from '#users';
import { getApproval } from '../journal/approve-draft.ts';
import { postDraft } from '../journal/drafts.ts';
import type { Entry, EntryStatus } from '../journal/entry.ts';
import { type EntryFilter, getEntry, listEntries } from '../journal/read-entries.ts';
import { reverseEntry } from '../journal/reverse-entry.ts';
import { entriesPage, entriesTable } from './entries-page.ts';
import { entryPage } from './entry-page.ts';
import { entryHref } from './links.ts';
import type { PageParts } from './page-parts.ts';

export type ById = { Params: { id: string } };

const pageSize = 50;
const statuses: readonly string[] = ['draft', 'posted', 'reversed'] satisfies EntryStatus[];

/** GET /journal-entries/, GET /journal-entries/:id/, POST …/posting/ and …/reversal/. */
export function entryRoutes(app: FastifyInstance, parts: PageParts): void {
  const { contextOf, read, write } = parts;

  app.get(
    '/journal-entries/',
    { config: { permission: 'accounting.journal_entry.view' } },
    async (request, reply) => {
      const search = textParameter(request, 'q').slice(0, 200);
      const status = statusNamed(textParameter(request, 'status'));
      const filter = { search, status: status ?? undefined };
      const page = await read(request, (tx) => pageOfEntries(tx, filter, pageParameter(request)));
      const view = { ...page, pageSize, search, status };
      const context = contextOf(request);
      return await sendPage(
        reply,
        wantsPart(request) ? entriesTable(context, view) : entriesPage(context, view),
      );
    },
  );

  app.get<ById>(
    '/journal-entries/:id/',
    { config: { permission: 'accounting.journal_entry.view' } },
    async (request, reply) => await showEntry(parts, request, reply, []),
  );

  app.post<ById>(
    '/journal-entries/:id/posting/',
    { config: { permission: 'accounting.journal_entry.post' } },
    async (request, reply) => {
      const version = Number(fieldOf(request.body, 'version')) || null;
      return await act(parts, request, reply, () =>
        write(request, (tx) => postDraft(tx, entryId(request), version)),
      );
    },
  );

  app.post<ById>(
    '/journal-entries/:id/reversal/',
    { config: { permission: 'accounting.journal_entry.reverse' } },
    async (request, reply) => {
      return await act(parts, request, reply, async () => {
        const options = reversalOf(fieldOf(request.body, 'entry_date'));
        return await write(request, (tx) => reverseEntry(tx, entryId(request), options));
      });
    },
  );
}

/** A page past the last one is the last one. */
async function pageOfEntries(tx: TenantTx, filter: EntryFilter, wanted: number) {
  const { count: counted, results } = await listEntries(tx, filter, pageNumber(wanted, pageSize));
  const count = counted ?? 0;
  const last = Math.max(1, Math.ceil(count / pageSize));
  if (wanted <= last) return { count, entries: results, page: wanted };
  return { count, entries: (await listEntries(tx, filter, pageNumber(last, pageSize))).results, page: last };
}

/** Does what was asked and goes to the entry that came of it; a refusal is shown on the entry's own page. */
export async function act(
  parts: PageParts,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
  work: () => Promise<{ id: string }>,
): Promise<FastifyReply> {
  try {
    const { id } = await work();
    return await reply.redirect(entryHref(id), 303);
  } catch (error) {
    if (!isShown(error)) throw error;
    return await showEntry(parts, request, reply, faultsOf(error), statusOf(error));
  }
}

async function showEntry(
  { db, contextOf, read }: PageParts,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
  faults: readonly Fault[],
  status = 200,
): Promise<FastifyReply> {
  const context = contextOf(request);
  const id = entryId(request);
  const { entry, approval } = await read(request, async (tx) => ({
    entry: await getEntry(tx, id),
    approval: await getApproval(tx, id),
  }));
  if (!entry) throw notFound('entry');
  const names = await userNames(db, [entry.created_by, approval?.approved_by ?? null]);
  const view = {
    entry,
    totals: totalsOf(entry, request.tenant.currencyScale),
    approval: approval && {
      by: names.get(approval.approved_by) ?? '',
      at: approval.approved_at.toISOString(),
    },
    creator: names.get(entry.created_by ?? '') ?? null,
    today: today(request.tenant.timeZone),
    may: {
      post: context.may('accounting.journal_entry.post'),
      edit: context.may('accounting.journal_entry.draft'),
      reverse: context.may('accounting.journal_entry.reverse'),
      approve: context.may('accounting.journal_entry.approve'),
    },
    faults,
  };
  return await sendPage(reply, entryPage(context, view), status);
}

/** Whether a refusal is told beside what was refused, with everything that was keyed still there. */
export function isShown(error: unknown): error is Problem {
  return (
    error instanceof Problem &&
    ['invalid', 'conflict', 'precondition-failed', 'forbidden'].includes(error.kind)
  );
}

/** A problem's faults, or its own words when it names none. */
export function faultsOf(problem: Problem): Fault[] {
  if (problem.errors.length > 0) return problem.errors;
  return [{ pointer: '', code: problem.code, detail: problem.detail }];
}

/** The id of the address; what is no UUID is no entry's. */
export function entryId({ params }: FastifyRequest<ById>): string {
  if (!isUuid(params.id)) throw notFound('entry');
  return params.id;
}

/** In the company's currency, in which an entry balances. */
function totalsOf(entry: Entry, scale: number): { debit: string; credit: string } {
  const sum = (side: 'base_debit' | 'base_credit') => {
    const units = entry.lines.map((line) => parseAmount(line[side] ?? '0', scale));
    return formatAmount(
      units.reduce<bigint>((total, unit) => (typeof unit === 'bigint' ? total + unit : total), 0n),
      scale,
    );
  };
  return { debit: sum('base_debit'), credit: sum('base_credit') };
}

/** Without a date the reversal falls on the entry's own. */
function reversalOf(date: string): { entry_date?: string } {
  if (date === '') return {};
  if (isIsoDate(date)) return { entry_date: date };
  const detail = `“${date.slice(0, 40)}” is no date between 1900 and 2200`;
  throw invalid([{ pointer: '/entry_date', code: 'request/date', detail }], 'accounting/entry-invalid');
}

function statusNamed(text: string): EntryStatus | null {
  return statuses.includes(text) ? (text as EntryStatus) : null;
}

/** A field of a form, trimmed; '' when it is missing or given twice. */
export function fieldOf(body: unknown, name: string): string {
  const value =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value.trim() : '';
}
