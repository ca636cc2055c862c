// What a company keeps apart in its journal: acts on one entry that are two people's, and what needs an approval.
import { sql } from 'kysely';
import { fixAmount, parseAmount } from '#lib/money';
import { type Fault, invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';

/** Acts on one entry that can be kept apart. "create" is done by whoever keys a draft and by whoever changes it. */
export const actPairs = ['create+approve', 'create+post', 'approve+post', 'post+reverse'] as const;
export type ActPair = (typeof actPairs)[number];

const permissionOf: Record<string, string> = {
  create: 'accounting.journal_entry.draft',
  approve: 'accounting.journal_entry.approve',
  post: 'accounting.journal_entry.post',
  reverse: 'accounting.journal_entry.reverse',
};

const verbs: Record<ActPair, string> = {
  'create+approve': 'Nobody approves what they keyed or changed',
  'create+post': 'Nobody posts what they keyed or changed',
  'approve+post': 'Nobody posts what they approved',
  'post+reverse': 'Nobody reverses what they posted',
};

/** What a rule says, in words. */
export const actPairLabel = (pair: ActPair): string => verbs[pair];

/** The permissions that the two acts of a pair take: whoever has both could do both, were it not for the rule. */
export function permissionsOfActs(pair: ActPair): readonly [string, string] {
  const [one = '', other = ''] = pair.split('+').map((act) => permissionOf[act] ?? '');
  return [one, other];
}

/**
 * `approve_above` is a decimal string in the company's currency: entries of a greater total need an approval before they are
 * posted, and then nobody approves their own; null: none does.
 */
export type DutyRules = { approve_above: string | null; acts_apart: ActPair[] };

/** The rules of the company. */
export async function getDutyRules(tx: TenantTx): Promise<DutyRules> {
  const { approve_above, acts_apart } = await tx.db
    .selectFrom('company')
    .select(['approve_above', 'acts_apart'])
    .executeTakeFirstOrThrow();
  return {
    approve_above: approve_above === null ? null : fixAmount(approve_above, tx.tenant.currencyScale),
    acts_apart: actPairs.filter((pair) => acts_apart.includes(pair)),
  };
}

/** Replaces the rules; they hold for whatever is posted next. Throws an invalid Problem for what is no amount. */
export async function setDutyRules(tx: TenantTx, rules: DutyRules): Promise<void> {
  const read = rules.approve_above === null ? 0n : parseAmount(rules.approve_above, tx.tenant.currencyScale);
  if (typeof read !== 'bigint' || read < 0n) {
    const detail = typeof read === 'bigint' ? 'the amount is not below zero' : read.fault;
    const fault: Fault = { pointer: '/approve_above', code: 'accounting/duties-invalid', detail };
    throw invalid([fault]);
  }
  const acts = actPairs.filter((pair) => rules.acts_apart.includes(pair));
  await sql`update company set approve_above = ${rules.approve_above}::numeric, acts_apart = ${acts}::text[]`.execute(
    tx.db,
  );
}
