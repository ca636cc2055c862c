// Reads recurring entries back: a page of them, one whole, and the days that are coming.
import { sql } from 'kysely';
import { addDays } from '#lib/dates';
import type { Listed, Ordering, Part } from '#lib/lists/part';
import { type Orders, selectPart } from '#lib/lists/select-part';
import { notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { listPeriods } from '../fiscal-years/fiscal-year.ts';
import { draftLines } from '../journal/draft-lines.ts';
import type { LineInput } from '../journal/entry.ts';
import { occurrences } from './schedule.ts';
import type { Occurrence, ReversalDay, Template, TemplateSummary } from './template.ts';

/** How many coming days are told at the most. */
const MOST_OCCURRENCES = 500;

/** A template as it is stored. */
export type StoredTemplate = TemplateSummary & { lines: LineInput[] };

/** The columns of a template, for a statement that selects from recurring_entries. */
export const templateColumns = sql`id, name, memo, reference, unit, every, day, starts_on, ends_on, next_on, reverses,
  is_active as active, created_by, version`;

/** What templates are sorted by. */
export const templateOrders = {
  name: [
    { of: sql`name`, type: 'text' },
    { of: sql`id`, type: 'uuid' },
  ],
  starts_on: [
    { of: sql`starts_on`, type: 'date' },
    { of: sql`id`, type: 'uuid' },
  ],
} as const satisfies Orders<string>;

/** A part of the templates, by name unless ordered otherwise. */
export async function listTemplates(
  tx: TenantTx,
  { active = null }: { active?: boolean | null | undefined },
  part: Part,
  ordering: Ordering<keyof typeof templateOrders> = 'name',
): Promise<Listed<TemplateSummary>> {
  const from = sql`from recurring_entries where (${active}::boolean is null or is_active = ${active})`;
  return await selectPart(tx, { columns: templateColumns, from }, templateOrders, { ordering, part });
}

/** The template of that id as it is stored. Throws not-found. */
export async function storedTemplate(
  tx: TenantTx,
  id: string,
  options: { lock: boolean } = { lock: false },
): Promise<StoredTemplate> {
  const { rows } = await sql<StoredTemplate>`
    select ${templateColumns}, lines from recurring_entries where id = ${id} ${options.lock ? sql`for update` : sql``}
  `.execute(tx.db);
  if (!rows[0]) throw notFound('recurring entry');
  return rows[0];
}

/** A template with its lines. Throws not-found. */
export async function getTemplate(tx: TenantTx, id: string): Promise<Template> {
  const template = await storedTemplate(tx, id);
  const codes = [...new Set(template.lines.map((line) => line.account))];
  const { rows } = await sql<{ code: string; name: string }>`
    select code, name from accounts where code = any(${codes}::text[])
  `.execute(tx.db);
  const names = new Map(rows.map(({ code, name }) => [code, name]));
  return { ...template, lines: draftLines(tx.tenant, template.lines, names) };
}

/** Tells on which day an entry of a day is reversed by itself; null when it is not, or lies in no period. */
export type ReverseOn = (reverses: ReversalDay | null, date: string) => string | null;

/** Knows the days of automatic reversals; the periods are read once. */
export async function reversalDaysOf(
  tx: TenantTx,
  templates: readonly { reverses: ReversalDay | null }[],
): Promise<ReverseOn> {
  const periods = templates.some(({ reverses }) => reverses === 'next_period') ? await listPeriods(tx) : [];
  return (reverses, date) => {
    if (reverses === null) return null;
    if (reverses === 'next_day') return addDays(date, 1);
    const period = periods.find(({ starts_on, ends_on }) => starts_on <= date && date <= ends_on);
    return period ? addDays(period.ends_on, 1) : null;
  };
}

/** The days of a template from the first one that is not posted until a day, five hundred at the most. Throws not-found. */
export async function listOccurrences(tx: TenantTx, id: string, until: string): Promise<Occurrence[]> {
  const template = await storedTemplate(tx, id);
  const reverseOn = await reversalDaysOf(tx, [template]);
  const coming: Occurrence[] = [];
  if (template.next_on === null) return coming;
  for (const date of occurrences(template, tx.tenant.calendar, template.next_on)) {
    if (date > until || coming.length === MOST_OCCURRENCES) break;
    coming.push({ date, reverse_on: reverseOn(template.reverses, date) });
  }
  return coming;
}
