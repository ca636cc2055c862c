// Turns rooms.json into the rules that dependency-cruiser enforces, so that the graph is written down once.
import { readFileSync } from 'node:fs';
import type { IConfiguration, IForbiddenRuleType } from 'dependency-cruiser';

/** A room: what it is for, which rooms it may use besides lib, and whether it is only planned so far. */
export type Room = { about: string; uses: string[]; planned?: boolean };

/** Reads the graph of rooms, by name, in the order of the file: from the bottom of the house to its top. */
export function readRooms(): Record<string, Room> {
  return JSON.parse(readFileSync(new URL('../../rooms.json', import.meta.url), 'utf8'));
}

const tests = '\\.test\\.ts$';
const door = '^src/[^/]+/index\\.ts$';

function ruleOfRoom([name, room]: [string, Room]): IForbiddenRuleType {
  const allowed = name === 'lib' ? ['lib'] : [name, 'lib', ...room.uses];
  return {
    name: `room-${name}`,
    severity: 'error',
    comment: `${name} may use ${allowed.slice(1).join(', ') || 'no room at all'}. Pass the value in from app.ts instead.`,
    from: { path: `^src/${name}/`, pathNot: tests },
    to: { path: '^src/', pathNot: `^src/(${allowed.join('|')})/` },
  };
}

const houseRules: IForbiddenRuleType[] = [
  {
    name: 'only-through-the-door',
    severity: 'error',
    comment:
      'A room is entered through its index.ts, as #room. Export there what others need, or do without.',
    from: { path: '^src/([^/]+)/' },
    to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/lib/', door] },
  },
  {
    name: 'only-through-the-door-from-outside',
    severity: 'error',
    comment: 'app.ts and the tests use the same doors as everybody else.',
    from: { path: '^(src/[^/]+\\.ts|test/.+)$' },
    to: { path: '^src/[^/]+/', pathNot: ['^src/lib/', door] },
  },
  {
    name: 'no-cycles',
    severity: 'error',
    comment: 'Two files that need each other are one file, or need a third one below them.',
    from: { path: '^(src|test)/' },
    to: { circular: true },
  },
  {
    name: 'no-test-code-in-the-program',
    severity: 'error',
    comment: 'What the program needs lives in src/; only tests use test/ and other tests.',
    from: { path: '^src/', pathNot: tests },
    to: { path: `(^test/|${tests})` },
  },
  {
    name: 'no-dev-dependency-in-the-program',
    severity: 'error',
    comment: 'A package the program needs belongs under "dependencies" in package.json.',
    from: { path: '^src/', pathNot: tests },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'html-only-through-lib',
    severity: 'error',
    comment: "Only lib/html.ts touches the HTML library; everyone else uses the escaping tag of '#lib/html'.",
    from: { path: '^(src|test)/', pathNot: '^src/lib/html(\\.test)?\\.ts$' },
    to: { path: 'node_modules/hono/' },
  },
  {
    name: 'resolvable',
    severity: 'error',
    comment: 'An import that leads nowhere; correct its path, or install the package.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-orphans',
    severity: 'error',
    comment: 'Nothing imports this file and it imports nothing: wire it in, or delete it.',
    from: { orphan: true, path: '^src/', pathNot: [tests, '\\.d\\.ts$'] },
    to: {},
  },
  {
    name: 'reached-by-the-program',
    severity: 'error',
    comment: 'No path of imports leads here from main.ts: wire it in, or delete it.',
    from: { path: '^src/main\\.ts$' },
    to: { path: '^src/', pathNot: tests, reachable: false },
  },
];

/** The rules of the house for a tree that has src/ and test/ in its root. */
export function roomRules(rooms: Record<string, Room>): IConfiguration {
  return {
    forbidden: [...Object.entries(rooms).map(ruleOfRoom), ...houseRules],
    options: {
      tsPreCompilationDeps: true,
      exclude: { path: '(^|/)test/fixtures/' },
      doNotFollow: { path: 'node_modules' },
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'default', 'types'],
        extensions: ['.ts', '.js'],
      },
    },
  };
}
