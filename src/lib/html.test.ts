// Proves that nothing a user typed can become markup.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Renderable } from './html.ts';
import { html } from './html.ts';

const hostile = '"><script>alert(1)</script>&\'';

test('a script in text is escaped', () => {
  assert.equal(
    String(html`<p>${hostile}</p>`),
    '<p>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;</p>',
  );
});

test('a script in an attribute stays inside the attribute', () => {
  const markup = String(html`<a title="${hostile}">x</a>`);
  assert.ok(!markup.includes('<script'));
  assert.equal(markup.indexOf('">x</a>'), markup.lastIndexOf('">'));
});

test('nested markup and arrays of it pass once, not twice escaped', () => {
  const items = ['a&b', 'c'].map((text) => html`<li>${text}</li>`);
  assert.equal(String(html`<ul>${items}</ul>`), '<ul><li>a&amp;b</li><li>c</li></ul>');
});

test('null, undefined and false render nothing, zero renders itself', () => {
  assert.equal(String(html`${null}${undefined}${false}${0}${12n}`), '012');
});

test('an object that only claims to be escaped is refused', () => {
  const claim = { isEscaped: true, toString: () => '<script>' } as unknown as Renderable;
  assert.throws(() => html`${claim}`, TypeError);
  assert.throws(() => html`${[claim]}`, TypeError);
});

test('a promise is refused, so that no page waits unseen', () => {
  assert.throws(() => html`${Promise.resolve('x') as unknown as Renderable}`, TypeError);
});
