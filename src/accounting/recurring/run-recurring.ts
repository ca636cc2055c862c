// Posts what has fallen due: the occurrences of templates, and the reversals that entries asked for.
import { sql } from 'kysely';
import { addDays } from '#lib/dates';
import { type Fault, invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import type { EntryInput, EntryLink } from '../journal/entry.ts';
import { holdPostings, postEntries } from '../journal/post-entries.ts';
import { reversalDaysOf, type StoredTemplate, templateColumns } from './read-templates.ts';
import { nextOccurrence, occurrences } from './schedule.ts';
import { dueReversals } from './scheduled-reversals.ts';

/** What one run takes on at the most; a longer backlog is worked off day by day. */
const MOST_DUE = 10_000;
const MOST_LINES_DUE = 200_000;

/** How much is posted by one statement. */
const ENTRIES_AT_ONCE = 500;
const LINES_AT_ONCE = 20_000;

/**
 * What became of one that was due: of a template on a day, or the reversal of an entry. A refused one has all its faults, with
 * pointers into the entry, and stays due. `template` is also that of an entry which the same run posts and reverses. `entry` is
 * what was posted; a dry run tells none.
 */
export type RunResult = {
  kind: 'recurring' | 'reversal';
  date: string;
  template: { id: string; name: string } | null;
  reverses: EntryLink | null;
  status: 'posted' | 'refused';
  entry: EntryLink | null;
  errors: Fault[];
};

export type RunReport = { date: string; posted: number; refused: number; results: RunResult[] };

type Due = Pick<RunResult, 'kind' | 'template' | 'reverses'> & { entry: EntryInput };

const keyOf = (template: { id: string }, date: string) => `recurring:${template.id}:${date}`;

/** The due templates, locked, so that a second run at the same time waits and then finds them done. */
async function lockDue(tx: TenantTx, date: string): Promise<StoredTemplate[]> {
  const { rows } = await sql<StoredTemplate>`
    select ${templateColumns}, lines from recurring_entries
    where is_active and next_on is not null and next_on <= ${date} order by id for update
  `.execute(tx.db);
  return rows;
}

function refuseTooMany(): never {
  const detail = `more than ${MOST_DUE} entries or ${MOST_LINES_DUE} lines are due; run for an earlier date first`;
  throw invalid([{ pointer: '/date', code: 'accounting/too-many-due', detail }]);
}

/** The days of each template that are due, whether they were posted before or not. */
function dueDays(tx: TenantTx, templates: readonly StoredTemplate[], until: string) {
  const due: { template: StoredTemplate; date: string }[] = [];
  let lines = 0;
  for (const template of templates) {
    for (const date of occurrences(template, tx.tenant.calendar, template.next_on ?? until)) {
      if (date > until) break;
      lines += template.lines.length;
      if (due.push({ template, date }) > MOST_DUE || lines > MOST_LINES_DUE) refuseTooMany();
    }
  }
  return due;
}

/** The occurrences that are due and not posted, as entries. */
async function dueOccurrences(tx: TenantTx, templates: readonly StoredTemplate[], until: string) {
  const days = dueDays(tx, templates, until);
  const keys = days.map(({ template, date }) => keyOf(template, date));
  const { rows } = await sql<{ source_key: string }>`
    select source_key from journal_entries where source_key = any(${keys}::text[])
  `.execute(tx.db);
  const posted = new Set(rows.map(({ source_key }) => source_key));
  const reverseOn = await reversalDaysOf(tx, templates);
  return days.flatMap(({ template, date }): Due[] => {
    const { id, name, memo, reference, lines, reverses } = template;
    const source_key = keyOf(template, date);
    if (posted.has(source_key)) return [];
    const reverse_on = reverseOn(reverses, date);
    const head = { entry_date: date, memo, reference, source: 'recurring', source_key };
    const entry = { ...head, ...(reverse_on === null ? {} : { reverse_on }), lines };
    return [{ kind: 'recurring', template: { id, name }, reverses: null, entry }];
  });
}

/** Cuts a list so that no part has too many entries or lines. */
function inParts(due: readonly Due[]): Due[][] {
  const parts: Due[][] = [];
  let lines = 0;
  for (const each of due) {
    const last = parts.at(-1);
    lines += each.entry.lines.length;
    if (last && last.length < ENTRIES_AT_ONCE && lines <= LINES_AT_ONCE) last.push(each);
    else {
      parts.push([each]);
      lines = each.entry.lines.length;
    }
  }
  return parts;
}

/** Posts in order of date, each alone failing with its faults. */
async function post(tx: TenantTx, due: readonly Due[]): Promise<RunResult[]> {
  const results: RunResult[] = [];
  const sorted = due.toSorted((one, other) => (one.entry.entry_date < other.entry.entry_date ? -1 : 1));
  for (const part of inParts(sorted)) {
    const outcomes = await postEntries(
      tx,
      part.map(({ entry }) => entry),
    );
    for (const [index, { entry, ...what }] of part.entries()) {
      const outcome = outcomes[index];
      if (!outcome) throw new Error('an entry of the run has no outcome');
      results.push({
        ...what,
        date: entry.entry_date,
        status: outcome.posted ? 'posted' : 'refused',
        entry: outcome.posted ? { id: outcome.id, number: outcome.number } : null,
        errors: outcome.posted ? [] : outcome.faults,
      });
    }
  }
  return results;
}

/** Moves each template to its first refused day, or past the date. */
async function moveOn(
  tx: TenantTx,
  templates: readonly StoredTemplate[],
  until: string,
  results: readonly RunResult[],
): Promise<void> {
  const refused = new Map<string, string>();
  for (const { kind, template, status, date } of results) {
    if (kind !== 'recurring' || !template || status !== 'refused') continue;
    if (date < (refused.get(template.id) ?? '9')) refused.set(template.id, date);
  }
  const moved = templates.map((template) => ({
    id: template.id,
    next_on: refused.get(template.id) ?? nextOccurrence(template, tx.tenant.calendar, addDays(until, 1)),
  }));
  await sql`
    update recurring_entries t set next_on = m.next_on, version = t.version + 1
    from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) as m (id uuid, next_on date)
    where t.id = m.id and t.next_on is distinct from m.next_on
  `.execute(tx.db);
}

async function reversalsDue(tx: TenantTx, date: string, tried: Set<string>): Promise<Due[]> {
  const due = await dueReversals(tx, date, tried);
  for (const { of } of due) tried.add(of.id);
  return due.map(({ of, entry }) => ({ kind: 'reversal', template: null, reverses: of, entry }));
}

/** The templates of what was posted, by entry, so that the reversals of the same run can be told by their names. */
const templatesOf = (results: readonly RunResult[]) =>
  new Map(results.map(({ entry, template }) => [entry?.id, template]));

async function run(tx: TenantTx, date: string): Promise<RunReport> {
  const templates = await lockDue(tx, date);
  if (templates.length === 0 && (await dueReversals(tx, date, new Set())).length === 0)
    return { date, posted: 0, refused: 0, results: [] };
  // From here on nobody else posts, so that what is found due is still due when it is posted.
  await holdPostings(tx);
  const tried = new Set<string>();
  const occurring = await dueOccurrences(tx, templates, date);
  const first = await post(tx, [...occurring, ...(await reversalsDue(tx, date, tried))]);
  // What was just posted may be due to be reversed by now.
  const names = templatesOf(first);
  const second = await post(tx, await reversalsDue(tx, date, tried));
  const named = second.map((each) => ({ ...each, template: names.get(each.reverses?.id) ?? null }));
  const results = [...first, ...named];
  await moveOn(tx, templates, date, results);
  const posted = results.filter(({ status }) => status === 'posted').length;
  return { date, posted, refused: results.length - posted, results };
}

/**
 * Posts every occurrence of the active templates up to and including an ISO date, and every scheduled reversal, in order of
 * date; twice, or from two processes at once, posts once. One that is refused is told with its faults, stops no other and
 * stays due. `dryRun` does all of it and takes it back. Throws an invalid Problem when more is due than one run takes on.
 */
export async function runRecurring(
  tx: TenantTx,
  date: string,
  options: { dryRun?: boolean | undefined } = {},
): Promise<RunReport> {
  if (options.dryRun !== true) return await run(tx, date);
  await sql`savepoint dry_run`.execute(tx.db);
  const report = await run(tx, date);
  await sql`rollback to savepoint dry_run`.execute(tx.db);
  const taken = new Set(report.results.map(({ entry }) => entry?.id));
  const results = report.results.map((each) => ({
    ...each,
    entry: null,
    reverses: taken.has(each.reverses?.id) ? null : each.reverses,
  }));
  return { ...report, results };
}
