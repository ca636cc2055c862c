// The one error that crosses a door: a closed kind, a stable code, and every fault of the input with its place.

/** One fault of an input. `pointer` is a JSON pointer (RFC 6901) into the request body, '' for the whole. */
export type Fault = { pointer: string; code: string; detail: string };

export type ProblemKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict'
  | 'precondition-failed'
  | 'too-large'
  | 'address-too-long'
  | 'unsupported-type'
  | 'invalid'
  | 'precondition-required'
  | 'too-many'
  | 'internal'
  | 'unavailable';

/**
 * `detail` is public; what happened inside belongs in `cause`, which is logged and never shown. `retryAfter` is in how many
 * seconds it may help to come again.
 */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly code: string;
  readonly detail: string;
  readonly errors: Fault[];
  readonly retryAfter: number | null;

  constructor(
    kind: ProblemKind,
    code: string,
    detail: string,
    options: { errors?: Fault[]; cause?: unknown; retryAfter?: number } = {},
  ) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.name = 'Problem';
    this.kind = kind;
    this.code = code;
    this.detail = detail;
    this.errors = options.errors ?? [];
    this.retryAfter = options.retryAfter ?? null;
  }
}

/** The problem of an input with faults: one fault lends its code, several are summed up as `code`. */
export function invalid(errors: Fault[], code = 'request/invalid'): Problem {
  const [first] = errors;
  if (errors.length === 1 && first) return new Problem('invalid', first.code, first.detail, { errors });
  return new Problem('invalid', code, `the request has ${errors.length} faults`, { errors });
}

/** Faults of several sources as one list: what a later source says of a place that is at fault already is left out. */
export function mergeFaults(...sources: readonly (readonly Fault[])[]): Fault[] {
  const places = new Set<string>();
  return sources.flatMap((source) => {
    const fresh = source.filter((fault) => !places.has(fault.pointer));
    for (const fault of fresh) places.add(fault.pointer);
    return fresh;
  });
}

/** What is not there, or is not for the asker's eyes: the answer is the same. */
export function notFound(what: string): Problem {
  return new Problem('not-found', 'request/not-found', `there is no such ${what}`);
}
