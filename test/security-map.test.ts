// Holds docs/security.md to the standard's numbers and to the tests that it names, and proves that it notices a page that lies.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { levels, levelTwo } from './asvs/levels.ts';
import { faultsOfMap, rowsOf, titlesIn } from './asvs/security-map.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) =>
  existsSync(`${root}/${path}`) ? readFileSync(`${root}/${path}`, 'utf8') : undefined;
const page = read('docs/security.md') ?? '';

/** A page whose tests are all there, so that what a change breaks shows by itself. */
const soundRead = () => 'describe("a suite", () => { test("a claim", () => {}); });';
const sound = page.replace(
  /`(?:test|src)\/[^`]+\.ts` › [^|]+ \|$/gm,
  '`test/a.test.ts` › a suite › a claim |',
);

test('the requirements of the standard are those of levels 1 and 2, 253 of 345', () => {
  const all = Object.values(levels).join('');
  assert.deepEqual(
    ['1', '2', '3'].map((level) => all.split(level).length - 1),
    [70, 183, 92],
  );
  assert.equal(levelTwo().size, 253);
});

test('docs/security.md has every requirement once, and every test that it names is there', () => {
  assert.deepEqual(faultsOfMap(page, read), []);
});

/** One lie of each kind: what is changed in the sound page, and the words with which it must be answered. */
const lies: Record<string, [from: RegExp | string, to: string, answer: RegExp]> = {
  'a requirement that is missing': [/^\| 9\.1\.1 .*\n/m, '', /^9\.1\.1: it is missing$/m],
  'a requirement twice': [/^(\| 9\.1\.1 .*\n)/m, '$1$1', /^9\.1\.1: it is there twice$/m],
  'a requirement of level 3': [
    /^\| 9\.1\.1 \|/m,
    '| 15.4.1 |',
    /^15\.4\.1: its level is not 1 or 2, not 1$/m,
  ],
  'another level': [/^\| 9\.1\.1 \| 1/m, '| 9.1.1 | 2', /^9\.1\.1: its level is 1, not 2$/m],
  'a requirement in another chapter': ['## V9 ', '## V10 ', /^9\.1\.1: it stands in chapter 10$/m],
  'a state that there is not': [/^(\| 9\.1\.1 .*)\| met \|/m, '$1| fine |', /^9\.1\.1: "fine" is no state$/m],
  'an empty cell': [/^(\| 9\.1\.1 \| 1 \|)[^|]+\|/m, '$1 |', /^9\.1\.1: a cell is empty$/m],
  'a cell too many': [/^(\| 9\.1\.1 \| 1 \|)/m, '$1 x |', /^9\.1\.1: a row has six cells, not 7$/m],
  'what is met without a test': [
    /^(\| 9\.1\.1 .*\| met \|).*$/m,
    '$1 |',
    /^9\.1\.1: what is met names the test that proves it$/m,
  ],
  'a test for what does not apply': [
    /^(\| 17\.1\.1 .*\|) \|$/m,
    '$1 `test/a.test.ts` › a claim |',
    /^17\.1\.1: what is "does not apply" has no test to name$/m,
  ],
  'a title that there is not': [
    /^(\| 9\.1\.1 .*)a claim/m,
    '$1a boast',
    /^9\.1\.1: .* has no test "a boast"$/m,
  ],
  'a suite that there is not': [
    /^(\| 9\.1\.1 .*)a suite/m,
    '$1a room',
    /^9\.1\.1: .* has no test "a room"$/m,
  ],
  'a proof that is no test': [
    /^(\| 9\.1\.1 .*\| met \|).*$/m,
    '$1 `src/users/tokens.ts` › a claim |',
    /^9\.1\.1: .* names no test/m,
  ],
  'a wrong count': [/^\| \*\*met\*\* \| \d+/m, '| **met** | 9', /^the head counts "met" wrong/m],
  'a gap that is not told': ['(6.3.3)', '', /^6\.3\.3: it is not among the gaps$/m],
  'a gap that is none': ['(6.3.3)', '(6.3.3, 9.1.1)', /^9\.1\.1: it is told as a gap and is none$/m],
};

for (const [what, [from, to, answer]] of Object.entries(lies)) {
  test(`a page with ${what} is reported`, () => {
    assert.deepEqual(faultsOfMap(sound, soundRead), []);
    const lie = sound.replace(from, to);
    assert.notEqual(lie, sound, 'the lie must be told');
    assert.match(faultsOfMap(lie, soundRead).join('\n'), answer);
  });
}

test('a file that there is not is reported, by its path', () => {
  const faults = faultsOfMap(sound, () => undefined);
  assert.ok(faults.includes('9.1.1: there is no file test/a.test.ts'));
});

test('titles are found in every way they are written, and words that only stand in a file are none', () => {
  const source = [
    "describe('a suite', { concurrency: 1 }, () => {",
    `  test(\`of \${what}\`, () => {});`,
    '  it("it’s \\"so\\"", () => {});',
    "  test(\n    'on a line of its own',\n    walk(null, async () => {}),\n  );",
    '});',
    "// 'a comment'",
    "const said = 'a text';",
  ].join('\n');
  assert.deepEqual(
    [...titlesIn(source)],
    ['a suite', `of \${what}`, 'it’s \\"so\\"', 'on a line of its own'],
  );
});

test('the rows are read from the page with their chapters', () => {
  const [first] = rowsOf(page);
  assert.deepEqual([first?.number, first?.chapter, first?.level], ['1.1.1', '1', '2']);
});
