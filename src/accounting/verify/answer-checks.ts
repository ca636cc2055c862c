// What every sound store of answers holds: whatever a client was told to be posted, is.
import { type Check, checkBy } from './check.ts';

// The answer to a posting carries the entry's number; that to a draft has none, as a draft may be deleted again.
const postings = `select body ->> 'id' as id, body ->> 'number' as number, actor_id, key from idempotency_keys
  where body ->> 'number' is not null and body ? 'id'`;

/** I5 of a company at rest. */
export const answerChecks: Check[] = [
  checkBy({
    invariant: 'I5',
    claim: 'an answer kept under an idempotency key names an entry that is there',
    of: 'answers',
    all: postings,
    wrong: `select k.key as id from (${postings}) k
      where not exists (select from journal_entries e where e.id::text = k.id and e.number = k.number)`,
  }),
  checkBy({
    invariant: 'I5',
    claim: 'an entry was posted under one idempotency key',
    of: 'answers',
    all: postings,
    wrong: `select k.id from (${postings}) k group by k.id having count(*) > 1`,
  }),
];
