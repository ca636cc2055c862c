// XML as workbooks need it: every text and attribute is escaped here, in one place.

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML 1.0 and Excel read it back; what neither can hold is shown as U+FFFD. */
export function xmlText(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids.
      .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\uFFFE\uFFFF]/g, '\uFFFD')
      .replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter)
      // Excel reads _x0041_ as the letter A, so an underscore that looks like such a code is written as one.
      .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
  );
}

/** The attributes of an element, by name; one that is undefined is left out. */
export type Attributes = Record<string, string | number | undefined>;

/** The start of an element whose end is written later. */
export function startOf(name: string, attributes: Attributes = {}): string {
  let written = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) written += ` ${key}="${typeof value === 'number' ? value : xmlText(value)}"`;
  }
  return `${written}>`;
}

/** The end of an element. */
export function endOf(name: string): string {
  return `</${name}>`;
}

/** An element around `inner`, which is XML already: other elements, or a text through xmlText. */
export function element(name: string, attributes: Attributes = {}, ...inner: string[]): string {
  return startOf(name, attributes) + inner.join('') + endOf(name);
}
