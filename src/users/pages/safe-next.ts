// Keeps the way back after signing in on our own site, whatever a link to the sign-in page says.

/** The path and query to go to, or '/' for anything that would leave this site or lead back to signing in. */
export function safeNext(next: string): string {
  if (!next.startsWith('/') || !URL.canParse(next, 'http://own.invalid')) return '/';
  const url = new URL(next, 'http://own.invalid');
  if (url.host !== 'own.invalid' || url.pathname.startsWith('//') || url.pathname.startsWith('/sign-'))
    return '/';
  return url.pathname + url.search;
}
