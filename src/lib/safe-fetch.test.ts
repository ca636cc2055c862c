// Lets real servers on loopback, and a real name server, try to lead the fetcher where it must not go.
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type DnsRecords, openTestDns, type TestDns } from '#test/dns-server';
import { createSafeFetch, FetchRefused, type SafeFetchOptions } from './safe-fetch.ts';

const servers: Server[] = [];
const records = new Map<string, DnsRecords>();
const asked: { headers: IncomingHttpHeaders; port: number | undefined; at: string | undefined }[] = [];
let dns: TestDns;
let inner: number;
let outer: number;

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer((request, response) => {
    const { localPort: port, localAddress: at } = request.socket;
    asked.push({ headers: request.headers, port, at });
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return (server.address() as AddressInfo).port;
}

/** Answers by its path: /to?<address> redirects, /bytes?<n> sends so many, /slow never ends, anything else says its name. */
const answer: RequestListener = (request, response) => {
  const [path, query = ''] = (request.url ?? '').split('?');
  if (path === '/to') response.writeHead(302, { location: decodeURIComponent(query) }).end();
  else if (path === '/bytes') response.end(Buffer.alloc(Number(query)));
  else if (path === '/endless') {
    const more = () =>
      void (response.write(Buffer.alloc(65_536)) ? setImmediate(more) : response.once('drain', more));
    response.on('error', () => {});
    more();
  } else if (path === '/slow') response.write('begins');
  else if (path === '/zipped') response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
  else response.end(`${request.method} ${request.url} ${request.headers.host}`);
};

before(async () => {
  [inner, outer] = [await serve((_, response) => response.end('the inner secret')), await serve(answer)];
  dns = await openTestDns(records);
});

after(async () => {
  await dns.close();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

/** A fetcher that may go to the outer server, by its address or as outer.test, and that asks the test's name server. */
const fetcher = (options: SafeFetchOptions = {}) =>
  createSafeFetch({
    allowedInternalHosts: [`127.0.0.1:${outer}`, `OUTER.test:${outer}`],
    resolve: (hostname) => dns.resolver.resolve4(hostname),
    ...options,
  });

async function refuses(address: string, message: RegExp, options: SafeFetchOptions = {}): Promise<void> {
  const before = asked.filter(({ port }) => port === inner).length;
  await assert.rejects(fetcher(options)(address), (error: unknown) => {
    assert.ok(error instanceof FetchRefused, `${address}: ${error}`);
    assert.match(error.message, message, address);
    return true;
  });
  assert.equal(asked.filter(({ port }) => port === inner).length, before, `${address} was reached`);
}

describe('an address is refused', () => {
  test('that is this machine’s or its network’s, however it is written', async () => {
    for (const host of [
      '127.0.0.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '0177.0.0.1',
      '127.1',
      '0',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::127.0.0.1]',
      '[fe80::1]',
      '169.254.169.254',
      '10.0.0.1',
      '100.64.0.1',
      '１２７.0.0.1',
      '127。0。0。1',
    ]) {
      await refuses(`https://${host}/`, /not public/);
    }
  });

  test('that has no TLS, a port, a password, or another scheme', async () => {
    await refuses('http://example.com/', /https/);
    await refuses(`http://127.0.0.1:${inner}/`, /https/);
    await refuses('https://example.com:8443/', /no port/);
    await refuses(`https://127.0.0.1:${inner}/`, /no port/);
    await refuses('https://user:pass@example.com/', /password/);
    await refuses(`http://user@127.0.0.1:${outer}/`, /password/);
    await refuses('https://user@127.0.0.1/', /password/);
    for (const scheme of ['file', 'ftp', 'gopher', 'data', 'javascript'])
      await refuses(`${scheme}://127.0.0.1/`, /https/);
    for (const nonsense of ['', 'example.com', 'https://', '//example.com/', 'https://exa mple.com/'])
      await refuses(nonsense, /no address/);
  });

  test('whose name leads inside, at once or beside a public address', async () => {
    records.set('private.test', { A: ['127.0.0.1'] });
    records.set('both.test', { A: ['8.8.8.8', '10.0.0.1'] });
    records.set('metadata.test', { A: ['169.254.169.254'] });
    for (const name of ['private.test', 'both.test', 'metadata.test', 'PRIVATE.test.'])
      await refuses(`https://${name}/`, /not public/);
    await refuses('https://localhost/', /not public/, { resolve: async () => ['127.0.0.1', '::1'] });
    await refuses('https://nothing.test/', /not public/, { resolve: async () => [] });
  });

  test('whose name is not known, with what the name server says', async () => {
    await assert.rejects(fetcher()('https://unknown.test/'), { code: 'ENOTFOUND' });
  });
});

describe('a name', () => {
  test('is asked once, and the connection goes to the address that was checked', async () => {
    let nth = 0;
    records.set('outer.test', {
      A: () => {
        nth += 1;
        return nth === 1 ? ['127.0.0.1'] : ['127.0.0.2'];
      },
    });
    const before = dns.questions.length;
    const response = await fetcher()(`http://outer.test:${outer}/x`);
    assert.equal(await response.text(), `GET /x outer.test:${outer}`);
    assert.equal(dns.questions.length - before, 1);
    assert.equal(asked.at(-1)?.at, '127.0.0.1');
  });

  test('that is asked of the system’s own resolver is held to the same', async () => {
    const fetchBySystem = createSafeFetch();
    await assert.rejects(fetchBySystem('https://localhost/'), FetchRefused);
  });
});

describe('a redirect', () => {
  const through = (target: string) => `http://127.0.0.1:${outer}/to?${encodeURIComponent(target)}`;

  test('is followed to where one may go, and checked anew', async () => {
    const response = await fetcher()(through('/there'));
    assert.equal(await response.text(), `GET /there 127.0.0.1:${outer}`);
    records.set('rebound.test', { A: ['127.0.0.1'] });
    await refuses(through(`http://127.0.0.1:${inner}/`), /https/);
    await refuses(through(`https://127.0.0.1:${inner}/`), /no port/);
    await refuses(through('https://127.0.0.1/'), /not public/);
    await refuses(through('https://[::ffff:127.0.0.1]/'), /not public/);
    await refuses(through('https://rebound.test/'), /not public/);
    await refuses(through('file:///etc/passwd'), /https/);
    await refuses(through(through(`http://127.0.0.1:${inner}/`)), /https/);
  });

  test('in a circle ends, and one of a POST is not followed', async () => {
    const circle = `http://127.0.0.1:${outer}/to?/to%3F/to%253F/to%25253F/to%2525253F/x`;
    await refuses(circle, /more than 3 times/);
    await assert.rejects(fetcher()(through('/x'), { method: 'POST', body: 'secret=1' }), /no GET/);
  });

  test('is handed to who asks for it', async () => {
    const target = `http://127.0.0.1:${inner}/`;
    const response = await fetcher()(through(target), { redirect: 'manual' });
    assert.deepEqual([response.status, response.headers.get('location')], [302, target]);
  });

  test('takes no credential to another origin', async () => {
    records.set('outer.test', { A: ['127.0.0.1'] });
    const headers = { Authorization: 'Bearer secret', Cookie: 'a=b', 'x-kept': 'yes' };
    await fetcher()(through(`http://outer.test:${outer}/`), { headers });
    const { authorization, cookie, ...rest } = asked.at(-1)?.headers ?? {};
    assert.deepEqual([authorization, cookie, rest['x-kept']], [undefined, undefined, 'yes']);
    await fetcher()(through('/same'), { headers });
    assert.equal(asked.at(-1)?.headers.authorization, 'Bearer secret');
  });
});

describe('an answer', () => {
  test('that is too large is not taken, told beforehand or not', async () => {
    const of = (path: string) => `http://127.0.0.1:${outer}${path}`;
    assert.equal(
      (await (await fetcher({ maxBytes: 1000 })(of('/bytes?1000'))).arrayBuffer()).byteLength,
      1000,
    );
    await refuses(of('/bytes?1001'), /more than 1000 bytes/, { maxBytes: 1000 });
    await refuses(of('/endless'), /more than 1000000 bytes/, { maxBytes: 1_000_000 });
    await refuses(of('/zipped'), /compressed/);
  });

  test('that does not end, and a resolver that does not answer, are given up', async () => {
    const started = performance.now();
    await assert.rejects(fetcher({ timeoutMs: 300 })(`http://127.0.0.1:${outer}/slow`));
    const silent = () => new Promise<string[]>(() => {});
    await assert.rejects(fetcher({ timeoutMs: 300, resolve: silent })('https://example.com/'));
    const stopped = AbortSignal.timeout(100);
    await assert.rejects(fetcher()(`http://127.0.0.1:${outer}/slow`, { signal: stopped }));
    assert.ok(performance.now() - started < 5000);
  });

  test('comes back whole, with its status and headers', async () => {
    const body = new URLSearchParams({ a: 'b c' });
    const response = await fetcher()(`http://127.0.0.1:${outer}/form`, { method: 'POST', body });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), `POST /form 127.0.0.1:${outer}`);
  });

  test('of who speaks no TLS is no answer', async () => {
    await assert.rejects(fetcher()(`https://127.0.0.1:${outer}/`), {
      code: 'EPROTO',
    });
  });
});
