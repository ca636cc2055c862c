// The line under a long list: which part of it is shown, and the ways to its neighbours.
import { icon } from '#dashboard';
import { type Html, html } from '#lib/html';

/** `page` counts from 1; `shown` is how many stand on this page, `count` how many there are in all. */
export type Place = { page: number; pageSize: number; shown: number; count: number };

/** `link` makes the link to a page; the two words say what lies before and after this one. */
export function pager(
  { page, pageSize, shown, count }: Place,
  link: (page: number, label: Html) => Html,
  words: { before: string; after: string },
): Html {
  const first = (page - 1) * pageSize + 1;
  const last = first + shown - 1;
  return html`<div class="hx-pager"><span>${first}–${last} of ${count}</span><nav aria-label="Pages">
${page > 1 && link(page - 1, html`${icon('previous')} ${words.before}`)}
${last < count && link(page + 1, html`${words.after} ${icon('next')}`)}
</nav></div>`;
}
