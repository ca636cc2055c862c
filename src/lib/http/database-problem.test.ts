// Proves what becomes of PostgreSQL's refusals and failures: a rule, a conflict, a wait, and never a secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDb } from '#lib/db';
import { problemOfDatabaseError } from './database-problem.ts';
import { problemOf, statusOf } from './send-problem.ts';

const failure = (code: string | undefined, message = 'secret inside', more: object = {}) =>
  Object.assign(new Error(message), { code, ...more });

test('a rule of the books becomes a fault with its code, its sentence and its place', () => {
  const problem = problemOfDatabaseError(
    failure('HX001', 'accounting/account-cycle', { detail: 'no circles', hint: '/parent' }),
  );
  assert.equal(problem?.kind, 'invalid');
  assert.deepEqual(problem?.errors, [
    { pointer: '/parent', code: 'accounting/account-cycle', detail: 'no circles' },
  ]);
});

test('two requests that collide are a conflict', () => {
  for (const code of ['23505', '23P01', '23503'])
    assert.equal(problemOfDatabaseError(failure(code))?.kind, 'conflict', code);
});

test('a number that was given before is a conflict of its series, and says what to do', () => {
  const more = { constraint: 'journal_entries_number_key' };
  const problem = problemOfDatabaseError(failure('23505', 'duplicate key', more));
  assert.equal(`${problem?.kind} ${problem?.code}`, 'conflict accounting/number-taken');
  assert.equal(problem?.errors[0]?.pointer, '/series');
  assert.match(problem?.detail ?? '', /^the number that comes next.* change the prefix/);
});

test('what another try may mend is unavailable for the moment', () => {
  const codes = [
    '08006',
    '08P01',
    '53300',
    '57P01',
    '57P03',
    '25P03',
    '40001',
    '40P01',
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
  ];
  for (const code of codes) assert.equal(problemOfDatabaseError(failure(code))?.kind, 'unavailable', code);
  for (const message of ['timeout exceeded when trying to connect', 'Connection terminated unexpectedly']) {
    assert.equal(problemOfDatabaseError(failure(undefined, message))?.kind, 'unavailable', message);
  }
});

test('whatever else fails is ours, and its inside is not shown', () => {
  for (const error of [
    failure('42P01'),
    failure('XX000'),
    failure('HX002'),
    new Error('secret inside'),
    'text',
    null,
  ]) {
    const problem = problemOf(error);
    assert.equal(statusOf(problem), 500);
    assert.doesNotMatch(JSON.stringify([problem.code, problem.detail, problem.errors]), /secret/);
  }
});

test('a database that is not there is unavailable, not an error of ours', async () => {
  const db = openDb('postgres://nobody@127.0.0.1:1/none');
  const error = await db.pool.query('select 1').catch((reason: unknown) => reason);
  await db.close();
  assert.equal(statusOf(problemOf(error)), 503);
});
