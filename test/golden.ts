// Holds what a test finds to a file that somebody has reviewed, and rewrites the file when it is told to.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

const fileOf = (name: string) => new URL(`${name}.golden.txt`, import.meta.url);

/** Where lines differ from those of test/NAME.golden.txt: `-` what was reviewed and is no more, `+` what nobody has reviewed. */
export function goldenDifferences(name: string, lines: readonly string[]): string[] {
  const reviewed = readFileSync(fileOf(name), 'utf8').trimEnd().split('\n');
  const gone = reviewed.filter((line) => !lines.includes(line)).map((line) => `- ${line}`);
  const come = lines.filter((line) => !reviewed.includes(line)).map((line) => `+ ${line}`);
  if (gone.length + come.length > 0) return [...gone, ...come];
  return lines.join('\n') === reviewed.join('\n') ? [] : ['the order of the lines'];
}

/**
 * Asserts that the lines are those of test/NAME.golden.txt. With UPDATE_GOLDEN=1 in the environment the file is rewritten
 * instead; its difference is what is to be reviewed then.
 */
export function assertGolden(name: string, lines: readonly string[]): void {
  if (process.env.UPDATE_GOLDEN === '1') {
    writeFileSync(fileOf(name), `${lines.join('\n')}\n`);
    return;
  }
  const words = `not as reviewed in test/${name}.golden.txt; if it is meant, rewrite it by UPDATE_GOLDEN=1 npm run test:golden, and have the difference reviewed`;
  const differences = goldenDifferences(name, lines);
  assert.ok(differences.length === 0, [words, ...differences].join('\n'));
}
