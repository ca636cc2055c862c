// Holds what each provider's word about an address is worth to what its documentation says.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kindOfIssuer, microsoftIssuer } from './provider-kind.ts';
import { personOfClaims, personOfGithub } from './provider-person.ts';

const worth = (kind: Parameters<typeof personOfClaims>[0], claims: Record<string, unknown>) => {
  const [email] = personOfClaims(kind, 'https://issuer.example.com', { sub: '1', ...claims })?.emails ?? [];
  return email ? [email.address, email.verified, email.authoritative] : null;
};

describe('an address counts', () => {
  test('of any provider only with email_verified as the value true', () => {
    const email = 'Ann@Example.com';
    assert.deepEqual(worth('oidc', { email, email_verified: true }), ['ann@example.com', true, true]);
    for (const email_verified of [undefined, false, 'true', 'false', 1, {}])
      assert.deepEqual(worth('oidc', { email, email_verified }), ['ann@example.com', false, false]);
  });

  test('of Google for the domain only that Google hosts', () => {
    const email = 'ann@example.com';
    assert.deepEqual(worth('google', { email, email_verified: true, hd: 'example.com' }), [
      email,
      true,
      true,
    ]);
    assert.deepEqual(worth('google', { email, email_verified: true }), [email, true, false]);
    assert.deepEqual(worth('google', { email, email_verified: true, hd: 'other.example' }), [
      email,
      true,
      false,
    ]);
    assert.deepEqual(worth('google', { email, email_verified: false, hd: 'example.com' }), [
      email,
      false,
      false,
    ]);
  });

  test('of Microsoft only when the domain’s owner is verified, whatever else it says', () => {
    const email = 'ann@example.com';
    assert.deepEqual(worth('microsoft', { email, xms_edov: true }), [email, true, true]);
    assert.deepEqual(worth('microsoft', { email, xms_edov: '1' }), [email, true, true]);
    for (const claims of [{}, { email_verified: true }, { xms_edov: false }, { xms_edov: '0' }])
      assert.deepEqual(worth('microsoft', { email, ...claims }), [email, false, false]);
  });

  test('of no provider when it is no address', () => {
    for (const email of [undefined, '', 'ann', 'a b@c', 7, ['a@b.c']])
      assert.equal(worth('oidc', { email, email_verified: true }), null);
  });
});

test('a subject is taken as it is or not at all, and a name without what cannot be kept', () => {
  const of = (claims: object) =>
    personOfClaims('oidc', 'https://issuer.example.com', { sub: '1', ...claims });
  assert.equal(of({ sub: ' A b ' })?.subject, ' A b ');
  for (const sub of [undefined, null, 7, '', 'x'.repeat(256), 'a\u0000b', 'é', 'a\nb'])
    assert.equal(of({ sub }), null);
  assert.equal(of({ name: ' Ann\u0000\u0007 \ud800B ' })?.name, 'Ann  \ufffdB');
  assert.equal(of({ name: ['x'], preferred_username: 'ann' })?.name, 'ann');
});

test('GitHub’s addresses are verified at most, never authoritative, and the primary one comes first', () => {
  const person = personOfGithub('https://github.com', { id: 7, login: 'ann', name: null }, [
    { email: 'old@example.com', verified: true, primary: false },
    { email: 'Ann@example.com', verified: true, primary: true },
    { email: 'new@example.com', verified: false, primary: false },
    { email: 8 },
    null,
  ]);
  assert.deepEqual(person, {
    issuer: 'https://github.com',
    subject: '7',
    name: 'ann',
    emails: [
      { address: 'ann@example.com', verified: true, authoritative: false },
      { address: 'old@example.com', verified: true, authoritative: false },
      { address: 'new@example.com', verified: false, authoritative: false },
    ],
  });
});

test('GitHub’s answer that names nobody is nobody', () => {
  for (const user of [null, {}, { id: '7' }, { id: 0 }, { id: 1.5 }, { id: Number.MAX_SAFE_INTEGER + 2 }])
    assert.equal(personOfGithub('https://github.com', user, []), null);
  assert.equal(personOfGithub('https://github.com', { id: 7 }, { message: 'Bad credentials' }), null);
});

test('Microsoft is one directory, never everybody’s', () => {
  const id = '9188040d-6c67-4c5b-b112-36a304b66dad';
  const issuer = `https://login.microsoftonline.com/${id}/v2.0`;
  assert.equal(microsoftIssuer(id.toUpperCase()), issuer);
  assert.equal(microsoftIssuer(issuer), issuer);
  for (const text of [
    '',
    'common',
    'https://login.microsoftonline.com/common/v2.0',
    `${issuer}/x`,
    `https://evil.example/${id}/v2.0`,
  ])
    assert.equal(microsoftIssuer(text), null, text);
});

test('the issuers of known providers are known as theirs', () => {
  assert.equal(kindOfIssuer('https://accounts.google.com'), 'google');
  assert.equal(kindOfIssuer('https://login.microsoftonline.com/common/v2.0'), 'microsoft');
  assert.equal(kindOfIssuer('https://sts.windows.net/x/'), 'microsoft');
  assert.equal(kindOfIssuer('https://token.actions.githubusercontent.com'), null);
  assert.equal(kindOfIssuer('https://github.com/login/oauth'), 'github');
  assert.equal(kindOfIssuer('https://notgoogle.com'), null);
});
