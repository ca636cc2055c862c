// The help that the key ? opens: every shortcut on one card.
import { type Html, html } from '#lib/html';
import { icon } from './icon.ts';
import { navigation } from './settings.ts';

const inTheGrid: readonly [string, string][] = [
  ['Tab / Enter', 'Next cell; a new line after the last one'],
  ['Shift Tab', 'Back'],
  ['↑ ↓', 'Choose an account; Esc closes the list'],
  ['=', 'Fill in what balances the entry'],
  ['Alt Delete', 'Remove the line'],
  ['Ctrl Enter', 'Post'],
  ['Ctrl S', 'Save as a draft'],
];

/** A native dialog that stays closed until app.js shows it. */
export function shortcutsDialog(): Html {
  const places = navigation.flatMap((section) => section.items);
  return html`<dialog id="shortcuts" class="hx-dialog" aria-labelledby="shortcuts-title">
<form method="dialog"><button class="hx-dialog-close" aria-label="Close">${icon('close')}</button></form>
<h2 id="shortcuts-title">Keyboard shortcuts</h2>
<div class="hx-keys">
<section><h3>Anywhere</h3><dl>
${key('n', 'New entry')}${key('/', 'Search')}
${places.map((item) => key(`g ${item.key}`, item.label))}
${key('?', 'This help')}
</dl></section>
<section><h3>In the entry grid</h3><dl>${inTheGrid.map(([keys, meaning]) => key(keys, meaning))}</dl></section>
</div>
</dialog>`;
}

function key(keys: string, meaning: string): Html {
  const parts = keys
    .split(' ')
    .map((part) => (part === '/' && keys !== '/' ? html`<i>or</i>` : html`<kbd>${part}</kbd>`));
  return html`<div><dt>${parts}</dt><dd>${meaning}</dd></div>`;
}
