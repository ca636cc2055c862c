// Where a company says what it asks of its members' passwords, sessions and second factors.
import { notice, type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import { type DemandView, demandSections } from '../../mfa/pages/demand-sections.ts';
import { policyRanges, type SignInPolicy } from '../../sign-in-policy.ts';
import { formField } from '../form-field.ts';

/**
 * `keyed` is what was sent and refused; figures in it are texts. `done` and `fault` tell what was just done or refused; `demand` is
 * absent for who may not see it.
 */
export type PolicyView = {
  policy: SignInPolicy;
  keyed?: Readonly<Record<string, string>>;
  faults?: readonly Fault[];
  done?: string;
  fault?: string;
  demand?: DemandView;
};

const kindsLabels = ['No rule (recommended)', 'At least two kinds', 'At least three kinds', 'All four kinds'];

/** The whole page. */
export function signInPolicyPage(context: PageContext, view: PolicyView): Html {
  const { done, fault, demand, faults = [] } = view;
  const mayEdit = context.may('users.sign_in_policy.edit');
  return pageShell(context, {
    title: 'Sign-in',
    styles: ['account.css', 'security.css'],
    body: html`${done && notice('success', done)}${fault && notice('danger', fault)}${faults.length > 0 && notice('danger', 'Nothing was saved: mend the marked fields.')}
<section class="hx-card" aria-label="Passwords and sessions">
<form class="hx-form" method="post" action="/settings/sign-in/"><input type="hidden" name="_csrf" value="${context.csrfToken}">
<fieldset ${!mayEdit && html`disabled`}>${passwordFields(view)}</fieldset>
<fieldset ${!mayEdit && html`disabled`}>${sessionFields(view)}</fieldset>
${mayEdit && html`<div class="hx-buttons"><button class="btn btn-primary">Save</button></div>`}</form></section>
<p class="hx-muted">Whoever belongs to several companies meets the strictest rule of each for their password. Passwords that are in use stay until they are changed.</p>
${demand && demandSections(context, demand)}`,
  });
}

function passwordFields({ policy, keyed, faults }: PolicyView): Html {
  const kinds = Number(keyed?.password_kinds ?? policy.kinds);
  const refuse = keyed ? keyed.password_refuse_common === 'true' : policy.refuseCommon;
  return html`<legend>New passwords</legend>
${formField({
  name: 'password_min_length',
  label: 'Characters at least',
  type: 'number',
  value: keyed?.password_min_length ?? String(policy.minLength),
  hint: 'From 8 to 64. NIST asks for 15 where a password is all that is asked for.',
  faults: faults ?? [],
  range: policyRanges.minLength,
})}
<div><label class="form-label" for="password_kinds">Kinds of characters</label><select class="form-select" id="password_kinds" name="password_kinds" aria-describedby="password_kinds-hint">${kindsLabels.map((label, index) => html`<option value="${index + 1}" ${index + 1 === kinds && html`selected`}>${label}</option>`)}</select><p class="hx-hint" id="password_kinds-hint">Small letters, large letters, digits and other signs. Such rules make passwords predictable; length helps more.</p></div>
<div class="hx-check"><input class="form-check-input" type="checkbox" id="password_refuse_common" name="password_refuse_common" value="true" ${refuse && html`checked`}><label for="password_refuse_common">Refuse passwords that leaks have shown to be common</label></div>`;
}

function sessionFields({ policy, keyed, faults = [] }: PolicyView): Html {
  return html`<legend>Sessions</legend>
${formField({
  name: 'session_idle_minutes',
  label: 'Minutes without activity until a session ends',
  type: 'number',
  value: keyed?.session_idle_minutes ?? String(policy.idleMinutes),
  hint: 'From 5 to 1440.',
  faults,
  range: policyRanges.idleMinutes,
})}
${formField({
  name: 'session_hours',
  label: 'Hours until a session ends in any case',
  type: 'number',
  value: keyed?.session_hours ?? String(policy.sessionHours),
  hint: 'From 1 to 168. Holds for sessions that begin from now on.',
  faults,
  range: policyRanges.sessionHours,
})}`;
}
