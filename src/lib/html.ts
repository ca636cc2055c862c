// Exists so that every piece of HTML in the house is escaped by one tag and carries a type that proves it.
import { html as escapingTag } from 'hono/html';

declare const escaped: unique symbol;

/** Markup in which every interpolated value has been escaped; made only by `html`. */
export type Html = { readonly [escaped]: true; toString(): string };

/** What may stand in a `${…}` of a template: text and numbers are escaped, Html passes, nothing renders nothing. */
export type Renderable = Html | string | number | bigint | null | undefined | false | readonly Renderable[];

/**
 * Tag for HTML templates: html`<p title="${text}">${parts}</p>`.
 * Strings are escaped for element content and for quoted attributes (attributes must be quoted);
 * Html and arrays of it pass as they are; null, undefined and false render nothing.
 * Throws TypeError on any other object, so that no look-alike of Html gets through unescaped.
 */
export function html(strings: TemplateStringsArray, ...values: Renderable[]): Html {
  for (const value of values) refuseStrangers(value);
  const markup: unknown = escapingTag(strings, ...values);
  if (!isHtml(markup)) throw new TypeError('The html tag takes no promises: await the value first');
  return markup;
}

function refuseStrangers(value: unknown): void {
  if (Array.isArray(value)) value.forEach(refuseStrangers);
  else if (typeof value === 'object' && value !== null && !isHtml(value)) {
    throw new TypeError('The html tag takes text, numbers, Html and arrays of them');
  }
}

// A String object cannot come out of JSON or a form, so data from outside never passes for Html.
function isHtml(value: unknown): value is Html {
  return value instanceof String && 'isEscaped' in value;
}
