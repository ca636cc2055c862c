// The two steps of a sign-in over the API, for the tests of second factors.
import assert from 'node:assert/strict';
import { type TestApi, testPassword } from '#test/company';
import type { Member } from '#users';
import { refused } from './problem.ts';

export type Headers = Record<string, string>;

/** Ways to take each step at the API that is there when it is taken. */
export function twoSteps(api: () => TestApi) {
  const post = (path: string, body: unknown, headers: Headers = {}) =>
    api().call('POST', `/api/v1/auth/${path}/`, body, headers);
  const login = ({ email }: Member) => post('login', { email, password: testPassword });
  const second = (pending: unknown, body: object, headers: Headers = {}) =>
    post('login/second-factor', { pending, ...body }, headers);
  /** Signs in with the password; returns the token for the second step. */
  const pendingOf = async (member: Member): Promise<string> => {
    const answer = await login(member);
    refused(answer, 'users/second-factor-needed');
    assert.equal(answer.body.access, undefined);
    return String(answer.body.pending);
  };
  return { post, login, second, pendingOf };
}
