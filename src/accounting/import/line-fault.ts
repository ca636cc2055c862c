// A fault of a file that is imported, told by its physical line.

/** `line` counts from 1; `code` is stable, `detail` is for people. */
export type LineFault = { line: number; code: string; detail: string };

/** The faults by line, each told once. */
export function inLineOrder(faults: readonly LineFault[]): LineFault[] {
  const told = new Set<string>();
  return faults
    .filter(({ line, detail }) => {
      const text = `${line} ${detail}`;
      return !told.has(text) && told.add(text);
    })
    .toSorted((one, other) => one.line - other.line);
}
