// Looks at every field that takes a password, wherever a page has one.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (pattern: string) =>
  globSync(pattern, { exclude: ['src/**/*.test.ts'] }).map((path) => readFileSync(path, 'utf8'));

/** The fields of a source file whose names end in "password", each as it is written there. */
function passwordFields(source: string): string[] {
  const written = /<input[^>]*\bname="\w*password"[^>]*>|formField\(\{[^}]*\bname: '\w*password'[^}]*\}/g;
  return [...source.matchAll(written)].map(([field]) => field);
}

const isMasked = (field: string) => /\btype(="|: ')password["']/.test(field);
const isKnownToManagers = (field: string) =>
  /\bautocomplete(="|: ')(current|new)-password["']/.test(field) &&
  !/\b(onpaste|readonly|maxlength)\b/.test(field);

test('every field for a password is masked, may be pasted into and is known to password managers', () => {
  const fields = read('src/**/pages/**/*.ts').flatMap(passwordFields);
  assert.ok(fields.length >= 5, `found ${fields.length}`);
  assert.deepEqual(
    fields.filter((field) => !isMasked(field) || !isKnownToManagers(field)),
    [],
  );
  const listening = read('public/js/*.js').filter((script) => /\bpaste\b|['"]password['"]/.test(script));
  assert.deepEqual(listening, [], 'no script has to do with passwords or with pasting');
});

test('a field that is open, or that managers do not know, is noticed', () => {
  const open = '<input type="text" name="password" autocomplete="current-password">';
  const unknown = "formField({ name: 'current_password', type: 'password', autocomplete: 'off' }";
  assert.deepEqual(passwordFields(`${open} ${unknown}`).map(isMasked), [false, true]);
  assert.deepEqual(passwordFields(`${open} ${unknown}`).map(isKnownToManagers), [true, false]);
});
