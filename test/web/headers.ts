// Says what is missing from an answer's headers, for the tests that look at all answers.
import type { Answer } from './server.ts';

const wanted: Record<string, RegExp> = {
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^same-origin$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /\bcamera=\(\), .*\bgeolocation=\(\)/,
};

/** Names of which a header says what program answers, or lets other sites in. */
const unwanted = /^(server|x-powered-by|access-control-.*|timing-allow-origin)$/;

type Policy = Map<string, string[]>;

function policyOf(text: string): Policy {
  const directives = text.split(';').map((each) => each.trim().split(/\s+/));
  return new Map(directives.map(([name = '', ...sources]) => [name, sources]));
}

/** What a policy lets run, load or frame that it should not; the hashes of fixed style elements are the one exception. */
function policyFaults(policy: Policy): string[] {
  const faults: string[] = [];
  if (policy.get('default-src')?.join() !== "'none'") faults.push('default-src');
  if (policy.get('base-uri')?.join() !== "'none'") faults.push('base-uri');
  if (policy.get('frame-ancestors')?.join() !== "'none'") faults.push('frame-ancestors');
  for (const [name, sources] of policy) {
    for (const source of sources) {
      const known = /^('none'|'self')$/.test(source);
      const hash = name === 'style-src' && /^'sha256-[\w+/=]{44}'$/.test(source);
      const image = name === 'img-src' && source === 'data:';
      const worker = name === 'worker-src' && source === 'blob:';
      if (!(known || hash || image || worker)) faults.push(`${name} ${source}`);
    }
  }
  if (policy.has('script-src') && policy.get('script-src')?.join() !== "'self'") faults.push('script-src');
  if (policy.has('script-src') && policy.get('form-action')?.join() !== "'self'") faults.push('form-action');
  return faults;
}

/** What a Set-Cookie lacks. Over https its name is bound to the host (RFC 6265bis, 4.1.3.2). */
export function cookieFaults(cookie: string, https: boolean): string[] {
  const [pair = '', ...attributes] = cookie.split('; ');
  const names = attributes.map((each) => each.split('=', 1)[0]?.toLowerCase());
  const faults = [
    !attributes.includes('Path=/') && 'Path=/',
    !attributes.includes('HttpOnly') && 'HttpOnly',
    !attributes.some((each) => /^SameSite=(Lax|Strict)$/.test(each)) && 'SameSite',
    names.includes('domain') && 'no Domain',
    attributes.includes('Secure') !== https && (https ? 'Secure' : 'no Secure over http'),
    pair.startsWith('__Host-') !== https && (https ? '__Host-' : 'no prefix over http'),
  ];
  return faults.filter((fault) => fault !== false).map((fault) => `${pair.split('=', 1)[0]}: ${fault}`);
}

/** Everything that is wrong with the headers of an answer, '' when nothing is. */
export function headerFaults({ headers }: Pick<Answer, 'headers'>, https: boolean): string {
  const text = (name: string) => [headers[name] ?? ''].flat().join(', ');
  const faults = Object.entries(wanted)
    .filter(([name, value]) => !value.test(text(name)))
    .map(([name]) => `${name}: ${text(name)}`);
  const strict = /^max-age=(\d+); includeSubDomains$/.exec(text('strict-transport-security'))?.[1];
  if (https ? Number(strict ?? 0) < 31_536_000 : text('strict-transport-security') !== '')
    faults.push(`strict-transport-security: ${text('strict-transport-security')}`);
  faults.push(...policyFaults(policyOf(text('content-security-policy'))));
  faults.push(...Object.keys(headers).filter((name) => unwanted.test(name)));
  for (const cookie of [headers['set-cookie'] ?? []].flat()) faults.push(...cookieFaults(cookie, https));
  return faults.join('; ');
}
