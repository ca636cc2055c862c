// Forms with data-passkey ask the browser for a passkey before they are sent, and carry its answer.

const webauthn = /** @type {typeof import('@simplewebauthn/browser')} */ (
  Reflect.get(globalThis, 'SimpleWebAuthnBrowser')
);

/** @param {HTMLFormElement} form @returns {Record<string, string>} what proves that the request is from our page */
const proofOf = (form) => {
  const token = form.querySelector('input[name="_csrf"]');
  return token instanceof HTMLInputElement ? { 'X-CSRF-Token': token.value } : {};
};

/** @param {unknown} error @returns {string} what a person can do about it */
const wordsFor = (error) => {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'AbortError')
    return 'No passkey was used. Try again, or go another way.';
  if (name === 'InvalidStateError') return 'This device or key has a passkey of yours already.';
  return 'The passkey could not be used. Load the page again and retry.';
};

/** @param {HTMLFormElement} form @param {string} words */
const tell = (form, words) => {
  const place = form.querySelector('[data-passkey-fault]');
  if (!(place instanceof HTMLElement)) return;
  place.textContent = words;
  place.hidden = words === '';
};

/** @param {HTMLFormElement} form */
const answer = async (form) => {
  const { options = '', passkey } = form.dataset;
  const asked = await fetch(options, { method: 'POST', headers: proofOf(form) });
  // A fresh proof is asked for first, or the sign-in is over: the page that says so is shown.
  if (asked.redirected) return location.assign(asked.url);
  if (!asked.ok) throw new Error(`the server answers ${asked.status}`);
  const optionsJSON = await asked.json();
  const made =
    passkey === 'create'
      ? await webauthn.startRegistration({ optionsJSON })
      : await webauthn.startAuthentication({ optionsJSON });
  const field = form.querySelector('input[name="passkey"]');
  if (field instanceof HTMLInputElement) field.value = JSON.stringify(made);
  form.submit();
};

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.passkey === undefined) return;
  event.preventDefault();
  tell(form, '');
  const button = form.querySelector('button');
  if (button) button.disabled = true;
  answer(form)
    .catch((error) => tell(form, wordsFor(error)))
    .finally(() => {
      if (button) button.disabled = false;
    });
});

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (form instanceof HTMLElement && !webauthn.browserSupportsWebAuthn()) form.hidden = true;
}
