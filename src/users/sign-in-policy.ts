// What a company asks of its members' passwords and sessions; somebody with several companies meets the strictest of each.
import { noteChange } from '#lib/audit/note-change';
import type { Db } from '#lib/db';
import { type Fault, invalid } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';

/**
 * `minLength` in characters; `kinds` is how many of small letters, large letters, digits and others a password mixes (1 asks
 * for nothing); a session ends after `idleMinutes` without a request, and after `sessionHours` in any case.
 */
export type SignInPolicy = {
  minLength: number;
  kinds: number;
  refuseCommon: boolean;
  idleMinutes: number;
  sessionHours: number;
};

/**
 * Without a row. NIST SP 800-63B asks for at least 8 characters, 15 where nothing else is asked for, against kinds of characters
 * and for a list of common passwords (3.1.1.2), and to sign in again after an hour without activity and a day in any case
 * (2.2.3). Twelve is what people bear without writing it down; a company may ask for more.
 */
export const presetPolicy: SignInPolicy = {
  minLength: 12,
  kinds: 1,
  refuseCommon: true,
  idleMinutes: 60,
  sessionHours: 24,
};

/** The least and the most of each figure; the table checks the same. */
export const policyRanges = {
  minLength: [8, 64],
  kinds: [1, 4],
  idleMinutes: [5, 1440],
  sessionHours: [1, 168],
} as const satisfies Partial<Record<keyof SignInPolicy, readonly [number, number]>>;

const columns = [
  'password_min_length as minLength',
  'password_kinds as kinds',
  'password_refuse_common as refuseCommon',
  'session_idle_minutes as idleMinutes',
  'session_hours as sessionHours',
] as const;

/** A company's policy. */
export async function signInPolicyOf(db: Pick<Db, 'kysely'>, tenantId: string): Promise<SignInPolicy> {
  const row = await db.kysely
    .selectFrom('sign_in_policies')
    .select(columns)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
  return row ?? presetPolicy;
}

/** The strictest of several policies in each respect; the preset where there are none. */
export function strictest(policies: readonly SignInPolicy[]): SignInPolicy {
  const [first, ...others] = policies;
  return others.reduce(
    (so, policy) => ({
      minLength: Math.max(so.minLength, policy.minLength),
      kinds: Math.max(so.kinds, policy.kinds),
      refuseCommon: so.refuseCommon || policy.refuseCommon,
      idleMinutes: Math.min(so.idleMinutes, policy.idleMinutes),
      sessionHours: Math.min(so.sessionHours, policy.sessionHours),
    }),
    first ?? presetPolicy,
  );
}

/** What a person's password has to fulfil: the strictest policy of their companies and of `also`, one that they are about to join. */
export async function policyOfPerson(
  tx: Pick<DirectoryTx, 'db'>,
  userId: string | null,
  also: string | null = null,
): Promise<SignInPolicy> {
  const rows = await tx.db
    .selectFrom('tenants')
    .leftJoin('sign_in_policies', 'sign_in_policies.tenant_id', 'tenants.id')
    .leftJoin('memberships', (join) =>
      join.onRef('memberships.tenant_id', '=', 'tenants.id').on('memberships.user_id', '=', userId),
    )
    .select(columns)
    .where((where) =>
      where.or([where('memberships.user_id', 'is not', null), where('tenants.id', '=', also)]),
    )
    .execute();
  return strictest(rows.map((row) => (row.minLength === null ? presetPolicy : (row as SignInPolicy))));
}

function faultsOf(
  policy: SignInPolicy,
  pointers: Readonly<Record<keyof typeof policyRanges, string>>,
): Fault[] {
  return Object.entries(policyRanges).flatMap(([name, [least, most]]) => {
    const field = name as keyof typeof policyRanges;
    const value = policy[field];
    if (Number.isInteger(value) && value >= least && value <= most) return [];
    return [
      {
        pointer: pointers[field],
        code: 'users/policy-range',
        detail: `a whole number from ${least} to ${most}`,
      },
    ];
  });
}

/** The names of a policy's figures where programs and forms send them. */
const policyPointers = {
  minLength: '/password_min_length',
  kinds: '/password_kinds',
  idleMinutes: '/session_idle_minutes',
  sessionHours: '/session_hours',
} as const;

/** A policy as programs, the audit log and the table name its figures. */
export type PolicyDocument = {
  password_min_length: number;
  password_kinds: number;
  password_refuse_common: boolean;
  session_idle_minutes: number;
  session_hours: number;
};

/** A policy by the names of its document. */
export function policyDocument(policy: SignInPolicy): PolicyDocument {
  return {
    password_min_length: policy.minLength,
    password_kinds: policy.kinds,
    password_refuse_common: policy.refuseCommon,
    session_idle_minutes: policy.idleMinutes,
    session_hours: policy.sessionHours,
  };
}

/** The policy that a document tells. */
export function policyOfDocument(document: PolicyDocument): SignInPolicy {
  return {
    minLength: document.password_min_length,
    kinds: document.password_kinds,
    refuseCommon: document.password_refuse_common,
    idleMinutes: document.session_idle_minutes,
    sessionHours: document.session_hours,
  };
}

/** Sets a company's policy; its audit log says what it was before. Throws an invalid Problem naming every figure out of range. */
export async function setSignInPolicy(
  tx: DirectoryTx,
  tenantId: string,
  policy: SignInPolicy,
): Promise<void> {
  const faults = faultsOf(policy, policyPointers);
  if (faults.length > 0) throw invalid(faults);
  await tx.db.selectFrom('tenants').select('id').where('id', '=', tenantId).forUpdate().execute();
  const [before, after] = [
    policyDocument(await signInPolicyOf({ kysely: tx.db }, tenantId)),
    policyDocument(policy),
  ];
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await tx.db
    .insertInto('sign_in_policies')
    .values({ tenant_id: tenantId, ...after })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(after))
    .execute();
  await noteChange(tx, tenantId, {
    subject: 'sign_in_policy',
    subjectId: tenantId,
    action: 'change',
    before,
    after,
  });
}
