// Keeps texts from being run as formulas by the spreadsheet program that a CSV file is opened with (OWASP, CSV Injection).

/** What such a program may take for a formula: after blanks too, and in its full-width forms. */
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;

/** A text with an apostrophe before it if it could be run as a formula. */
export const harmless = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** The same for a file that is read in again: a text that itself begins with apostrophes and a formula gets one more. */
export const guarded = (text: string): string => (FORMULA.test(text.replace(/^'+/, '')) ? `'${text}` : text);

/** The text that was guarded. */
export const unguarded = (text: string): string =>
  text.startsWith("'") && FORMULA.test(text.replace(/^'+/, '')) ? text.slice(1) : text;
