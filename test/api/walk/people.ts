// Walks through signing in, going on and signing out, passwords, sessions, invitations and the policy of signing in.
import assert from 'node:assert/strict';
import { addMember, testPassword } from '#test/company';
import { deliveredMails, linkOf } from '#test/mails';
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

const newPassword = 'plinth vexed quartz';

/** A link by mail for who forgot their password, and a change of it by who knows it. */
export async function passwords({ api, house, company, root }: Walk): Promise<void> {
  const { email } = await addMember(house.db, company, 'auditor');
  const post = (path: string, body: unknown, headers = {}) => api.call('POST', root + path, body, headers);
  await deliveredMails(house.db);
  assert.equal((await post('/auth/password-reset/', { email })).status, 202);
  const { token } = linkOf((await deliveredMails(house.db)).at(-1));
  const confirmed = await post('/auth/password-reset/confirm/', { token, password: newPassword });
  assert.equal(confirmed.status, 204);
  const { body } = await post('/auth/login/', { email, password: newPassword });
  const wish = { current_password: newPassword, password: testPassword };
  const changed = await post('/users/me/password/', wish, { authorization: `Bearer ${body.access}` });
  assert.equal(changed.status, 204, JSON.stringify(changed.body));
}

/** One's own sessions and sign-ins, and another company of one's own. */
export async function ownSessions({ send, company }: Walk): Promise<void> {
  await send('POST', '/auth/switch/', { tenant: company.tenant.slug });
  const { results } = await send('GET', '/users/me/sessions/');
  const other = results.find(({ current }) => current === false);
  await send('DELETE', `/users/me/sessions/${String(other?.id)}/`);
  await send('DELETE', '/users/me/sessions/');
  const signIns = await send('GET', '/users/me/sign-ins/');
  assert.ok(signIns.results.length > 0);
}

/** Invitations: one that is taken back, and one that is accepted. */
export async function invitations({ send, api, house, root, version }: Walk): Promise<void> {
  const made = await send('POST', '/invitations/', { email: 'hari@example.com', role: 'clerk' });
  await send('GET', '/invitations/');
  await send('DELETE', `/invitations/${made.id}/`);
  await deliveredMails(house.db);
  await send('POST', '/invitations/', { email: `gita${version}@example.com`, role: 'clerk' });
  const { token } = linkOf((await deliveredMails(house.db)).at(-1));
  const account = { token, name: 'Gita Rai', password: newPassword };
  const accepted = await api.call('POST', `${root}/invitations/accept/`, account);
  assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
}

/** What the company asks of passwords and sessions. */
export async function signInPolicy({ send, change }: Walk): Promise<void> {
  const policy = await send('GET', '/sign-in-policy/');
  await change('PUT', '/sign-in-policy/', { ...policy, session_hours: 8 });
}
