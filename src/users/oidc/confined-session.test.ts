// Tries to get from a session that a company's provider has opened to what is its person's in other companies.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addMember, type TestCompany, testPassword } from '#test/company';
import { HttpBrowser, type Page } from '#test/oidc/http-browser';
import { linkedPageOf, signInByPassword } from '#test/oidc/sign-in-house';
import { openTrustingHouse, type TrustingHouse } from '#test/oidc/trusting-house';
import { findSession, type Member, type Session, sessionCookie } from '#users';
import { grantSwitch, redeemSwitch, switchSecret } from '../company-switch.ts';
import { hashSecretToken, newSecretToken } from '../secret-token.ts';

let house: TrustingHouse;
let member: Member;
let login: string;
/** Signed in at `mine` through its provider; the same person is signed in at `other` by password, in another browser. */
let browser: HttpBrowser;
let elsewhere: HttpBrowser;
let csrf: string;

const originOf = (company: TestCompany) => house.at.originOf(company);
const sql = (text: string, ...values: unknown[]) => house.at.house.superuser.query(text, values);
const look = async (path: string): Promise<string> => {
  const { status, body } = await browser.ask(`${originOf(house.at.mine)}${path}`);
  assert.equal(status, 200, path);
  return body;
};
const send = (path: string, form: Record<string, string>): Promise<Page> =>
  browser.ask(`${originOf(house.at.mine)}${path}`, { _csrf: csrf, ...form });

async function sessionIn(of: HttpBrowser, company: TestCompany): Promise<Session> {
  const token = of.cookiesFor(new URL(originOf(company))).get(sessionCookie) ?? '';
  return (await findSession(house.at.house.db, token)) ?? assert.fail('signed out');
}

before(async () => {
  house = await openTrustingHouse();
  const { at, domain } = house;
  const email = `manager@${domain}`;
  member = { ...(await addMember(at.house.db, at.mine, 'owner')), email };
  login = house.person({ email, email_verified: true });
  await sql('update users set email = $1 where id = $2', email, member.userId);
  const join = "insert into memberships (user_id, tenant_id, role) values ($1, $2, 'owner')";
  await sql(join, member.userId, at.other.tenant.id);
});

after(() => house.close());

beforeEach(async () => {
  const { at } = house;
  await sql('truncate sign_in_throttles, sign_in_events');
  await sql('delete from sessions');
  [browser, elsewhere] = [new HttpBrowser(), new HttpBrowser()];
  await signInByPassword(at, elsewhere, at.other, member);
  await house.through(browser, login);
  csrf = (await linkedPageOf(at, browser, at.mine)).csrf;
});

describe('a session that a provider has opened', () => {
  test('neither offers other companies nor leads to them', async () => {
    const { mine, other } = house.at;
    const slugs = async (of: HttpBrowser, company: TestCompany) =>
      (await sessionIn(of, company)).companies.map(({ slug }) => slug).sort();
    assert.deepEqual(await slugs(browser, mine), [mine.tenant.slug]);
    assert.deepEqual(await slugs(elsewhere, other), [mine.tenant.slug, other.tenant.slug].sort());
    for (const path of ['/', '/account/', '/account/sessions/', '/account/sign-ins/'])
      assert.doesNotMatch(await look(path), new RegExp(`${other.tenant.slug}|/switch/`), path);
    const refused = await send('/switch/', { company: other.tenant.slug });
    assert.equal(refused.status, 403);
    assert.match(refused.body, /good for this company only/);
    assert.equal((await browser.ask(`${originOf(mine)}/switch/grant/?ask=x&challenge=x`)).status, 403);
    assert.equal(await house.count('company_switches'), 0);
  });

  test('gets no ticket for a wish that it never had a right to, and such a ticket opens nothing', async () => {
    const { db } = house.at.house;
    const { tenant } = house.at.other;
    const { id: sessionId } = await sessionIn(browser, house.at.mine);
    const wish = async (challenge: Buffer | null, ticket: string | null) => {
      const id = randomUUID();
      await sql(
        `insert into company_switches (id, session_id, tenant_id, origin, challenge, ticket_hash, expires_at)
         values ($1, $2, $3, 'x', $4, $5, now() + interval '1 h')`,
        ...[id, sessionId, tenant.id, challenge, ticket && hashSecretToken(ticket)],
      );
      return id;
    };
    const { secret, challenge } = switchSecret();
    const code = { code: 'users/switch-expired' };
    await assert.rejects(grantSwitch(db, { id: await wish(null, null), sessionId, challenge }), code);
    const ticket = newSecretToken();
    await wish(Buffer.from(challenge, 'base64url'), ticket);
    const redeem = () => redeemSwitch(db, { ticket, secret, tenantId: tenant.id });
    await assert.rejects(redeem(), code);
    await sql('update sessions set provider_id = null where id = $1', sessionId);
    assert.equal((await redeem()).userId, member.userId, 'it was the provider that stood in the way');
  });

  test('changes neither password nor name, even when the password is told', async () => {
    const facts = async () =>
      (await sql('select name, password_hash from users where id = $1', member.userId)).rows[0];
    const before = await facts();
    const password = { current_password: testPassword, password: 'plinth vexed quartz' };
    for (const [path, form] of Object.entries({
      '/account/password/': password,
      '/account/': { name: 'X' },
    })) {
      const refused = await send(path, form);
      assert.equal(refused.status, 403, path);
      assert.match(refused.body, /sign in with your password for what concerns your whole account/);
    }
    assert.deepEqual(await facts(), before);
    assert.equal(await house.count('sign_in_throttles where failures > 0'), 0, 'nor tries a password');
    const page = await look('/account/password/');
    assert.match(page, /action="\/password-reset\/"><input type="hidden" name="email" value="manager@/);
    assert.doesNotMatch(page, /name="current_password"/);
    assert.doesNotMatch(await look('/account/'), /name="name"/);
  });

  test('sees and ends its person’s sessions in its own company only', async () => {
    const { mine, other } = house.at;
    const third = new HttpBrowser();
    await signInByPassword(house.at, third, mine, member);
    const [there, here] = [await sessionIn(elsewhere, other), await sessionIn(third, mine)];
    const list = await look('/account/sessions/');
    assert.match(list, new RegExp(here.id));
    assert.doesNotMatch(list, new RegExp(there.id));
    assert.equal((await send('/account/sessions/end/', { id: there.id })).status, 404);
    assert.equal((await send('/account/sessions/others/', {})).status, 303);
    assert.equal((await sessionIn(elsewhere, other)).id, there.id);
    await assert.rejects(sessionIn(third, mine), /signed out/);
    await signInByPassword(house.at, third, mine, member);
    const again = await sessionIn(third, mine);
    assert.equal((await send('/account/sessions/end/', { id: again.id })).status, 303);
    await assert.rejects(sessionIn(third, mine), /signed out/);
  });

  test('sees the sign-ins to its own company only', async () => {
    const history = await look('/account/sign-ins/');
    assert.match(history, /<td>provider<\/td>/);
    assert.doesNotMatch(history, /<td>password<\/td>/);
    assert.match(history, new RegExp(`days in ${house.at.mine.tenant.name}\\.`));
    const all = await elsewhere.ask(`${originOf(house.at.other)}/account/sign-ins/`);
    for (const method of ['provider', 'password'])
      assert.match(all.body, new RegExp(`<td>${method}</td>`), 'the person themselves sees all');
  });
});
