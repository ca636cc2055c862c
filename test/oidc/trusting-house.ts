// A company that trusts a real OpenID provider, and another that trusts it too, with people to send there.
import assert from 'node:assert/strict';
import { addMember, type Call, type TestCompany, testApiOf } from '#test/company';
import type { Member } from '#users';
import { HttpBrowser, type Page } from './http-browser.ts';
import { type Claims, openTestProvider, type TestProvider } from './openid-provider.ts';
import { openSignInHouse, ownDomain, type SignInHouse } from './sign-in-house.ts';

/** The provider's name in the addresses of both companies. */
export const slug = 'sso';

/** `domain` is proved by `at.mine`, and its people become auditors; `providerId` is the provider's in that company. */
export type TrustingHouse = {
  at: SignInHouse;
  provider: TestProvider;
  owner: Call;
  clerk: Member;
  domain: string;
  providerId: string;
  /** Somebody new whom the provider knows; returns their name at it. */
  person(claims: Claims): string;
  /** How many rows there are. */
  count(from: string, ...values: unknown[]): Promise<number>;
  /** Begins a sign-in in a browser, unless one has begun, says at the provider who one is, and comes back. */
  through(browser: HttpBrowser, login: string, way?: Way): Promise<Page>;
  /** Goes as far, and gives the address of the callback instead of asking it. */
  answerFor(browser: HttpBrowser, login: string): Promise<URL>;
  close(): Promise<void>;
};

type Way = { company?: TestCompany; until?: (url: URL) => boolean; start?: Page };

async function addProvider(call: Call, body: object): Promise<string> {
  const answer = await call('POST', '/identity-providers/', body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.id;
}

async function trust(at: SignInHouse, provider: TestProvider, domain: string) {
  const client = (company: TestCompany) => ({
    client_id: company.tenant.slug,
    client_secret: `the secret of ${company.tenant.slug}`,
    redirect_uris: [at.callbackOf(company, slug)],
  });
  provider.start([client(at.mine), client(at.other)]);
  const api = await testApiOf(at.house.db, at.app);
  await ownDomain(at, at.mine, domain);
  const add = async (company: TestCompany, more: object) => {
    const owner = await api.as(await addMember(at.house.db, company, 'owner'));
    const { client_id, client_secret } = client(company);
    const body = { kind: 'oidc', issuer: provider.issuer, client_id, client_secret, ...more };
    return { owner, id: await addProvider(owner, body) };
  };
  const mine = await add(at.mine, { rules: [{ domain, role: 'auditor' }] });
  await add(at.other, {});
  return mine;
}

/** Opens all of it. Call `close()` in an `after` hook. */
export async function openTrustingHouse(): Promise<TrustingHouse> {
  const provider = await openTestProvider();
  const at = await openSignInHouse([provider.host]);
  const domain = `${at.mine.tenant.slug}.test`;
  const clerk = await addMember(at.house.db, at.mine, 'clerk');
  const { owner, id: providerId } = await trust(at, provider, domain);
  let nth = 0;
  const through: TrustingHouse['through'] = async (
    browser,
    login,
    { company = at.mine, until, start } = {},
  ) => {
    const asked = start ?? (await browser.go(`${at.originOf(company)}/sign-in/oidc/${slug}/`));
    assert.match(asked.body, /Who are you/);
    return await browser.go(asked.url, { login }, until);
  };
  return {
    ...{ at, provider, owner, clerk, domain, providerId, through },
    person: (claims) => {
      nth += 1;
      provider.people.set(`person-${nth}`, claims);
      return `person-${nth}`;
    },
    count: async (from, ...values) => {
      const { rows } = await at.house.superuser.query<{ n: string }>(
        `select count(*) as n from ${from}`,
        values,
      );
      return Number(rows[0]?.n);
    },
    answerFor: async (browser, login) => {
      const page = await through(browser, login, { until: (url) => url.pathname.endsWith('/callback/') });
      return HttpBrowser.nextOf(page) ?? assert.fail('no answer');
    },
    close: async () => {
      await at.close();
      await provider.close();
    },
  };
}
