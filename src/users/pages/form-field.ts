// What forms have in common: what is wrong with a field, told to eyes and to screen readers alike, and reading what was sent.
import { asSentence } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';

/** What is wrong with a field, under it; the field names it by `aria-describedby`. */
export function faultText(faults: readonly Fault[], name: string): Html | false {
  return (
    faults.length > 0 &&
    html`<p class="hx-field-fault" id="${name}-fault">${faults.map(({ detail }) => `${asSentence(detail)}.`).join(' ')}</p>`
  );
}

/** A field of a form that was sent, as text; '' for what is missing or was sent twice. */
export function sentText(body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : '';
  return typeof value === 'string' ? value : '';
}
