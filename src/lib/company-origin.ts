// Where a company's pages are, by the configuration; a link in a mail never follows the host that a request names.
import type { Config } from './config.ts';

/** The origin of a company's pages, or of the bare host (null), without a slash at its end: `https://acme.example.com`. */
export function companyOrigin(
  config: Pick<Config, 'publicUrl' | 'baseDomain' | 'port' | 'trustProxy'>,
  slug: string | null,
): string {
  const { publicUrl, baseDomain, port, trustProxy } = config;
  // A proxy that is trusted is one that ends TLS at the usual port.
  const own = trustProxy ? `https://${baseDomain}` : `http://${baseDomain}:${port}`;
  const url = new URL(publicUrl ?? own);
  return `${url.protocol}//${slug === null ? '' : `${slug}.`}${url.host}`;
}
