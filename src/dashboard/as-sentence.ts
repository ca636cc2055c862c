// A problem's detail begins small, as programs quote it; a reader gets a sentence.

/** The text with its first letter large; a quotation at its beginning stays as it was keyed. */
export function asSentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
