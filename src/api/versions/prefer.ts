// Reads the header Prefer (RFC 7240): what a client would like, and may do without.

/** `return` and `handling` are null unless one of their two values is preferred. */
export type Preferences = {
  return: 'minimal' | 'representation' | null;
  handling: 'strict' | 'lenient' | null;
};

/** `name`, or `name=value`, or `name="value"`, before any parameters of its own. */
const PREFERENCE = /^\s*([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s;"]+))\s*(?:;|$)/i;

const oneOfThem = <const Word extends string>(words: readonly Word[], word: string | undefined) =>
  words.find((each) => each === word) ?? null;

/** What a header asks for. What is not understood is passed over, and of a preference that comes twice the first counts (2). */
export function readPreferences(header: string | string[] | undefined): Preferences {
  const text = [header ?? []].flat().join(',');
  const asked = new Map<string, string>();
  for (const each of text.split(',')) {
    const [, name = '', quoted, plain] = PREFERENCE.exec(each) ?? [];
    if (name !== '' && !asked.has(name.toLowerCase()))
      asked.set(name.toLowerCase(), (quoted ?? plain ?? '').toLowerCase());
  }
  return {
    return: oneOfThem(['minimal', 'representation'], asked.get('return')),
    handling: oneOfThem(['strict', 'lenient'], asked.get('handling')),
  };
}
