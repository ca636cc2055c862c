// Tells a refused posting apart: what is wrong with the entry, or only with who posts it.
import { type Fault, invalid, Problem } from '#lib/problem';

/** The faults of an entry that another person might post as it is. */
const ofThePoster = new Set([
  'accounting/beyond-post-limit',
  'accounting/approval-needed',
  'accounting/duties-apart',
]);

/** Whether a fault lies with who posts, and not with the entry. */
export const isOfThePoster = ({ code }: Fault): boolean => ofThePoster.has(code);

/** The Problem of an entry that was not posted: forbidden where nothing is wrong with the entry itself, else invalid. */
export function refusedPosting(faults: readonly Fault[], code = 'accounting/entry-invalid'): Problem {
  const [first] = faults;
  if (!first || !faults.every(isOfThePoster)) return invalid([...faults], code);
  const detail = faults.map((fault) => fault.detail).join('; ');
  return new Problem('forbidden', first.code, detail, { errors: [...faults] });
}
