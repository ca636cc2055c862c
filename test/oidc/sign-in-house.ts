// The whole program on a port of its own, with a company that trusts a provider, for trying to sign in through it.
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { inDirectory, systemActor } from '#lib/tenant-tx';
import {
  createCompany,
  openTestHouse,
  type TestCompany,
  type TestHouse,
  testConfig,
  testPassword,
} from '#test/company';
import { type Member, sessionCookie, verifyByOperator } from '#users';
import { buildApp } from '../../src/app.ts';
import type { HttpBrowser, Page } from './http-browser.ts';

export type SignInHouse = {
  house: TestHouse;
  mine: TestCompany;
  other: TestCompany;
  app: FastifyInstance;
  /** Where a company's pages are. */
  originOf(company: TestCompany): string;
  callbackOf(company: TestCompany, slug: string): string;
  close(): Promise<void>;
};

/** Opens the program, which may go to those inner hosts, with two companies. Call `close()` in an `after` hook. */
export async function openSignInHouse(allowedInternalHosts: readonly string[]): Promise<SignInHouse> {
  const house = await openTestHouse(6);
  const [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  const config = testConfig({ HIMALYTIX_ALLOWED_INTERNAL_HOSTS: allowedInternalHosts.join(',') });
  const app = await buildApp(config, house.db);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const originOf = ({ tenant }: TestCompany) => `http://${tenant.slug}.localhost:${port}`;
  return {
    house,
    mine,
    other,
    app,
    originOf,
    callbackOf: (company, slug) => `${originOf(company)}/sign-in/oidc/${slug}/callback/`,
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
      await house.close();
    },
  };
}

/** Takes a domain for the company's own, by the operator's word. */
export async function ownDomain(
  { house }: SignInHouse,
  { tenant }: TestCompany,
  domain: string,
): Promise<void> {
  await inDirectory(house.db, (tx) => verifyByOperator(tx, tenant.id, domain), systemActor);
}

/** Signs a member in by password, in that browser. */
export async function signInByPassword(
  { originOf }: SignInHouse,
  browser: HttpBrowser,
  company: TestCompany,
  { email }: Pick<Member, 'email'>,
): Promise<void> {
  await browser.go(`${originOf(company)}/sign-in/`, {
    email,
    password: testPassword,
    next: '/account/linked/',
  });
}

/** The page on which a signed-in person sees their linked accounts, with the token of its forms. */
export async function linkedPageOf(
  { originOf }: SignInHouse,
  browser: HttpBrowser,
  company: TestCompany,
): Promise<Page & { csrf: string }> {
  const page = await browser.go(`${originOf(company)}/account/linked/`);
  return { ...page, csrf: /name="csrf-token" content="([^"]+)"/.exec(page.body)?.[1] ?? '' };
}

/** The address of whoever is signed in at a company in that browser, or null. */
export async function signedInAs(
  { originOf }: SignInHouse,
  browser: HttpBrowser,
  company: TestCompany,
): Promise<string | null> {
  const page = await browser.ask(`${originOf(company)}/account/linked/`);
  if (page.status !== 200 || !browser.cookiesFor(page.url).has(sessionCookie)) return null;
  return /<div class="hx-user-menu"><p>([^<]+)<\/p>/.exec(page.body)?.[1] ?? null;
}
