// Walks through the API as one version answers it, and insists on success at every step.
import assert from 'node:assert/strict';
import type { Body, Call, TestApi, TestCompany, TestHouse } from '#test/company';
import type { Member } from '#users';

/** Sends a request that has to succeed with a status, and answers the body. */
export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Body>;

export type Walk = {
  send: Send;
  /** Changes something; in v2 it does so once more, preferring no body. */
  change(method: 'PUT' | 'PATCH', path: string, body: unknown): Promise<Body>;
  house: TestHouse;
  api: TestApi;
  company: TestCompany;
  owner: Member;
  version: 1 | 2;
  root: string;
};

/** A walk as the owner of a company, who may do everything. */
export async function walkAs(
  program: { house: TestHouse; api: TestApi },
  company: TestCompany,
  owner: Member,
  version: 1 | 2,
): Promise<Walk> {
  const { api } = program;
  const call: Call = await api.as(owner, version);
  const send: Send = async (method, path, body, headers) => {
    const answer = await call(method, path, body, headers);
    const said = `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`;
    assert.ok(answer.status >= 200 && answer.status < 300, said);
    assert.equal(answer.headers['api-version'], String(version), said);
    const { location } = answer.headers;
    if (location !== undefined) assert.match(String(location), new RegExp(`^/api/v${version}/`), said);
    return answer.body;
  };
  const change: Walk['change'] = async (method, path, body) => {
    const known = { 'if-match': '*' };
    const first = await send(method, path, body, known);
    if (version === 2) await send(method, path, body, { ...known, prefer: 'return=minimal' });
    return first;
  };
  return { send, change, ...program, company, owner, version, root: `/api/v${version}` };
}
