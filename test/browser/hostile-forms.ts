// Finds every page by its route and its links, and fills in every form that takes a text.
import type { Page, Response } from 'playwright-core';
import { pageRoutes } from './browser.ts';

/** What ends the session or only leads on, out of the company or to an identity provider, is not followed. */
const notFollowed = /^\/(sign-out|switch|sign-in\/oidc)\//;
/** So many pages of one route are opened, such as of one entry. */
const PAGES_A_ROUTE = 4;

/** Remembers which addresses there are to open, route by route, so that every new page is opened by itself. */
export class Pages {
  readonly #routes = pageRoutes().map((url) => ({
    url,
    is: new RegExp(`^${url.replace(/:\w+/g, '[^/]+').replace(/\/$/, '/?')}$`),
    addresses: new Set<string>(),
  }));

  constructor(addresses: Iterable<string>) {
    for (const { url } of this.#routes) if (!url.includes(':') && !notFollowed.test(url)) this.add(url);
    for (const address of addresses) this.add(address);
  }

  add(address: string): void {
    const [path = ''] = address.split(/[?#]/);
    if (notFollowed.test(path)) return;
    const found = this.#routes.filter(({ is }) => is.test(path));
    const route = found.find(({ url }) => !url.includes(':')) ?? found[0];
    if (route && route.addresses.size < PAGES_A_ROUTE) route.addresses.add(address);
  }

  /** All addresses, also those that are added meanwhile. */
  *[Symbol.iterator](): Generator<string> {
    const seen = new Set<string>();
    for (let more = true; more; ) {
      more = false;
      for (const address of this.#routes.flatMap(({ addresses }) => [...addresses])) {
        if (seen.has(address)) continue;
        seen.add(address);
        more = true;
        yield address;
      }
    }
  }

  /** The routes of which no page was found. */
  missing(): string[] {
    const isLost = ({ url, addresses }: { url: string; addresses: Set<string> }) =>
      addresses.size === 0 && !notFollowed.test(url);
    return this.#routes.filter(isLost).map(({ url }) => url);
  }
}

/** The paths that a page's links lead to, within the company. */
export async function linksOf(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`[...document.querySelectorAll('a[href]')]
    .filter((each) => each.origin === location.origin && !each.hasAttribute('download'))
    .map((each) => each.pathname + each.search)`);
}

const texts = "['text', 'search', 'email', 'url', 'tel', 'password', 'textarea']";

/** The forms of a page that take a text, by their place in it; each with where it goes. */
export async function textFormsOf(page: Page): Promise<{ index: number; name: string }[]> {
  return await page.evaluate(`[...document.forms]
    .map((form, index) => ({ form, index, name: form.getAttribute('method') + ' ' + new URL(form.getAttribute('action') ?? '', location).pathname.replace(/[0-9a-f-]{36}|(?<=\\/)\\d+/g, ':id') }))
    .filter(({ form }) => [...form.elements].some((each) => ${texts}.includes(each.type) && !each.disabled))
    .map(({ index, name }) => ({ index, name }))`);
}

/** Keys the text into every field that takes one, as somebody would whom no rule of the browser holds, and sends the form. */
export async function sendForm(page: Page, index: number, text: string): Promise<void> {
  const isAnswer = (each: Response) =>
    /document|xhr|fetch/.test(each.request().resourceType()) &&
    ![301, 302, 303, 307, 308].includes(each.status());
  const answer = page.waitForResponse(isAnswer, { timeout: 1000 }).catch(() => {});
  await page.evaluate(`(() => {
    const form = document.forms[${index}];
    form.noValidate = true;
    for (const field of form.elements) {
      if (field.disabled || !${texts}.includes(field.type)) continue;
      for (const name of ['maxlength', 'pattern', 'readonly']) field.removeAttribute(name);
      if (field.type === 'email' || field.type === 'url') field.type = 'text';
      field.value = ${JSON.stringify(text)};
      for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));
    }
    form.requestSubmit(form.querySelector('button:not([type=button]), [type=submit]'));
  })()`);
  await answer;
  await page.waitForLoadState('load');
  // What a script of the page does with the answer is done by then.
  await page.waitForTimeout(20);
}
