// Opens the whole program for the walks through its pages: a server on a loopback port, a company, and a real browser.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { customaryFirstDay } from '#accounting';
import { today } from '#lib/dates';
import {
  addMember,
  cashSale,
  createCompany,
  openTestHouse,
  type TestCompany,
  type TestHouse,
  testConfig,
} from '#test/company';
import { openTestProvider, type TestProvider } from '#test/oidc/openid-provider';
import { testKeyRing } from '#test/secret-keys';
import { type Member, openSession, type Role, sessionCookie, Tokens } from '#users';
import { buildApp } from '../../src/app.ts';
import { launchChromium } from './chromium.ts';

/** The day on which the walks key, and the first day of the fiscal year that it is in. */
export const day = today('UTC');
export const firstDay = customaryFirstDay('bikram_sambat', day);

/** How many cash sales of one rupee, two rupees and so on are in the company's books beforehand, all on its first day. */
export const salesBefore = 230;

const closers: (() => Promise<unknown>)[] = [];
const members = new Map<string, Promise<Member>>();
let house: TestHouse;
let company: TestCompany;
let browser: Browser;
let port: number;
let app: FastifyInstance;
let provider: TestProvider;

/** A company of Nepal in the walks' database. */
export async function createNepaliCompany(chart: 'nepal' | 'none' = 'nepal'): Promise<TestCompany> {
  return await createCompany(house.db, {
    currency: 'NPR',
    calendar: 'bikram_sambat',
    chart,
    firstYear: firstDay,
    years: 1,
  });
}

async function openBooksForWalks(): Promise<void> {
  house = await openTestHouse();
  closers.push(() => house.close());
  company = await createNepaliCompany();
  const sales = Array.from({ length: salesBefore }, (_, index) =>
    cashSale(firstDay, `${index + 1}.00`, {
      memo: `Counter sale ${index + 1}`,
      reference: `CS-${index + 1}`,
    }),
  );
  await company.post(...sales);
  provider = await openTestProvider();
  closers.push(() => provider.close());
  app = await buildApp(testConfig({ HIMALYTIX_ALLOWED_INTERNAL_HOSTS: provider.host }), house.db);
  const opened = app;
  closers.push(() => opened.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  port = (app.server.address() as AddressInfo).port;
}

async function openBrowser(): Promise<void> {
  const opened = await launchChromium();
  closers.push(opened.close);
  browser = opened.browser;
}

before(async () => {
  await Promise.all([openBooksForWalks(), openBrowser()]);
});
after(async () => {
  for (const close of closers.reverse()) await close();
});

/** The company of the walks with its books, for looking behind the pages. */
export function books(): TestCompany {
  return company;
}

/** The walks' database. */
export function testHouse(): TestHouse {
  return house;
}

/** The routes of all pages that are opened by their address, as the program itself registered them. */
export function pageRoutes(): string[] {
  return app.guardedRoutes
    .filter(
      ({ method, url }) => method === 'GET' && !/^\/(api|assets|health|favicon|\.well-known)\b/.test(url),
    )
    .map(({ url }) => url);
}

/** An access token of the company's member with that role. */
export async function tokenOf(owner: TestCompany, role: Role): Promise<string> {
  return (await new Tokens(house.db, testKeyRing).issue(await memberOf(owner, role))).access;
}

/** The identity provider to which the walks' server may go; no company trusts it yet. */
export function testProvider(): TestProvider {
  return provider;
}

/** Where a company's pages are; without a company the bare host. */
export function originOf(owner?: TestCompany): string {
  return `http://${owner ? `${owner.tenant.slug}.` : ''}localhost:${port}`;
}

function memberOf(owner: TestCompany, role: Role): Promise<Member> {
  const key = `${owner.tenant.slug} ${role}`;
  const member = members.get(key) ?? addMember(house.db, owner, role);
  members.set(key, member);
  return member;
}

/** The cookie of a new session of the company's member with that role. */
export async function sessionOf(owner: TestCompany, role: Role): Promise<{ name: string; value: string }> {
  const member = await memberOf(owner, role);
  const value = await openSession(house.db, member, { ip: '127.0.0.1', userAgent: undefined });
  return { name: sessionCookie, value };
}

/** Whatever a page says that a customer's page never should: errors, breaches of the policy, dialogs. */
function listen(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    // A refusal that a walk asks for is logged by the browser as a resource that failed.
    const refused = /^Failed to load resource: .* status of 4\d\d/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !refused) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`${dialog.type()}: ${dialog.message()}`);
    dialog.accept().catch(() => {});
  });
}

// As text, because it runs in the page and not here.
const tellBreaches = `addEventListener('securitypolicyviolation', (event) => {
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI);
});`;

/** `of` is whose pages are walked through; `expected` are complaints that belong to the walk. */
export type WalkOptions = BrowserContextOptions & {
  of?: () => TestCompany | Promise<TestCompany>;
  expected?: RegExp;
};
export type Walk = (page: Page, origin: string) => Promise<void>;

/**
 * The body of a test that walks through the pages as a member of that role, or as a stranger (null), in a window of its
 * own. The walk fails when a page complains in the console, breaks the content security policy or opens a dialog.
 */
export function walk(role: Role | null, steps: Walk, options: WalkOptions = {}): () => Promise<void> {
  return async () => {
    const { of = books, expected, ...more } = options;
    const owner = await of();
    const origin = originOf(owner);
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width: 1280, height: 800 },
      ...more,
    });
    context.setDefaultTimeout(20_000);
    if (role) await context.addCookies([{ ...(await sessionOf(owner, role)), url: origin }]);
    await context.addInitScript({ content: tellBreaches });
    const complaints: string[] = [];
    context.on('page', (page) => listen(page, complaints));
    try {
      await steps(await context.newPage(), origin);
      assert.deepEqual(
        complaints.filter((complaint) => !expected?.test(complaint)),
        [],
      );
    } finally {
      await context.close();
    }
  };
}
