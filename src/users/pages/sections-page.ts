// Pages that share a list of sections at their side: one's own account, and a company's settings.
import { type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';

/** A section; without a permission it is everybody's. */
export type Section = { label: string; href: string; permission?: string };

/** The sections that a reader may see. */
const sectionsFor = (context: PageContext, sections: readonly Section[]): Section[] =>
  sections.filter(({ permission }) => permission === undefined || context.may(permission));

/** One page of a set: `title` is the set's, `body` the content of the section at the address. */
export function sectionsPage(
  context: PageContext,
  set: { title: string; subtitle: string; sections: readonly Section[]; styles?: readonly string[] },
  body: Html,
): Html {
  const { path } = context;
  const links = sectionsFor(context, set.sections).map(
    ({ label, href }) =>
      html`<li><a href="${href}" ${href === path && html`aria-current="page"`}>${label}</a></li>\n`,
  );
  return pageShell(context, {
    title: set.title,
    subtitle: set.subtitle,
    styles: ['account.css', ...(set.styles ?? [])],
    body: html`<div class="hx-sections"><nav class="hx-sections-nav" aria-label="${set.title}"><ul>${links}</ul></nav><div>${body}</div></div>`,
  });
}

/** What stands under a long list: which part of it is shown, and the ways to its neighbours. */
export function listPager(
  path: string,
  { page, pageSize, shown, count }: { page: number; pageSize: number; shown: number; count: number },
): Html | false {
  if (count <= pageSize) return false;
  const first = (page - 1) * pageSize + 1;
  const last = first + shown - 1;
  return html`<div class="hx-pager"><span>${first}–${last} of ${count}</span><nav aria-label="Pages">
${page > 1 && html`<a href="${path}?page=${page - 1}">Newer</a>`} ${last < count && html`<a href="${path}?page=${page + 1}">Older</a>`}
</nav></div>`;
}
