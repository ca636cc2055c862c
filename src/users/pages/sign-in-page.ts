// Where a person says who they are to one company.
import { barePage, notice } from '#dashboard';
import { type Html, html } from '#lib/html';

/** What has just been done that leads here, by the name that the address carries. */
const news: Readonly<Record<string, string>> = {
  password: 'Your password is changed. Sign in with the new one.',
  invitation:
    'You are a member now. Sign in as you always do; without a password yet, choose one by the link below.',
};

/**
 * `next` is the path to go to afterwards; `fault` tells a refused attempt; `email` is what was keyed before; `done` names what
 * has just been done; `providers` are those through which one may sign in instead.
 */
export type SignInView = {
  company: string;
  next: string;
  email: string;
  done: string;
  fault?: string;
  providers: readonly { slug: string; name: string }[];
};

/** The whole page. */
export function signInPage({ company, next, email, fault, done, providers }: SignInView): Html {
  const told = Object.hasOwn(news, done) ? news[done] : undefined;
  return barePage(
    `Sign in to ${company}`,
    html`<h1>${company}</h1><p>Sign in to the books.</p>
${fault && notice('danger', fault)}${told && !fault && notice('success', told)}
<form method="post" action="/sign-in/">
<input type="hidden" name="next" value="${next}">
<div><label class="form-label" for="email">Email</label><input class="form-control" id="email" type="email" name="email" value="${email}" autocomplete="username" required ${email === '' && html`autofocus`}></div>
<div><label class="form-label" for="password">Password</label><input class="form-control" id="password" type="password" name="password" autocomplete="current-password" required ${email !== '' && html`autofocus`}></div>
<button class="btn btn-primary">Sign in</button>
</form>
<p class="hx-bare-links"><a href="/password-reset/">Forgot your password?</a></p>
${providers.length > 0 && providerLinks(providers, next)}`,
    ['account.css', 'providers.css'],
  );
}

// Links rather than forms, because our form-action policy lets no form lead to another site.
function providerLinks(providers: SignInView['providers'], next: string): Html {
  const query = next === '/' ? '' : `?next=${encodeURIComponent(next)}`;
  return html`<section class="hx-providers" aria-label="Other ways to sign in"><p>or</p>
${providers.map(({ slug, name }) => html`<a class="btn" href="/sign-in/oidc/${slug}/${query}">Sign in with ${name}</a>\n`)}</section>`;
}
