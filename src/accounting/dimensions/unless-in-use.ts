// Tells a deletion that a foreign key forbids as what it is to people: the thing is in use.
import { Problem } from '#lib/problem';

const FOREIGN_KEY_VIOLATION = '23503';

/** Does the deletion; throws a conflict with that code and those words when something refers to what it deletes. */
export async function unlessInUse(code: string, detail: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== FOREIGN_KEY_VIOLATION) throw cause;
    throw new Problem('conflict', code, detail, { cause });
  }
}
