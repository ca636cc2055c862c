// The parts that the page of one's own API keys and that of the company's have in common.
import { asSentence, type PageContext, timeLabel } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import type { ApiKey, ApiKeyKind } from '../api-keys/api-key.ts';
import { DEFAULT_DAYS, type MadeApiKey, MOST_DAYS } from '../api-keys/keep-api-keys.ts';
import { roles } from '../roles.ts';
import { faultText, formField } from './form-field.ts';

/** What was keyed into the form, as text. */
export type KeyedApiKey = { name: string; role: string; scopes: string; days: string };

/** `made` is the key that was just made, whose secret is shown this once; `keyed` what was sent and refused. */
export type ApiKeysView = {
  keys: readonly ApiKey[];
  made?: MadeApiKey;
  keyed?: KeyedApiKey;
  faults?: readonly Fault[];
};

/** The secret of a key that was just made, ready to be copied. */
export function madeKey({ secret }: MadeApiKey): Html {
  return html`<section class="hx-card" aria-labelledby="made"><h2 id="made">Copy the key now</h2><p>It is shown this once; nobody can show it again.</p>
<label class="form-label" for="secret">The new key</label><input class="form-control hx-secret" id="secret" value="${secret}" readonly autocomplete="off" spellcheck="false" autofocus></section>`;
}

const durations = [30, 90, 180, DEFAULT_DAYS, MOST_DAYS];

const daysLabel = (days: number) =>
  days % 365 === 0 ? `${days / 365} ${days === 365 ? 'year' : 'years'}` : `${days} days`;

/** A fault of a list of scopes names its place there; the form has one field for all of them. */
const faultsOfScopes = (faults: readonly Fault[]) =>
  faults.filter(({ pointer }) => pointer === '/scopes' || pointer.startsWith('/scopes/'));

function scopesField({ scopes }: KeyedApiKey, faults: readonly Fault[]): Html {
  const wrong = faultsOfScopes(faults);
  const about = `scopes-hint${wrong.length > 0 ? ' scopes-fault' : ''}`;
  return html`<div><label class="form-label" for="scopes">Only these permissions</label><textarea class="form-control" id="scopes" name="scopes" rows="3" spellcheck="false" autocomplete="off" aria-describedby="${about}" ${wrong.length > 0 && html`aria-invalid="true"`}>${scopes}</textarea>
<p class="hx-hint" id="scopes-hint">One a line, for instance accounting.journal_entry.post or accounting.*.view. Empty: no narrower than the role.</p>${faultText(wrong, 'scopes')}</div>`;
}

function roleField({ role }: KeyedApiKey): Html {
  const chosen = roles.includes(role as never) ? role : 'clerk';
  const option = (each: string) =>
    html`<option value="${each}" ${each === chosen && html`selected`}>${asSentence(each)}</option>`;
  return html`<div><label class="form-label" for="role">Role</label><select class="form-select" id="role" name="role">${roles.map(option)}</select></div>`;
}

/** The form that makes a key, sent to `action`. */
export function newKeyForm(context: PageContext, action: string, kind: ApiKeyKind, view: ApiKeysView): Html {
  const { faults = [], keyed = { name: '', role: '', scopes: '', days: String(DEFAULT_DAYS) } } = view;
  const days = durations.map(
    (each) =>
      html`<option value="${each}" ${String(each) === keyed.days && html`selected`}>${daysLabel(each)}</option>`,
  );
  const elsewhere = faults.filter(({ pointer }) => !/^\/(name|scopes)/.test(pointer));
  return html`<form class="hx-form" method="post" action="${action}"><input type="hidden" name="_csrf" value="${context.csrfToken}">
${formField({ name: 'name', label: 'Name', value: keyed.name, hint: 'What it is for, such as the program that will have it.', faults })}
${kind === 'service' && roleField(keyed)}
${scopesField(keyed, faults)}
<div><label class="form-label" for="days">Good for</label><select class="form-select" id="days" name="days">${days}</select>${faultText(elsewhere, 'days')}</div>
<div class="hx-buttons"><button class="btn btn-primary">Make the key</button></div></form>`;
}

const tags: Readonly<Record<ApiKey['status'], string>> = {
  active: 'hx-tag hx-tag-good',
  expired: 'hx-tag',
  revoked: 'hx-tag hx-tag-bad',
};

/** The keys as a list, each with its way to be revoked below `action`. */
export function keyList(
  context: PageContext,
  action: string,
  keys: readonly ApiKey[],
  mayRevoke: boolean,
): Html {
  if (keys.length === 0) return html`<p class="hx-muted">There are no keys yet.</p>`;
  return html`<ul class="hx-list" aria-label="API keys">${keys.map((key) => keyLine(context, action, key, mayRevoke))}</ul>`;
}

function keyLine(context: PageContext, action: string, key: ApiKey, mayRevoke: boolean): Html {
  const time = (moment: Date) => timeLabel(moment.toISOString(), context.tenant.timeZone);
  const who = key.owner ? key.owner.name : key.role;
  const scopes = key.scopes ? key.scopes.join(', ') : 'all that the role may';
  const used = key.lastUsedAt ? html`last used ${time(key.lastUsedAt)}` : 'never used';
  const end = key.revokedAt ? html`revoked ${time(key.revokedAt)}` : html`ends ${time(key.expiresAt)}`;
  const revoke = html`<form method="post" action="${action}${key.id}/revocation/"><input type="hidden" name="_csrf" value="${context.csrfToken}"><button class="btn">Revoke<span class="visually-hidden"> the key ${key.name}</span></button></form>`;
  return html`<li><div><strong>${key.name}</strong><span class="${tags[key.status]}">${key.status}</span>
<p><code>hmx_${key.prefix}_…</code> · ${who} · ${scopes}</p>
<p>made ${time(key.createdAt)} · ${end} · ${used}</p></div>${key.status === 'active' && mayRevoke && revoke}</li>\n`;
}
