// What every page does in the browser: shortcuts, dialogs, the theme, and the CSRF header of htmx requests.

/** @param {EventTarget | null} target @returns {boolean} true where keys are text */
const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

/** @param {string} selector the first match that is visible is pressed, so that hidden menus do not answer */
const press = (selector) => {
  const link = document.querySelector(selector);
  if (link instanceof HTMLElement) link.click();
  return link !== null;
};

let awaitsPlace = 0; // The time until which g waits for its second key, in milliseconds.

/** @param {KeyboardEvent} event @returns {boolean} whether the key was a shortcut */
const runShortcut = (event) => {
  if (Date.now() < awaitsPlace) {
    awaitsPlace = 0;
    return press(`[data-go="${CSS.escape(event.key)}"]`);
  }
  if (event.key === 'g') {
    awaitsPlace = Date.now() + 1500;
    return true;
  }
  if (event.key === '?') return openDialog('shortcuts');
  if (event.key === '/') {
    const field = document.querySelector('[data-search]');
    if (field instanceof HTMLInputElement) field.select();
    return field !== null;
  }
  return press(`[data-shortcut="${CSS.escape(event.key)}"]`);
};

/** @param {string} id */
const openDialog = (id) => {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  return dialog !== null;
};

const toggleTheme = () => {
  const theme = document.documentElement.dataset.bsTheme === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.bsTheme = theme;
  try {
    localStorage.setItem('theme', theme);
  } catch {
    // Without storage the choice holds for this page only.
  }
};

document.addEventListener('keydown', (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (event.key === 'Escape')
    for (const menu of document.querySelectorAll('.hx-user[open]')) menu.removeAttribute('open');
  if (modified || isTyping(event.target) || document.querySelector('dialog[open]')) return;
  if (runShortcut(event)) event.preventDefault();
});

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest('[data-opens]');
  if (opener instanceof HTMLElement) openDialog(opener.dataset.opens ?? '');
  if (event.target.closest('[data-theme-toggle]')) toggleTheme();
  if (event.target.closest('[data-print]')) print();
  const dialog = event.target.closest('[data-closes]')?.closest('dialog');
  dialog?.close();
  for (const menu of document.querySelectorAll('.hx-user[open]')) {
    if (!menu.contains(event.target)) menu.removeAttribute('open');
  }
});

document.addEventListener('htmx:config:request', (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content');
  const { ctx } = /** @type {CustomEvent} */ (event).detail;
  if (token) ctx.request.headers['X-CSRF-Token'] = token;
});

/** Takes the token of the present session, so that a page older than a new sign-in can still be sent. */
const renewToken = async () => {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const token = page.querySelector('meta[name="csrf-token"]')?.getAttribute('content');
  if (!answer.ok || !token) return;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute('content', token);
  for (const field of document.querySelectorAll('input[name="_csrf"]')) field.setAttribute('value', token);
  document.querySelector('#messages .hx-notice')?.append('It was renewed just now: send it again.');
};

document.addEventListener('htmx:response:error', (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail;
  if (ctx.response.status === 403) renewToken();
});

// A lost connection must be seen: what was keyed is still in the page.
document.addEventListener('htmx:error', () => {
  const messages = document.getElementById('messages');
  if (messages === null) return;
  const line = document.createElement('div');
  line.className = 'hx-notice hx-notice-danger';
  line.textContent = 'The server could not be reached. Nothing was lost: try again.';
  messages.replaceChildren(line);
});
