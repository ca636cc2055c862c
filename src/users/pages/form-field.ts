// A labelled field of a form with what is wrong with it, told to eyes and to screen readers alike.
import { asSentence } from '#dashboard';
import { type Html, html } from '#lib/html';
import { type Fault, Problem } from '#lib/problem';

/** `name` is the field's and the last part of the pointer of its faults; `hint` says what is expected. */
export type Field = {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password' | 'number';
  value?: string;
  autocomplete?: string;
  hint?: string;
  faults?: readonly Fault[];
  autofocus?: boolean;
  range?: readonly [number, number];
};

/** The faults of one field. */
export function faultsAt(faults: readonly Fault[] | undefined, name: string): Fault[] {
  return (faults ?? []).filter(({ pointer }) => pointer === `/${name}`);
}

/** What is wrong with a field, under it; the field names it by `aria-describedby`. */
export function faultText(faults: readonly Fault[], name: string): Html | false {
  return (
    faults.length > 0 &&
    html`<p class="hx-field-fault" id="${name}-fault">${faults.map(({ detail }) => `${asSentence(detail)}.`).join(' ')}</p>`
  );
}

/** The whole field. */
export function formField(field: Field): Html {
  const { name, label, type = 'text', value = '', autocomplete = 'off', hint, autofocus, range } = field;
  const faults = faultsAt(field.faults, name);
  const about = [...(hint ? [`${name}-hint`] : []), ...(faults.length > 0 ? [`${name}-fault`] : [])].join(
    ' ',
  );
  const limits = range && html`min="${range[0]}" max="${range[1]}" step="1"`;
  return html`<div><label class="form-label" for="${name}">${label}</label><input class="form-control${type === 'number' ? ' hx-short' : ''}" id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" required ${limits} ${about !== '' && html`aria-describedby="${about}"`} ${faults.length > 0 && html`aria-invalid="true"`} ${autofocus && html`autofocus`}>
${hint && html`<p class="hx-hint" id="${name}-hint">${hint}</p>`}${faultText(faults, name)}</div>`;
}

/** The faults of a refused form. Rethrows what is no fault of the form. */
export function faultsOfForm(error: unknown): Fault[] {
  if (error instanceof Problem && error.kind === 'invalid') return error.errors;
  throw error;
}

/** A field of a form that was sent, as text; '' for what is missing or was sent twice. */
export function sentText(body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : '';
  return typeof value === 'string' ? value : '';
}
