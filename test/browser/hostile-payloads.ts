// The texts that would run if a page did not escape them, and how one sees in a page that something of them was taken for markup.
import type { Page } from 'playwright-core';

/** Markup, an attribute's end, an address that runs, the end of any element, templates and SQL. */
export const payloads = [
  `"><script>hacked1=1</script><img src=x onerror=hacked2=1>{{7*7}}'); drop table accounts;--`,
  `' autofocus onfocus=hacked3=1 hx-on:load="hacked4=1" x='></title></textarea></script><svg onload=hacked5=1>\u202e \${7*7}\``,
  'javascript:hacked6=1//',
] as const;

/** The first one, which is in every text that no form takes. */
export const hostile: string = payloads[0];

// As text, because it runs in the page and not here.
const look = `(() => {
  const all = [...document.querySelectorAll('*')];
  const told = (elements, what) => elements.map((each) => what + ': ' + each.outerHTML.slice(0, 120));
  const addresses = ['href', 'src', 'action', 'formaction', 'data', 'xlink:href'];
  const runs = (each) => addresses.some((name) => /^\\s*(javascript|vbscript|data:text)/i.test(each.getAttribute(name) ?? ''));
  return [
    ...Object.keys(window).filter((name) => /^hacked/.test(name)).map((name) => 'it ran: ' + name),
    ...told(all.filter((each) => [...each.attributes].some(({ name }) => /^(on|hx-on|srcdoc)/i.test(name))), 'a handler'),
    ...told(all.filter(runs), 'an address that runs'),
    ...told([...document.querySelectorAll('script:not([src])')].filter((each) => /hacked/.test(each.textContent)), 'a script'),
    ...told([...document.querySelectorAll('img[src="x"], iframe')], 'markup'),
  ];
})()`;

/** What of a hostile text this page has run or taken for markup; empty when it is only text. */
export async function injected(page: Page): Promise<string[]> {
  for (let tries = 3; ; tries -= 1) {
    try {
      return await page.evaluate<string[]>(look);
    } catch (error) {
      // A page that sends itself on is looked at where it leads to.
      if (tries === 0 || !/context was destroyed/.test(String(error))) throw error;
      await page.waitForLoadState('load');
    }
  }
}

const readText = `(() => {
  const fields = [...document.querySelectorAll('input, textarea')].map((each) => each.value);
  const labels = [...document.querySelectorAll('[aria-label], option')].map((each) => each.getAttribute('aria-label') ?? each.textContent);
  return [document.title, document.body?.textContent ?? '', ...fields, ...labels].join('\\n');
})()`;

/** All that a reader of the page sees or could, in its title, its text and its fields. */
export async function textOf(page: Page): Promise<string> {
  return await page.evaluate<string>(readText);
}
