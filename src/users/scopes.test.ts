// Proves what a scope covers, and that no scope gives a key what only people may.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isScope, keyAllows, scopeCovers } from './scopes.ts';

test('a scope covers the permission that it names, one part by a star, and what follows by the last one', () => {
  const covers = [
    ['accounting.report.view', 'accounting.report.view'],
    ['accounting.*.view', 'accounting.report.view'],
    ['accounting.*', 'accounting.report.view'],
    ['*.*.view', 'accounting.report.view'],
    ['*', 'dashboard.view'],
  ];
  const misses = [
    ['accounting.report.view', 'accounting.report.viewer'],
    ['accounting.report', 'accounting.report.view'],
    ['accounting.*.view', 'accounting.report.post'],
    ['accounting.*.view', 'accounting.view'],
    ['accounting.*', 'accounting'],
    ['account.*', 'accounting.report.view'],
    ['*.*.view', 'dashboard.view'],
  ];
  for (const [scope = '', permission = ''] of covers) assert.ok(scopeCovers(scope, permission), scope);
  for (const [scope = '', permission = ''] of misses) assert.ok(!scopeCovers(scope, permission), scope);
});

test('a text that is no pattern of permissions is no scope', () => {
  for (const text of ['*', 'a', 'a.*', 'a.*.view', 'dashboard.view', '*.*.view'])
    assert.ok(isScope(text), text);
  for (const text of [
    '',
    ' ',
    '**',
    'a.',
    '.a',
    'a..b',
    'A.b',
    'a*',
    'a.b*',
    'a b',
    '1.a',
    'a.b.c.d.e.f.g',
    "a'",
  ])
    assert.ok(!isScope(text), text);
});

test('no key has a permission of the room of people, and without a key nothing is narrowed', () => {
  for (const scopes of [null, ['*'], ['users.*'], ['users.member.edit']]) {
    assert.ok(!keyAllows({ scopes }, 'users.member.edit'));
  }
  assert.ok(keyAllows(undefined, 'users.member.edit'));
  assert.ok(keyAllows({ scopes: null }, 'accounting.account.view'));
});
