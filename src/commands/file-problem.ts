// Says in words why a file that a person named cannot be read.

/** The error of reading a file at that path, in one line where its reason is a person's to mend; else as it was. */
export function fileProblem(path: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const reasons = new Map<unknown, string>([
    ['ENOENT', 'there is no such file'],
    ['EACCES', 'it may not be read'],
    ['EISDIR', 'it is a folder'],
  ]);
  const reason = reasons.get(code);
  return reason ? new Error(`${path}: ${reason}`) : (error as Error);
}
