// Approves drafts, so that what the company wants two people to look at can be posted.
import { sql } from 'kysely';
import { fixAmount } from '#lib/money';
import { notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { lockDraft } from './drafts.ts';

/** An approval that stands. `total` is what was approved, in the company's currency; `approved_by` is a user's id. */
export type Approval = { approved_by: string; approved_at: Date; total: string };

type Row = { approved_by: string | null; approved_at: Date; total: string };

const shown = (tx: TenantTx, { approved_by, approved_at, total }: Row): Approval => ({
  approved_by: approved_by ?? '',
  approved_at,
  total: fixAmount(total, tx.tenant.currencyScale),
});

/**
 * Approves a draft as it stands; again, it changes nothing. `version` is the one that the approver has seen, or null for whichever
 * there is. An edit makes another version, which is not approved. Throws not-found, a conflict for what is posted, an invalid
 * Problem for a draft that could not be posted by anybody, or forbidden above the approver's limit and for their own draft
 * where that is kept apart.
 */
export async function approveDraft(tx: TenantTx, id: string, version: number | null): Promise<Approval> {
  await lockDraft(tx, id, version);
  const { rows } = await sql<Row>`select approved_by, approved_at, total from approve_draft(${id})`.execute(
    tx.db,
  );
  const [approval] = rows;
  if (!approval) throw notFound('entry');
  return shown(tx, approval);
}

/** Takes back the approval of a draft, whoever gave it; without one nothing changes. Throws as approveDraft() does. */
export async function withdrawApproval(
  tx: TenantTx,
  id: string,
  version: number | null = null,
): Promise<void> {
  await lockDraft(tx, id, version);
  await sql`select withdraw_approval(${id})`.execute(tx.db);
}

/** The approval of a draft in its present version, or the one with which an entry was posted; null without one. */
export async function getApproval(tx: TenantTx, id: string): Promise<Approval | null> {
  const { rows } = await sql<Row>`
    select a.approved_by, a.approved_at, a.total from entry_approvals a left join journal_drafts d on d.id = a.entry_id
    where a.entry_id = ${id} and a.withdrawn_at is null and (d.id is null or d.version = a.version)
    order by a.id desc limit 1
  `.execute(tx.db);
  return rows[0] ? shown(tx, rows[0]) : null;
}
