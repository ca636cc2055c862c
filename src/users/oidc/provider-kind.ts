// What is known beforehand of the providers that everybody has, and of any other that speaks OpenID Connect.

export const providerKinds = ['google', 'microsoft', 'github', 'oidc'] as const;
export type ProviderKind = (typeof providerKinds)[number];

/** `issuer` is the only one there is, or null where each company names its own; GitHub's may be a server of one's own. */
type Preset = {
  name: string;
  slug: string;
  issuer: string | null;
  scopes: readonly string[];
  secret: boolean;
};

export const presets: Readonly<Record<ProviderKind, Preset>> = {
  google: {
    name: 'Google',
    slug: 'google',
    issuer: 'https://accounts.google.com',
    scopes: ['openid', 'email', 'profile'],
    secret: true,
  },
  microsoft: {
    name: 'Microsoft',
    slug: 'microsoft',
    issuer: null,
    scopes: ['openid', 'email', 'profile'],
    secret: true,
  },
  github: {
    name: 'GitHub',
    slug: 'github',
    issuer: 'https://github.com',
    scopes: ['read:user', 'user:email'],
    secret: true,
  },
  oidc: {
    name: 'Single sign-on',
    slug: 'sso',
    issuer: null,
    scopes: ['openid', 'email', 'profile'],
    secret: false,
  },
};

const MICROSOFT_ISSUER =
  /^https:\/\/login\.(microsoftonline\.com|microsoftonline\.us|partner\.microsoftonline\.cn)\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/v2\.0$/;
const DIRECTORY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Microsoft's issuer of one directory, of its id or of the whole address; null for what is neither. The issuers "common" and
 * "organizations" are refused, as anybody's directory speaks through them.
 */
export function microsoftIssuer(text: string): string | null {
  const lower = text.trim().toLowerCase();
  if (DIRECTORY.test(lower)) return `https://login.microsoftonline.com/${lower}/v2.0`;
  return MICROSOFT_ISSUER.test(lower) ? lower : null;
}

/**
 * The kind that an issuer's host belongs to, or null. Such an issuer is held to what is known of it, and not taken as "any
 * provider", whose verified e-mail addresses are believed.
 */
export function kindOfIssuer(issuer: string): ProviderKind | null {
  if (!URL.canParse(issuer)) return null;
  const { hostname } = new URL(issuer);
  if (/(^|\.)google\.com$/.test(hostname)) return 'google';
  if (/(^|\.)(microsoftonline\.(com|us)|partner\.microsoftonline\.cn|windows\.net)$/.test(hostname))
    return 'microsoft';
  return /(^|\.)github\.com$/.test(hostname) ? 'github' : null;
}

/** The endpoints of a GitHub server, which has no discovery; `base` is https://github.com or a server of one's own. */
export function githubEndpoints(base: string): {
  issuer: string;
  authorize: string;
  token: string;
  api: string;
} {
  const oauth = `${base}/login/oauth`;
  return {
    issuer: oauth,
    authorize: `${oauth}/authorize`,
    token: `${oauth}/access_token`,
    api: base === presets.github.issuer ? 'https://api.github.com' : `${base}/api/v3`,
  };
}
