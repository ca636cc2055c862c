// Creates, changes and deletes the values of a dimension; many at once are created whole or not at all.
import { type Fault, invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { holdPostings } from '../journal/post-entries.ts';
import { dimensionId } from './dimension.ts';
import { type DimensionValue, requiredValue } from './dimension-values.ts';
import { unlessInUse } from './unless-in-use.ts';

export type NewValue = { code: string; name: string };
export type ValueChanges = { name?: string; active?: boolean };

const blankName = (pointer: string): Fault => ({
  pointer: `${pointer}/name`,
  code: 'accounting/dimension-value-name-blank',
  detail: 'a value has a name',
});

function codeFault(code: string, pointer: string): Fault[] {
  if (code.trim() !== '' && code.trim() === code && code !== '.' && code !== '..') return [];
  const detail =
    'a code is not blank, has no space at its ends, and is not . or .., which no address can hold';
  return [{ pointer: `${pointer}/code`, code: 'accounting/dimension-value-code-invalid', detail }];
}

function faultsOfValue(value: Partial<NewValue>, pointer: string, taken: ReadonlySet<string>): Fault[] {
  const faults: Fault[] = [];
  for (const field of ['code', 'name'] as const) {
    if (value[field] === undefined) {
      const detail = `a value has a ${field}`;
      faults.push({ pointer: `${pointer}/${field}`, code: 'request/required', detail });
    }
  }
  if (value.name?.trim() === '') faults.push(blankName(pointer));
  if (value.code !== undefined) {
    faults.push(...codeFault(value.code, pointer));
    if (taken.has(value.code)) {
      const detail = `there is a value ${value.code}`;
      faults.push({ pointer: `${pointer}/code`, code: 'accounting/dimension-value-exists', detail });
    }
  }
  return faults;
}

const isWhole = (value: Partial<NewValue>): value is NewValue =>
  value.code !== undefined && value.name !== undefined;

async function takenCodes(tx: TenantTx, id: number, codes: readonly string[]): Promise<Set<string>> {
  if (codes.length === 0) return new Set();
  const rows = await tx.db
    .selectFrom('dimension_values')
    .select('code')
    .where('dimension_id', '=', id)
    .where('code', 'in', codes)
    .execute();
  return new Set(rows.map((row) => row.code));
}

/**
 * Creates values, all or none; `at` gives the place of each within the request, for the pointers of faults. Throws not-found,
 * or an invalid Problem naming every fault of every value; codes that are taken or given twice are among them.
 */
export async function createValues(
  tx: TenantTx,
  dimension: string,
  values: readonly Partial<NewValue>[],
  at: (index: number) => string = (index) => `/values/${index}`,
): Promise<DimensionValue[]> {
  const id = await dimensionId(tx, dimension);
  const taken = await takenCodes(
    tx,
    id,
    values.flatMap(({ code }) => code ?? []),
  );
  const faults: Fault[] = [];
  for (const [index, value] of values.entries()) {
    faults.push(...faultsOfValue(value, at(index), taken));
    if (value.code !== undefined) taken.add(value.code);
  }
  const whole = values.filter(isWhole);
  if (faults.length > 0) throw invalid(faults, 'accounting/dimension-value-invalid');
  const rows = whole.map(({ code, name }) => ({ dimension_id: id, code, name: name.trim() }));
  if (rows.length > 0) await tx.db.insertInto('dimension_values').values(rows).execute();
  return rows.map(({ code, name }) => ({ code, name, active: true }));
}

/** Renames a value, or takes it out of use for new lines, or back. Throws not-found or an invalid Problem. */
export async function updateValue(
  tx: TenantTx,
  dimension: string,
  code: string,
  changes: ValueChanges,
): Promise<DimensionValue> {
  const { id, ...before } = await requiredValue(tx, dimension, code);
  if (changes.name?.trim() === '') throw invalid([blankName('')]);
  const { name = before.name, active = before.active } = changes;
  await tx.db
    .updateTable('dimension_values')
    .set({ name: name.trim(), is_active: active })
    .where('id', '=', id)
    .execute();
  return { code, name: name.trim(), active };
}

/** Deletes a value that no line has; else it is a conflict, and it can be made inactive instead. */
export async function deleteValue(tx: TenantTx, dimension: string, code: string): Promise<void> {
  const { id } = await requiredValue(tx, dimension, code);
  await holdPostings(tx);
  await unlessInUse(
    'accounting/dimension-value-in-use',
    `${dimension} ${code} is in use; make it inactive instead`,
    async () => {
      await tx.db.deleteFrom('dimension_values').where('id', '=', id).execute();
    },
  );
}
