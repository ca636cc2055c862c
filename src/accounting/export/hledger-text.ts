// Makes any text harmless where hledger would read a meaning into it (hledger.org/1.25/hledger.html, "Journal").

/** One line without control characters and runs of blanks, which hledger takes for the end of an account's name. */
const oneLine = (text: string) => text.replaceAll(/[\s\p{Cc}\p{Z}]+/gu, ' ').trim();

/** A part of an account's name: colons would divide it, a semicolon looks like a comment. Never empty. */
export function accountPart(text: string): string {
  return oneLine(text).replaceAll(':', '.').replaceAll(';', ',') || '_';
}

/** A whole account's name: marks of status and brackets of virtual postings are none behind an underscore. */
export function accountStart(name: string): string {
  return /^[*!([;#%|"'{}<=@~&]/.test(name) ? `_${name}` : name;
}

/** An entry's number between its parentheses. */
export function codeText(text: string): string {
  return oneLine(text).replaceAll('(', '[').replaceAll(')', ']');
}

/** A description: behind a semicolon it would be a comment, and a bar would divide payee from note. */
export function descriptionText(text: string): string {
  return oneLine(text).replaceAll(';', ',').replaceAll('|', '/');
}

/**
 * A comment. A word with a colon would be a tag, which hledger reads as the posting's date if it is called so, and
 * square brackets may hold such a date.
 */
export function commentText(text: string): string {
  return oneLine(text).replaceAll(/ ?:/g, ' :').replaceAll('[', '(').replaceAll(']', ')');
}
