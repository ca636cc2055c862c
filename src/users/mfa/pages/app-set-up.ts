// The steps of setting up an authenticator app: read the QR code or key the secret, then send the first code.
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import { faultText } from '../../pages/form-field.ts';
import { totpAddress } from '../totp.ts';
import { qrCode } from './qr-code.ts';

/** `secret` is in base32, `account` the person's address; `action` takes the code; `fields` are hidden ones. */
export type AppSetUp = {
  secret: string;
  account: string;
  action: string;
  fields: Html;
  faults?: readonly Fault[];
};

/** The steps with the form at their end. */
export async function appSetUp({ secret, account, action, fields, faults = [] }: AppSetUp): Promise<Html> {
  const code = await qrCode(totpAddress(secret, account), 'QR code for your authenticator app');
  const groups = secret.match(/.{1,4}/g)?.join(' ') ?? secret;
  return html`<div class="hx-app-set-up">
${code}
<ol class="hx-steps"><li>Scan the code with an authenticator app.</li><li>Or key this into it by hand: <code class="hx-secret">${groups}</code></li><li>Send the code that the app shows.</li></ol></div>
<form class="hx-form" method="post" action="${action}">${fields}
<div><label class="form-label" for="code">Code of your authenticator app</label><input class="form-control hx-code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,9}" maxlength="9" required autofocus ${faults.length > 0 && html`aria-invalid="true" aria-describedby="code-fault"`}>${faultText(faults, 'code')}</div>
<div class="hx-buttons"><button class="btn btn-primary">Turn on the app</button></div></form>`;
}
