// Leads through a list that is too long for one page.
import { type Html, html } from '#lib/html';

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
