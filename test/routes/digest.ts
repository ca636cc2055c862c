// Tells whether anything of a company has changed: its own tables, and its rows in the shared ones.
import type { TestCompany, TestHouse } from '#test/company';

/** Of a table that the company has to itself all rows; of a shared one those that say it is theirs. */
const tables = `select format('%I.%I', t.table_schema, t.table_name) as name,
    case when t.table_schema = $1 then 'true' else 'tenant_id = $1' end as condition
  from information_schema.tables t
  where t.table_type = 'BASE TABLE' and (t.table_schema = $1 or (t.table_schema = 'public' and exists (
    select from information_schema.columns c where c.table_schema = 'public' and c.table_name = t.table_name
      and c.column_name = 'tenant_id')))
  order by 1`;

/** That somebody tried to sign in at the company's address is told in its history, as it has to be. */
const ofOthers = ['public.sign_in_events'];

/** How many rows each table has, and a hash of them. */
export async function digestOf(
  { superuser }: TestHouse,
  { tenant }: TestCompany,
): Promise<Record<string, string>> {
  const { rows: names } = await superuser.query<{ name: string; condition: string }>(tables, [tenant.schema]);
  const digests = names
    .filter(({ name }) => !ofOthers.includes(name))
    .map(
      ({ name, condition }) =>
        `select '${name}' as name, count(*) || ' rows, ' || coalesce(sum(hashtextextended(x::text, 0)), 0) as digest
         from ${name} x where $1::uuid is not null and ${condition}`,
    );
  const { rows } = await superuser.query<{ name: string; digest: string }>(digests.join(' union all '), [
    tenant.id,
  ]);
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}
