// Proves that the tree keeps to the rooms of rooms.json, and that each of its rules really bites.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { readRooms, roomRules } from './rooms/room-rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const rooms = readRooms();

/** The violations in a tree, each as "rule: from → to". */
async function violationsIn(baseDir: string, folders: string[]): Promise<string[]> {
  const ruleSet = roomRules(rooms);
  const { output } = await cruise(
    folders,
    { ...ruleSet.options, ruleSet, validate: true, baseDir },
    ruleSet.options?.enhancedResolveOptions,
  );
  return (output as ICruiseResult).summary.violations
    .map(({ rule, from, to }) => (from === to ? `${rule.name}: ${from}` : `${rule.name}: ${from} → ${to}`))
    .sort();
}

test('the tree keeps to the rules of the house', async () => {
  assert.deepEqual(await violationsIn(root, ['src', 'test']), []);
});

test('every rule of the house is reported where a house breaks it', async () => {
  const found = await violationsIn(`${root}/test/fixtures/rooms`, ['src', 'test']);
  const named = new Set(found.map((line) => line.slice(0, line.indexOf(':'))));
  const rules = (roomRules(rooms).forbidden ?? []).map((rule) => rule.name ?? '');
  assert.deepEqual(
    rules.filter((rule) => !named.has(rule)),
    [],
    found.join('\n'),
  );
  for (const violation of [
    'room-inventory: src/inventory/index.ts → src/accounting/index.ts',
    'room-dashboard: src/dashboard/index.ts → src/accounting/index.ts',
    'room-lib: src/lib/uses-a-room.ts → src/tenancy/index.ts',
    'room-api: src/api/index.ts → src/app.ts',
    'only-through-the-door: src/accounting/past-the-door.ts → src/tenancy/secret.ts',
    'only-through-the-door-from-outside: src/main.ts → src/tenancy/secret.ts',
    'no-test-code-in-the-program: src/users/index.ts → test/database.ts',
    'no-orphans: src/api/orphan.ts',
  ]) {
    assert.ok(found.includes(violation), `${violation} is missing among\n${found.join('\n')}`);
  }
});

test('a rule tells a person what to do about it', () => {
  for (const { name = '', comment = '' } of roomRules(rooms).forbidden ?? []) {
    assert.ok(/^\S.{30,}\.$/.test(comment), name);
  }
});

test('rooms.json names the rooms that exist, and each that is built has a door and an import name', () => {
  const folders = readdirSync(`${root}/src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const built = Object.keys(rooms).filter((name) => !rooms[name]?.planned);
  assert.deepEqual(folders.map((entry) => entry.name).sort(), built.sort());
  const { imports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  for (const name of built.filter((each) => each !== 'lib')) {
    assert.ok(
      existsSync(`${root}/src/${name}/index.ts`),
      `src/${name}/index.ts, the door of ${name}, is missing`,
    );
    assert.equal(imports[`#${name}`], `./src/${name}/index.ts`);
  }
});

test('the graph of rooms has no cycle and names no unknown room', () => {
  const below = new Set<string>();
  for (const [name, room] of Object.entries(rooms)) {
    for (const used of room.uses)
      assert.ok(below.has(used), `${name} uses ${used}, which is not below it in rooms.json`);
    below.add(name);
  }
});
