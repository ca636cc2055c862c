// A form that waits while its sender proves who they are: what was keyed, and where it goes afterwards.
import { type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import { sentText } from '../../pages/form-field.ts';
import { safeNext } from '../../pages/safe-next.ts';

/** `to` is the path that takes the form; `fields` are names and values in their order. */
export type KeptForm = { to: string; fields: [string, string][] };

/** The form of a request that was led here; what proves a form to be ours is not kept, as it is given anew. */
export function formToKeep(to: string, body: unknown): KeptForm {
  const sent = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const fields = sent.flatMap(([name, value]) =>
    [value].flat().flatMap((each): [string, string][] => (typeof each === 'string' ? [[name, each]] : [])),
  );
  return { to: safeNext(to), fields: fields.filter(([name]) => name !== '_csrf') };
}

/** The form that the confirming page carries along in one field; null where there is none, or one that is not ours. */
export function keptForm(body: unknown): KeptForm | null {
  const [to, text] = [sentText(body, 'to'), sentText(body, 'form')];
  if (to === '' || text === '') return null;
  try {
    const read: unknown = JSON.parse(text);
    const isField = (each: unknown): each is [string, string] =>
      Array.isArray(each) && each.length === 2 && each.every((part) => typeof part === 'string');
    return Array.isArray(read) && read.every(isField) ? { to: safeNext(to), fields: read } : null;
  } catch {
    return null;
  }
}

/** The hidden fields by which the confirming page carries a form along. */
export function keptFields(form: KeptForm | null): Html | false {
  return (
    form !== null &&
    html`<input type="hidden" name="to" value="${form.to}"><input type="hidden" name="form" value="${JSON.stringify(form.fields)}">`
  );
}

/** Sends the form on, now that the proof is fresh; `next` leads back to its page instead. */
export function sendOnPage(context: PageContext, { to, fields }: KeptForm, next: string): Html {
  const hidden = fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  return pageShell(context, {
    title: 'It is you',
    subtitle: 'What you were about to do has waited, as you keyed it.',
    styles: ['account.css', 'security.css'],
    body: html`<section class="hx-card" aria-label="Go on"><form class="hx-form" method="post" action="${to}"><input type="hidden" name="_csrf" value="${context.csrfToken}">${hidden}
<div class="hx-buttons"><button class="btn btn-primary" autofocus>Do it now</button><a class="btn" href="${next}">Back without doing it</a></div></form></section>`,
  });
}
