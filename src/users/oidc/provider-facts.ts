// What a company may say of a provider, and every fault of it at once.
import type { Fault } from '#lib/problem';
import { checkAddress, FetchRefused } from '#lib/safe-fetch';
import type { JoinRule } from './identity-provider.ts';
import { kindOfIssuer, microsoftIssuer, type ProviderKind, presets } from './provider-kind.ts';

/** What is keyed of a provider and may change; `client_secret` null says that there is none. */
export type ProviderChanges = {
  name?: string | undefined;
  client_id?: string | undefined;
  client_secret?: string | null | undefined;
  scopes?: readonly string[] | undefined;
  enabled?: boolean | undefined;
  rules?: readonly JoinRule[] | undefined;
};

/** What is keyed of a new provider; what is left out is taken from the preset of its kind. */
export type NewProvider = ProviderChanges & {
  kind?: ProviderKind | undefined;
  slug?: string | undefined;
  issuer?: string | null | undefined;
};

/** The facts of a provider once they are read, without its secret. */
export type ProviderFacts = {
  slug: string;
  kind: ProviderKind;
  name: string;
  issuer: string;
  client_id: string;
  scopes: string[];
  enabled: boolean;
  rules: JoinRule[];
};

export const faultAt = (pointer: string, detail: string, code = 'users/provider-invalid'): Fault => ({
  pointer,
  code,
  detail,
});

// An HTTP scope token (RFC 6749, 3.3).
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
const SLUG = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

function oidcIssuerFault(issuer: string, allowedInternalHosts: readonly string[]): string | null {
  const kind = kindOfIssuer(issuer);
  if (kind !== null) return `this is ${presets[kind].name}; choose the kind ${kind} for it`;
  try {
    const url = checkAddress(issuer, allowedInternalHosts);
    if (url.pathname.includes('/.well-known/')) return 'name the issuer, not the address of its metadata';
    return url.search === '' && url.hash === '' ? null : 'an issuer has no query and no fragment';
  } catch (error) {
    if (error instanceof FetchRefused) return `the issuer cannot be used: ${error.message}`;
    throw error;
  }
}

/** The issuer of a new provider, or what is wrong with what was keyed. */
export function issuerOf(
  kind: ProviderKind,
  keyed: string,
  allowedInternalHosts: readonly string[],
): { issuer: string } | { fault: string } {
  const { issuer: preset, name } = presets[kind];
  if (kind === 'google')
    return keyed === '' || keyed === preset
      ? { issuer: preset ?? '' }
      : { fault: `${name} has only the issuer ${preset}` };
  if (kind === 'microsoft') {
    const issuer = microsoftIssuer(keyed);
    return issuer === null
      ? { fault: 'name the directory (tenant) id, or https://login.microsoftonline.com/<id>/v2.0' }
      : { issuer };
  }
  if (kind === 'github') {
    const base = (keyed === '' ? (preset ?? '') : keyed).replace(/\/+$/, '');
    const fault = base === preset ? null : oidcIssuerFault(base, allowedInternalHosts);
    return fault === null ? { issuer: base } : { fault };
  }
  if (keyed === '') return { fault: 'name the issuer, such as https://login.example.com' };
  const fault = oidcIssuerFault(keyed, allowedInternalHosts);
  return fault === null ? { issuer: keyed } : { fault };
}

/** What is wrong with a provider's facts, besides its issuer, its secret and its rules. */
export function factFaults(facts: ProviderFacts): Fault[] {
  const needed = facts.kind === 'github' ? 'user:email' : 'openid';
  const strange = facts.scopes.findIndex((scope) => !SCOPE.test(scope));
  return [
    ...(SLUG.test(facts.slug)
      ? []
      : [faultAt('/slug', 'a slug has letters a to z, digits and hyphens, 40 at most')]),
    ...(facts.name === '' || facts.name.length > 100
      ? [faultAt('/name', 'a provider has a name of 1 to 100 characters')]
      : []),
    ...(facts.client_id === '' ? [faultAt('/client_id', 'the provider has given us a client id')] : []),
    ...(strange === -1 ? [] : [faultAt(`/scopes/${strange}`, 'a scope is a word')]),
    ...(facts.scopes.includes(needed) ? [] : [faultAt('/scopes', `the scope ${needed} is needed`)]),
  ];
}

/** What is wrong with a provider's secret: some providers give everybody one. */
export function secretFaults(kind: ProviderKind, secret: string | null): Fault[] {
  if (secret === null)
    return presets[kind].secret
      ? [faultAt('/client_secret', `${presets[kind].name} has given us a client secret`)]
      : [];
  return secret === '' || secret.length > 2000
    ? [faultAt('/client_secret', 'a client secret has 1 to 2000 characters')]
    : [];
}
