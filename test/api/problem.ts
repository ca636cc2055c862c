// What every refusal of the API has in common, checked wherever a test expects one.
import assert from 'node:assert/strict';
import type { Answer } from '#test/company';

/** Asserts a refusal with that code. */
export function refused(answer: Answer, code: string, status = 401): void {
  faultsOf(answer, status);
  assert.equal(answer.body.code, code);
}

/** Asserts an RFC 9457 problem of one of the statuses, and returns its faults as "pointer code" in order of the pointers. */
export function faultsOf(answer: Answer, ...statuses: number[]): string[] {
  const { status, body, headers } = answer;
  const said = JSON.stringify(body);
  assert.ok(statuses.includes(status), `${status} instead of ${statuses.join(' or ')}: ${said}`);
  assert.match(String(headers['content-type']), /^application\/problem\+json/);
  assert.equal(body.status, status);
  assert.equal(body.type, `urn:himalytix:problem:${body.code}`);
  assert.match(String(body.instance), /^urn:uuid:/);
  for (const text of [body.title, body.detail]) assert.ok(typeof text === 'string' && text !== '', said);
  assert.doesNotMatch(said, /syntax error|relation "|SQLSTATE|node_modules|\bat .*\.ts/, 'the inside shows');
  for (const fault of body.errors) {
    assert.match(fault.pointer, /^(\/.*)?$/s);
    assert.match(fault.code, /^[a-z]+\/[a-z-]+$/i);
    assert.notEqual(fault.detail, '');
  }
  return body.errors.map((fault) => `${fault.pointer} ${fault.code}`).sort();
}
