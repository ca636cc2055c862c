// The fields for second factors, the same wherever one is asked for.
import { type Html, html } from '#lib/html';

/** For the six digits that an authenticator app shows; phones offer a keyboard of digits. */
export function codeField(options: { isFirst: boolean }): Html {
  return html`<div><label class="form-label" for="code">Code of your authenticator app</label><input class="form-control hx-code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,9}" maxlength="9" required ${options.isFirst && html`autofocus`}></div>`;
}

/** For a recovery code, folded away as it is for rare days. */
export function recoveryField(): Html {
  return html`<div><label class="form-label" for="recovery_code">Recovery code</label><input class="form-control hx-code" id="recovery_code" name="recovery_code" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="40" required></div>`;
}
