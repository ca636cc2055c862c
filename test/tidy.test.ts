// Holds the house rules of STYLE.md as tests, and proves of each rule that it notices a file that breaks it.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { houseRules, untidinessOf } from './tidy/house-rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');
const files = (pattern: string) =>
  globSync(pattern, { cwd: root }).filter((path) => !path.startsWith('test/fixtures/'));

/** One breach of each rule: the path, the text, and the words with which it must be answered. */
const breaches: Record<keyof typeof houseRules, [string, string, RegExp]> = {
  opensWithAComment: ['src/lib/a.ts', 'export const a = 1;\n', /:1: open the file with one comment/],
  shortFile: ['src/lib/a.ts', `// Is long.\n${'\n'.repeat(300)}`, /:301 lines: split it/],
  shortFunctions: [
    'src/lib/a.ts',
    `// Is long.\nconst a = () => {\n${'  1;\n'.repeat(49)}};\n`,
    /:2: a function of 51 lines/,
  ],
  tellingName: ['src/lib/date-utils.ts', '// Is vague.\n', /"utils" says nothing/],
  noRawHtml: [
    'src/lib/a.ts',
    "// Is open.\nconst a = (b: string) => `<td class='x'>$" + '{b}</td>`;\n',
    /:2: markup in a plain/,
  ],
  documentedExports: [
    'src/lib/a.ts',
    '// Is silent.\nexport function a() {}\n',
    /:2: an exported function carries/,
  ],
  noPromises: ['src/lib/a.ts', '// Is unfinished.\nconst a = 1; // TODO later\n', /:2: do it now/],
  noSkippedTests: [
    'src/lib/a.test.ts',
    "// Is lazy.\ntest('a', { skip: true }, () => {});\n",
    /:2: a test runs or is deleted/,
  ],
};

for (const [rule, [path, text, answer]] of Object.entries(breaches)) {
  test(`a file that breaks the rule ${rule} is reported with what to do instead`, () => {
    assert.match(untidinessOf(path, text).join('\n'), answer);
  });
}

test('every rule has a breach that proves it', () => {
  assert.deepEqual(Object.keys(breaches), Object.keys(houseRules));
});

test('markup inside the html tag, generics and command usages are no raw markup', () => {
  const text =
    '// Is fine.\nconst a = [html`<td>$' +
    "{b}</td>`, 'tenant create <slug>', 'a < b', new Map<string, i>()];\n";
  assert.deepEqual(untidinessOf('src/lib/a.ts', text), []);
});

test('every source and test file is tidy', () => {
  const found = [...files('src/**/*.ts'), ...files('test/**/*.ts')].flatMap((path) =>
    untidinessOf(path, read(path)),
  );
  assert.deepEqual(found, []);
});

test('every migration opens with a comment that says why it exists', () => {
  const silent = files('migrations/**/*.sql').filter((path) => !read(path).startsWith('-- '));
  assert.deepEqual(silent, []);
});

test('every direct dependency has its line in docs/dependencies.md', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const text = read('docs/dependencies.md');
  const names = Object.keys({ ...dependencies, ...devDependencies });
  assert.deepEqual(
    names.filter((name) => !text.includes(`| \`${name}\` |`)),
    [],
  );
});

test('the lockfile knows the optional packages of every kind of machine', () => {
  const { packages } = JSON.parse(read('package-lock.json'));
  const missing = Object.entries<{ optionalDependencies?: object }>(packages).flatMap(
    ([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {}).filter(
        (name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
      ),
  );
  assert.deepEqual(
    missing,
    [],
    'npm ci refuses such a lockfile: run npm install where the registry has them all',
  );
});
