// Turns every field marked data-accounts into a combobox (ARIA 1.2) over the accounts in the page's datalist.

/** @typedef {{ code: string, name: string, words: string }} Account */

/** @type {WeakMap<Element, Account[]>} */
const known = new WeakMap();
const list = document.createElement('ul');
list.id = 'account-options';
list.className = 'hx-options';
list.setAttribute('role', 'listbox');
list.setAttribute('aria-label', 'Accounts');

/** @type {HTMLInputElement | null} */
let field = null;
let active = -1;

/** @returns {Account[]} */
const allAccounts = () => {
  const source = document.getElementById('accounts');
  if (source === null) return [];
  const read = known.get(source) ?? Array.from(source.querySelectorAll('option'), accountOf);
  known.set(source, read);
  return read;
};

/** @param {HTMLOptionElement} option @returns {Account} */
const accountOf = ({ value, label }) => ({
  code: value,
  name: label,
  words: ` ${value} ${label}`.toLowerCase(),
});

/** @param {string} code @returns {Account | undefined} */
export const findAccount = (code) => allAccounts().find((account) => account.code === code.trim());

/**
 * The accounts that hold all words of the query; a code that begins with it comes first, then beginnings of words.
 * @param {string} query
 */
const matching = (query) => {
  const words = query.trim().toLowerCase().split(/\s+/);
  const rank = (/** @type {Account} */ { code, words: text }) => {
    const lower = code.toLowerCase();
    if (lower === words[0]) return 0;
    if (lower.startsWith(words[0] ?? '')) return 1;
    return text.includes(` ${words[0]}`) ? 2 : 3;
  };
  const found = allAccounts().filter((account) => words.every((word) => account.words.includes(word)));
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, 50);
};

const isOpen = () => field !== null && list.isConnected;

const close = () => {
  list.remove();
  active = -1;
  field?.setAttribute('aria-expanded', 'false');
  field?.removeAttribute('aria-activedescendant');
};

/** @param {number} index */
const activate = (index) => {
  list.children[active]?.setAttribute('aria-selected', 'false');
  const option = list.children[index];
  if (!(option instanceof HTMLElement) || field === null) return;
  active = index;
  option.setAttribute('aria-selected', 'true');
  option.scrollIntoView({ block: 'nearest' });
  field.setAttribute('aria-activedescendant', option.id);
};

/** @param {Account} account @param {number} index */
const optionOf = ({ code, name }, index) => {
  const option = document.createElement('li');
  option.id = `account-option-${index}`;
  option.dataset.code = code;
  option.setAttribute('role', 'option');
  option.setAttribute('aria-selected', 'false');
  const bold = document.createElement('b');
  bold.textContent = code;
  option.append(bold, name);
  return option;
};

/** @param {HTMLInputElement} input @param {boolean} all whether an empty field lists every account */
const open = (input, all) => {
  const found = input.value.trim() === '' ? (all ? allAccounts().slice(0, 200) : []) : matching(input.value);
  if (found.length === 0) return close();
  list.replaceChildren(...found.map(optionOf));
  input.after(list);
  const box = input.getBoundingClientRect();
  list.classList.toggle(
    'hx-upward',
    box.bottom + list.offsetHeight > innerHeight && box.top > list.offsetHeight,
  );
  input.setAttribute('aria-expanded', 'true');
  activate(0);
};

/** @param {HTMLInputElement} input */
const showName = (input) => {
  const account = findAccount(input.value);
  const label = input.parentElement?.querySelector('[data-account-name]');
  if (label) label.textContent = account?.name ?? '';
  const unknown = input.value.trim() !== '' && account === undefined;
  input.setCustomValidity(unknown ? 'There is no such account' : '');
  if (unknown) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
  if (label && unknown) label.textContent = 'No such account';
};

const choose = () => {
  const option = list.children[active];
  if (field === null || !(option instanceof HTMLElement)) return;
  field.value = option.dataset.code ?? field.value;
  close();
  showName(field);
  field.dispatchEvent(new Event('change', { bubbles: true }));
};

/** @param {Event} event @returns {HTMLInputElement | null} */
const fieldOf = (event) =>
  event.target instanceof HTMLInputElement && event.target.matches('[data-accounts]') ? event.target : null;

document.addEventListener('focusin', (event) => {
  field = fieldOf(event);
  if (field === null) return;
  field.removeAttribute('list'); // The browser's own list would cover ours.
  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': list.id,
  })) {
    field.setAttribute(name, value);
  }
  field.select();
});

document.addEventListener('focusout', (event) => {
  const left = fieldOf(event);
  if (left === null) return;
  close();
  showName(left);
});

document.addEventListener('input', (event) => {
  const input = fieldOf(event);
  if (input) open(input, false);
});

document.addEventListener('keydown', (event) => {
  const input = fieldOf(event);
  if (input === null || event.isComposing) return;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    if (!isOpen()) return open(input, true);
    const last = list.children.length - 1;
    const next = event.key === 'ArrowDown' ? active + 1 : active - 1;
    activate(next > last ? 0 : next < 0 ? last : next);
  } else if (event.key === 'Escape' && isOpen()) {
    event.preventDefault();
    close();
  } else if ((event.key === 'Enter' || event.key === 'Tab') && isOpen()) {
    if (event.key === 'Enter') event.preventDefault();
    choose();
  }
});

// The press of a mouse would first take the focus and so close the list.
list.addEventListener('mousedown', (event) => {
  event.preventDefault();
  const option = event.target instanceof Element ? event.target.closest('li') : null;
  if (option === null) return;
  activate([...list.children].indexOf(option));
  choose();
});
