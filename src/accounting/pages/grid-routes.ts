// The addresses of the entry grid: a new entry, and a draft being edited.
import { randomUUIDv7 } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, wantsPart } from '#dashboard';
import { today } from '#lib/dates';
import { html } from '#lib/html';
import { statusOf } from '#lib/http/send-problem';
import { type Fault, notFound, Problem } from '#lib/problem';
import { listAccounts } from '../accounts/account.ts';
import { getEntry } from '../journal/read-entries.ts';
import { type EntryGridView, entryGridDone, entryGridRefused } from './entry-grid.ts';
import { entryGridPage } from './entry-grid-page.ts';
import { entryId, faultsOf, isShown } from './entry-routes.ts';
import { beyondGrid, isForGrid } from './is-for-grid.ts';
import { entryHref } from './links.ts';
import type { PageParts } from './page-parts.ts';
import { type EntryForm, entryFormOf, readEntryForm } from './read-entry-form.ts';
import { type SavedForm, saveEntryForm } from './save-entry-form.ts';

type ById = { Params: { id: string } };
type Shown = { action: string; form: EntryForm; faults: readonly Fault[]; rows?: number };

const keying = { config: { permission: 'accounting.journal_entry.post' } };
const editing = { config: { permission: 'accounting.journal_entry.draft' } };
const newPath = '/journal-entries/new/';

/** GET and POST /journal-entries/new/ and /journal-entries/:id/edit/. */
export function gridRoutes(app: FastifyInstance, parts: PageParts): void {
  app.get(newPath, keying, async (request, reply) => {
    const form = blankForm(today(request.tenant.timeZone));
    return await showGrid(parts, request, reply, { action: newPath, form, faults: [] });
  });

  app.post(newPath, keying, async (request, reply) => await saveGrid(parts, request, reply, newPath, null));

  app.get<ById>('/journal-entries/:id/edit/', editing, async (request, reply) => {
    const entry = await parts.read(request, (tx) => getEntry(tx, entryId(request)));
    if (!entry) throw notFound('entry');
    if (entry.status !== 'draft') return await reply.redirect(entryHref(entry.id), 303);
    if (!isForGrid(entry, request.tenant.currency)) throw beyondGrid();
    const form = entryFormOf(entry, request.tenant.currency);
    return await showGrid(parts, request, reply, { action: `${entryHref(entry.id)}edit/`, form, faults: [] });
  });

  app.post<ById>('/journal-entries/:id/edit/', editing, async (request, reply) => {
    const id = entryId(request);
    return await saveGrid(parts, request, reply, `${entryHref(id)}edit/`, id);
  });
}

/** `id` is that of the draft in the address; null for a new entry, whose form names its own. */
async function saveGrid(
  parts: PageParts,
  request: FastifyRequest,
  reply: FastifyReply,
  action: string,
  id: string | null,
): Promise<FastifyReply> {
  const { form: sent, action: wish } = readEntryForm(request.body);
  const form =
    id === null
      ? { ...sent, id: uuidOr(sent.id), version: '' }
      : { ...sent, id, version: sent.version || '0' };
  if (wish === 'more')
    return await showGrid(parts, request, reply, { action, form, faults: [], rows: form.lines.length + 6 });
  if (wish === 'post' && !parts.contextOf(request).may(keying.config.permission)) {
    throw new Problem(
      'forbidden',
      'users/permission-missing',
      'you may keep drafts, and somebody else posts them',
    );
  }
  try {
    const saved = await parts.write(request, (tx) => saveEntryForm(tx, form, wish));
    return await showSaved(parts, request, reply, action, form, saved);
  } catch (error) {
    if (!isShown(error)) throw error;
    return await showGrid(parts, request, reply, { action, form, faults: faultsOf(error) }, statusOf(error));
  }
}

async function showGrid(
  { contextOf, read }: PageParts,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: Shown,
  status = 200,
): Promise<FastifyReply> {
  const accounts = await read(request, (tx) => listAccounts(tx, { group: false, active: true }));
  const context = contextOf(request);
  if (!wantsPart(request))
    return await sendPage(reply, entryGridPage(context, { ...shown, accounts }), status);
  const accountNames = new Map(accounts.map(({ code, name }) => [code, name]));
  return await sendPage(reply, entryGridRefused(context, { ...shown, accountNames }), status);
}

/** With the script a fresh grid follows at once, for the next voucher of the day; without it the entry is shown. */
async function showSaved(
  { contextOf }: PageParts,
  request: FastifyRequest,
  reply: FastifyReply,
  action: string,
  form: EntryForm,
  saved: SavedForm,
): Promise<FastifyReply> {
  if (!wantsPart(request)) return await reply.redirect(entryHref(saved.id), 303);
  if (form.version !== '') return await reply.header('hx-redirect', entryHref(saved.id)).code(204).send();
  const view: EntryGridView = {
    action,
    form: blankForm(form.entry_date),
    accountNames: new Map(),
    faults: [],
  };
  const words = saved.number === null ? 'Draft saved.' : `${saved.number} posted.`;
  const news = html`<strong>${words}</strong> <a href="${entryHref(saved.id)}">Open it</a>`;
  return await sendPage(reply, entryGridDone(contextOf(request), view, news), 201);
}

function blankForm(date: string): EntryForm {
  return { id: randomUUIDv7(), version: '', entry_date: date, memo: '', reference: '', lines: [] };
}

function uuidOr(text: string): string {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text)
    ? text
    : randomUUIDv7();
}
