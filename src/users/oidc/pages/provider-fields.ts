// The fields in which a provider is described, with what is wrong beside them.
import { asSentence } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import type { ProviderKind } from '../provider-kind.ts';

/** What a form holds, as text; `rules` are roles by domain. */
export type ProviderForm = {
  kind: ProviderKind;
  name: string;
  slug: string;
  issuer: string;
  client_id: string;
  client_secret: string;
  scopes: string;
  enabled: boolean;
  rules: ReadonlyMap<string, string>;
};

type Field = {
  name: 'name' | 'slug' | 'issuer' | 'client_id' | 'client_secret' | 'scopes';
  label: string;
  value: string;
  hint?: string;
  type?: 'password';
  optional?: boolean;
};

/** The faults of a field, also of the parts of it. */
const faultsAt = (faults: readonly Fault[], name: string) =>
  faults.filter(({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));

function faultText(faults: readonly Fault[], name: string): Html | false {
  const text = faults.map(({ detail }) => `${asSentence(detail)}.`).join(' ');
  return faults.length > 0 && html`<p class="hx-field-fault" id="${name}-fault">${text}</p>`;
}

/** One field with its label. A secret is never filled in, and no browser is asked to remember it. */
export function providerField(all: readonly Fault[], field: Field): Html {
  const { name, label, value, hint, type = 'text', optional = false } = field;
  const faults = faultsAt(all, name);
  const about = [...(hint ? [`${name}-hint`] : []), ...(faults.length > 0 ? [`${name}-fault`] : [])].join(
    ' ',
  );
  const remember = type === 'password' ? 'new-password' : 'off';
  return html`<div><label class="form-label" for="${name}">${label}</label><input class="form-control" id="${name}" name="${name}" type="${type}" value="${type === 'password' ? '' : value}" autocomplete="${remember}" spellcheck="false" ${!optional && html`required`} ${about !== '' && html`aria-describedby="${about}"`} ${faults.length > 0 && html`aria-invalid="true"`}>
${hint && html`<p class="hx-hint" id="${name}-hint">${hint}</p>`}${faultText(faults, name)}</div>`;
}

/** The roles that there are to choose from. */
export type RoleChoices = readonly { key: string; title: string }[];

/** Which role people of each verified domain get who come for the first time. */
export function ruleFields(
  faults: readonly Fault[],
  {
    domains,
    roles,
    rules,
  }: { domains: readonly string[]; roles: RoleChoices; rules: ReadonlyMap<string, string> },
): Html {
  const intro =
    domains.length === 0
      ? 'Prove that a domain is your company’s own, and people with an address of it can be let in by themselves.'
      : 'Who signs in for the first time with a verified address of the domain becomes a member with that role.';
  return html`<fieldset><legend>New people</legend><p class="hx-hint">${intro}</p>
${domains.map((domain) => ruleField(domain, roles, rules.get(domain) ?? ''))}${faultText(faultsAt(faults, 'rules'), 'rules')}</fieldset>`;
}

function ruleField(domain: string, roles: RoleChoices, chosen: string): Html {
  const option = (value: string, label: string) =>
    html`<option value="${value}" ${value === chosen && html`selected`}>${label}</option>`;
  return html`<div><label class="form-label" for="rule-${domain}">People of ${domain}</label>
<select class="form-select" id="rule-${domain}" name="rule.${domain}">${option('', 'are not let in by themselves')}${roles.map(({ key, title }) => option(key, `become ${title}`))}</select></div>`;
}

/** What a sent form holds; what is missing is empty. */
export function readProviderForm(body: unknown, kind: ProviderKind): ProviderForm {
  const sent = Object.entries(typeof body === 'object' && body !== null ? body : {});
  const texts = new Map(
    sent.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value.trim()]] : [])),
  );
  const text = (name: string) => texts.get(name) ?? '';
  const rules = [...texts].flatMap(([name, role]): [string, string][] =>
    name.startsWith('rule.') && role !== '' ? [[name.slice('rule.'.length), role]] : [],
  );
  return {
    kind,
    name: text('name'),
    slug: text('slug'),
    issuer: text('issuer'),
    client_id: text('client_id'),
    client_secret: text('client_secret'),
    scopes: text('scopes'),
    enabled: texts.has('enabled'),
    rules: new Map(rules),
  };
}

/** The facts of a form that a provider may change; an empty secret leaves the one that there is. */
export function changesOfForm(form: ProviderForm) {
  return {
    name: form.name,
    client_id: form.client_id,
    ...(form.client_secret !== '' && { client_secret: form.client_secret }),
    scopes: form.scopes.split(/\s+/).filter((scope) => scope !== ''),
    enabled: form.enabled,
    rules: [...form.rules].map(([domain, role]) => ({ domain, role })),
  };
}
