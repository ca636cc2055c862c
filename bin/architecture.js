// Draws the rooms of rooms.json into ARCHITECTURE.md: checks that the drawing is current, or with --write redraws it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './installed.js';

const document = join(root, 'ARCHITECTURE.md');
const [begin, end] = [
  '<!-- rooms: made from rooms.json by `npm run check:rooms -- --write` -->',
  '<!-- /rooms -->',
];

// An arrow that follows from two others says nothing new, and twelve of them would hide the others.
function isImplied(rooms, from, to) {
  const reaches = (room, target) => rooms[room].uses.some((used) => used === target || reaches(used, target));
  return rooms[from].uses.some((between) => between !== to && reaches(between, to));
}

const isTop = (rooms, name) => !Object.values(rooms).some((room) => room.uses.includes(name));

function diagram(rooms) {
  const names = Object.keys(rooms).filter((name) => name !== 'lib');
  const arrows = names.flatMap((name) =>
    rooms[name].uses.filter((used) => !isImplied(rooms, name, used)).map((used) => `  ${name} --> ${used}`),
  );
  const planned = names.filter((name) => rooms[name].planned);
  return [
    '```mermaid',
    'flowchart TD',
    ...names
      .filter((name) => isTop(rooms, name))
      .map((name) => `  house["main.ts, app.ts: may use all"] --> ${name}`),
    ...arrows,
    '  dashboard --> lib',
    '  classDef planned stroke-dasharray: 4 4',
    `  class ${planned.join(',')} planned`,
    '```',
  ];
}

const table = (rooms) => [
  '| Room | What it is for | May use, besides lib |',
  '| --- | --- | --- |',
  ...Object.entries(rooms).map(
    ([name, { about, uses, planned }]) =>
      `| \`${name}\`${planned ? ' (planned)' : ''} | ${about} | ${uses.join(', ') || 'nothing'} |`,
  ),
];

const rooms = JSON.parse(readFileSync(join(root, 'rooms.json'), 'utf8'));
const text = readFileSync(document, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`ARCHITECTURE.md lacks the lines ${begin} and ${end}`);
const current =
  text.slice(0, from) + [begin, ...diagram(rooms), '', ...table(rooms), ''].join('\n') + text.slice(to);

if (process.argv.includes('--write')) writeFileSync(document, current);
else if (current !== text) {
  process.stderr.write('ARCHITECTURE.md does not show rooms.json; run: npm run check:rooms -- --write\n');
  process.exitCode = 1;
}
