// Reads docs/security.md as what it claims to be, and names whatever in it is not so.
import { levelTwo } from './levels.ts';

/** How far a requirement is met, in the words of the page; the first alone takes a test. */
const states = ['met', 'met, untested', 'in part', 'not covered', 'does not apply'] as const;

type Row = { number: string; level: string; cells: string[]; state: string; proof: string; chapter: string };

/** Reads a file of the repository; undefined where there is none. */
export type ReadFile = (path: string) => string | undefined;

const chapterOf = (heading: string) => /^## V(\d+)\b/.exec(heading)?.[1];

/** The rows of all tables, each with the chapter under whose heading it stands. */
export function rowsOf(page: string): Row[] {
  let chapter = '';
  return page.split('\n').flatMap((line) => {
    if (line.startsWith('## ')) chapter = chapterOf(line) ?? '';
    if (!/^\| *\d+\.\d+\.\d+ *\|/.test(line)) return [];
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [number = '', level = '', , , state = '', proof = ''] = cells;
    return [{ number, level, cells, state, proof, chapter }];
  });
}

/** The titles of suites and tests in a source file, as they are written there: what a loop fills in stays `${…}`. */
export function titlesIn(source: string): Set<string> {
  const calls = source.matchAll(/\b(?:describe|suite|test|it)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g);
  return new Set([...calls].map(([, , title = '']) => title));
}

/** What a row calls its proof, and why that is none. */
function faultsOfProof({ number, proof }: Row, read: ReadFile): string[] {
  return proof.split('<br>').flatMap((each) => {
    const [, path, named] = /^`(test\/[^`]+\.ts|src\/[^`]+\.test\.ts)` › (.+)$/.exec(each.trim()) ?? [];
    if (!path || !named) return [`${number}: "${each}" names no test as \`file\` › title`];
    const source = read(path);
    if (source === undefined) return [`${number}: there is no file ${path}`];
    const titles = titlesIn(source);
    const missing = named.split(' › ').filter((title) => !titles.has(title));
    return missing.map((title) => `${number}: ${path} has no test "${title}"`);
  });
}

function faultsOfRow(row: Row, read: ReadFile): string[] {
  const { number, level, cells, state, proof, chapter } = row;
  const faults: string[] = [];
  if (cells.length !== 6) faults.push(`${number}: a row has six cells, not ${cells.length}`);
  if (cells.slice(0, 5).some((cell) => cell === '')) faults.push(`${number}: a cell is empty`);
  if (chapter !== number.split('.', 1)[0])
    faults.push(`${number}: it stands in chapter ${chapter || 'none'}`);
  const expected = levelTwo().get(number);
  if (expected !== level) faults.push(`${number}: its level is ${expected ?? 'not 1 or 2'}, not ${level}`);
  if (!(states as readonly string[]).includes(state)) faults.push(`${number}: "${state}" is no state`);
  if (state === 'met' && proof === '') faults.push(`${number}: what is met names the test that proves it`);
  const takesTests = state === 'met' || state === 'in part';
  if (!takesTests && proof !== '') faults.push(`${number}: what is "${state}" has no test to name`);
  return proof === '' ? faults : [...faults, ...faultsOfProof(row, read)];
}

/** The line of the page's head that says how often a state occurs: `| met | 12 |`. */
function faultsOfCounts(page: string, rows: readonly Row[]): string[] {
  const counted = (state: string) => rows.filter((row) => row.state === state).length;
  const figures: [string, number][] = [
    ...states.map((state): [string, number] => [state, counted(state)]),
    ['all', rows.length],
  ];
  return figures.flatMap(([state, count]) => {
    const told = page.split('\n').find((line) => line.startsWith(`| **${state}** |`));
    return told?.split('|')[2]?.trim() === String(count)
      ? []
      : [`the head counts "${state}" wrong: it is ${count}`];
  });
}

/** What is missing has its place in the list of gaps, and nothing else has. */
function faultsOfGaps(page: string, rows: readonly Row[]): string[] {
  const [, after = ''] = page.split('\n## What is missing, by weight\n');
  const [list = ''] = after.split('\n## ');
  const told = [...list.matchAll(/\b\d+\.\d+\.\d+\b/g)].map(([number]) => number);
  const missing = rows
    .filter(({ state }) => state === 'in part' || state === 'not covered')
    .map(({ number }) => number);
  return [
    ...missing
      .filter((number) => !told.includes(number))
      .map((number) => `${number}: it is not among the gaps`),
    ...told
      .filter((number) => !missing.includes(number))
      .map((number) => `${number}: it is told as a gap and is none`),
  ];
}

/** Everything that is not so in the page, one sentence each. */
export function faultsOfMap(page: string, read: ReadFile): string[] {
  const rows = rowsOf(page);
  const numbers = rows.map(({ number }) => number);
  const twice = numbers.filter((number, index) => numbers.indexOf(number) !== index);
  const missing = [...levelTwo().keys()].filter((number) => !numbers.includes(number));
  return [
    ...twice.map((number) => `${number}: it is there twice`),
    ...missing.map((number) => `${number}: it is missing`),
    ...rows.flatMap((row) => faultsOfRow(row, read)),
    ...faultsOfCounts(page, rows),
    ...faultsOfGaps(page, rows),
  ];
}
