// A browser without a screen: real HTTP to servers on loopback under any host name, with cookies kept by host and path.
import { type IncomingHttpHeaders, request } from 'node:http';

type Cookie = { name: string; value: string; path: string };

/** What a server answered; `url` is the address that was asked. */
export type Page = { url: URL; status: number; headers: IncomingHttpHeaders; body: string };

/** Keeps cookies as a browser does, as far as our servers use them; every name leads to 127.0.0.1. */
export class HttpBrowser {
  readonly #cookies = new Map<string, Cookie[]>();

  /** The cookies of a host that it is sent at that path, by name. */
  cookiesFor(url: URL): Map<string, string> {
    const sent = (this.#cookies.get(url.host) ?? []).filter(({ path }) => url.pathname.startsWith(path));
    return new Map(sent.map(({ name, value }) => [name, value]));
  }

  setCookie(url: URL, name: string, value: string, path = '/'): void {
    const others = (this.#cookies.get(url.host) ?? []).filter(
      (each) => each.name !== name || each.path !== path,
    );
    this.#cookies.set(url.host, value === '' ? others : [...others, { name, value, path }]);
  }

  /** Sends one request and follows nothing; a form is sent by POST, as our own page would. `site` is which site led there. */
  async ask(
    address: string | URL,
    form?: Record<string, string>,
    site?: 'cross-site' | 'same-site' | 'same-origin' | 'none',
  ): Promise<Page> {
    const url = new URL(address);
    const cookie = [...this.cookiesFor(url)].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form && new URLSearchParams(form).toString();
    const page = await new Promise<Page>((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: url.port,
          path: url.pathname + url.search,
          method: form ? 'POST' : 'GET',
          agent: false,
          headers: {
            host: url.host,
            ...(cookie !== '' && { cookie }),
            ...(site && { 'sec-fetch-site': site }),
            ...(body !== undefined && {
              'content-type': 'application/x-www-form-urlencoded',
              origin: url.origin,
            }),
          },
        },
        async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          const text = Buffer.concat(chunks).toString();
          resolve({ url, status: response.statusCode ?? 0, headers: response.headers, body: text });
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
    for (const line of page.headers['set-cookie'] ?? []) this.#keep(url, line);
    return page;
  }

  #keep(url: URL, line: string): void {
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/';
    const over = attributes.some(
      (each) => /^max-age=0$/i.test(each) || /^expires=thu, 01 jan 1970/i.test(each),
    );
    this.setCookie(url, name, over ? '' : value, path);
  }

  /** Where an answer sends the browser by itself, by a redirect or a refresh; null when it stays. */
  static nextOf({ url, status, headers }: Page): URL | null {
    const refresh = /^0; url=(.+)$/.exec(String(headers.refresh ?? ''))?.[1];
    const location = [301, 302, 303, 307].includes(status) ? headers.location : refresh;
    return location === undefined ? null : new URL(location, url);
  }

  /** Asks and goes wherever it is sent; `until` tells an address to stop before. */
  async go(
    address: string | URL,
    form?: Record<string, string>,
    until = (_url: URL) => false,
  ): Promise<Page> {
    let page = await this.ask(address, form);
    for (let step = 0; step < 15; step += 1) {
      const next = HttpBrowser.nextOf(page);
      if (next === null || until(next)) return page;
      page = await this.ask(next);
    }
    throw new Error(`it never ends: ${page.url}`);
  }
}
