// Creates, changes and deletes recurring entries; a faulty one is refused as a faulty entry would be.
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { addDays } from '#lib/dates';
import { type Fault, mergeFaults, Problem } from '#lib/problem';
import type { Calendar, TenantTx } from '#lib/tenant-tx';
import type { LineInput } from '../journal/entry.ts';
import { entryFaults } from '../journal/post-entries.ts';
import { refusedPosting } from '../journal/refused-posting.ts';
import { isReadable } from '../journal/save-entry.ts';
import { readTemplateBody } from './read-template-body.ts';
import { type StoredTemplate, storedTemplate } from './read-templates.ts';
import { countsMonths, firstOfMonth, nextOccurrence, type Schedule } from './schedule.ts';
import type { TemplateInput } from './template.ts';

/** Faults that only its day can have or mend: the period may be opened, and a rate be known, by the time it is posted. */
const ofTheDay = new Set([
  'accounting/no-period',
  'accounting/period-closed',
  'accounting/fiscal-year-closed',
  'accounting/no-exchange-rate',
]);

type Checked = { template: TemplateInput; nextOn: string | null };

/** Reads and checks a body. Throws an invalid Problem with all faults of shape, schedule, accounts, amounts and balance. */
async function checkedTemplate(tx: TenantTx, body: unknown, shapeFaults: readonly Fault[]): Promise<Checked> {
  const { template, nextOn, entry, faults } = readTemplateBody(body, tx.tenant);
  const found = (await entryFaults(tx, entry)).filter(({ code }) => !ofTheDay.has(code));
  const all = mergeFaults(shapeFaults, faults, found);
  const lines = entry.lines.map(({ malformed: _, ...line }) => line);
  if (all.length > 0 || !template || !isReadable({ ...entry, entry_date: template.starts_on }))
    throw refusedPosting(all, 'accounting/recurring-entry-invalid');
  return { template: { ...template, lines: lines as LineInput[] }, nextOn };
}

const columnsOf = ({ active, lines, ...template }: TemplateInput) => ({
  ...template,
  lines: JSON.stringify(lines),
});

/** Stores a template; returns its id (UUIDv7). `next_on` in the body names a later day of the schedule to begin with. */
export async function createTemplate(
  tx: TenantTx,
  body: unknown,
  shapeFaults: readonly Fault[] = [],
): Promise<string> {
  const { template, nextOn } = await checkedTemplate(tx, body, shapeFaults);
  const id = uuidv7();
  const next_on = nextOn ?? nextOccurrence(template, tx.tenant.calendar, template.starts_on);
  await tx.db
    .insertInto('recurring_entries')
    .values({ id, ...columnsOf(template), next_on })
    .execute();
  if (!template.active)
    await tx.db.updateTable('recurring_entries').set({ is_active: false }).where('id', '=', id).execute();
  return id;
}

const isSameSchedule = (one: Schedule, other: Schedule) =>
  one.unit === other.unit &&
  one.every === other.every &&
  one.day === other.day &&
  one.starts_on === other.starts_on &&
  one.ends_on === other.ends_on;

/**
 * Where a changed schedule goes on: with the day that was next, or the first one after it. Among schedules of months that is
 * the month that was next, so that another day of the month neither leaves a month out nor posts one twice.
 */
function nextAfterChange(before: StoredTemplate, after: Schedule, calendar: Calendar): string | null {
  if (isSameSchedule(before, after)) return before.next_on;
  if (before.next_on !== null) {
    const monthly = countsMonths(before.unit) && countsMonths(after.unit);
    return nextOccurrence(after, calendar, monthly ? firstOfMonth(calendar, before.next_on) : before.next_on);
  }
  return before.ends_on === null ? null : nextOccurrence(after, calendar, addDays(before.ends_on, 1));
}

async function lockTemplate(tx: TenantTx, id: string, version: number | null): Promise<StoredTemplate> {
  const stored = await storedTemplate(tx, id, { lock: true });
  if (version !== null && stored.version !== version) {
    const detail = 'the recurring entry was changed, or ran, since you read it';
    throw new Problem('precondition-failed', 'accounting/recurring-entry-changed', detail);
  }
  return stored;
}

/**
 * Replaces a template; `version` is the one that the editor has seen, or null for whichever there is. What was posted of it
 * stays. Throws not-found, a failed precondition, or an invalid Problem.
 */
export async function updateTemplate(
  tx: TenantTx,
  id: string,
  body: unknown,
  options: { version: number | null; shapeFaults?: readonly Fault[] },
): Promise<void> {
  const { template, nextOn } = await checkedTemplate(tx, body, options.shapeFaults ?? []);
  const before = await lockTemplate(tx, id, options.version);
  const next_on = nextOn ?? nextAfterChange(before, template, tx.tenant.calendar);
  await tx.db
    .updateTable('recurring_entries')
    .set({ ...columnsOf(template), next_on, is_active: template.active, version: before.version + 1 })
    .where('id', '=', id)
    .execute();
}

/** Deletes a template; what was posted of it stays. Throws not-found or a failed precondition. */
export async function deleteTemplate(tx: TenantTx, id: string, version: number | null): Promise<void> {
  await lockTemplate(tx, id, version);
  await sql`delete from recurring_entries where id = ${id}`.execute(tx.db);
}
