// How and from where somebody signs in: the words that all files of signing in share.

/** Whether a browser or a program signs in. */
export type Door = 'page' | 'api';

/** How somebody proved who they are; `mail` is a link that was sent to their address, `switch` another session of theirs. */
export type SignInMethod = 'pwd' | 'oidc' | 'mail' | 'switch';

/** Where a sign-in comes from. `device` is the value of the cookie by which a browser is known again. */
export type SignInOrigin = {
  ip: string | null;
  userAgent: string | undefined;
  device?: string | undefined;
};
