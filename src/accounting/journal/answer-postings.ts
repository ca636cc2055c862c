// Posts the entries of several requests in one statement, each answered once for its Idempotency-Key.
import { sql } from 'kysely';
import { type Claim, keyReused } from '#lib/idempotency';
import type { Fault, Problem } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import type { Entry, EntryInput } from './entry.ts';
import { documentsOf } from './post-entries.ts';
import { refusedPosting } from './refused-posting.ts';

/** What a request gets: the entry as it was posted, now or, `replayed`, when the same was asked before. */
export type PostingAnswer = { status: number; body: Entry; replayed: boolean };

type Row = {
  entry_ix: number;
  outcome: 'posted' | 'refused' | 'replayed' | 'reused';
  faults: Fault[] | null;
  status: number;
  body: Entry | null;
};

function outcomeOf({ outcome, faults, status, body }: Row): PostingAnswer | Problem {
  if (outcome === 'reused') return keyReused();
  if (outcome === 'refused' || body === null) return refusedPosting(faults ?? []);
  return { status, body, replayed: outcome === 'replayed' };
}

/**
 * The outcomes in the order of the requests; a refused one has posted nothing and is not kept. The requests' actors are those
 * of the transaction, by their place. An error of SQLSTATE HX003 says that another transaction was first with an answer.
 */
export async function answerPostings(
  tx: TenantTx,
  requests: readonly { entry: EntryInput; claim: Claim | null }[],
): Promise<(PostingAnswer | Problem)[]> {
  const { heads, lines } = documentsOf(requests.map(({ entry }, by) => ({ ...entry, by })));
  const claims = requests.flatMap(({ claim }, ix) =>
    claim
      ? [{ ix, actor: claim.actorId, key: claim.key, fingerprint: claim.fingerprint.toString('hex') }]
      : [],
  );
  const { rows } = await sql<Row>`
    select * from answer_postings(${heads}::jsonb, ${lines}::jsonb, ${JSON.stringify(claims)}::jsonb)
  `.execute(tx.db);
  const outcomes = new Map(rows.map((row) => [row.entry_ix, outcomeOf(row)]));
  return requests.map((_, ix) => {
    const outcome = outcomes.get(ix);
    if (!outcome) throw new Error('a request of the set has no outcome');
    return outcome;
  });
}
