// Walks through signing in, going on, and signing out.
import assert from 'node:assert/strict';
import { testPassword } from '#test/company';
import type { Walk } from './walker.ts';

/** Sign-in, refresh, sign-out, and who one is. */
export async function signingIn({ send, api, owner, root }: Walk): Promise<void> {
  await send('GET', '/users/me/');
  const signedIn = await api.call('POST', `${root}/auth/login/`, {
    email: owner.email,
    password: testPassword,
  });
  assert.equal(signedIn.status, 200);
  const { refresh } = signedIn.body;
  const refreshed = await api.call('POST', `${root}/auth/refresh/`, { refresh });
  assert.equal(refreshed.status, 200);
  const authorization = `Bearer ${refreshed.body.access}`;
  const out = await api.call('POST', `${root}/auth/logout/`, undefined, { authorization });
  assert.equal(out.status, 204);
}
