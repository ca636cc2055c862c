// Hands the Bikram Sambat calendar to the script that shows a keyed day in it.
import { BIKRAM_SAMBAT_MONTHS } from '#lib/bikram-sambat';
import { BIKRAM_SAMBAT_YEARS } from '#lib/bikram-sambat-years';
import { type Html, html } from '#lib/html';

const years = Object.entries(BIKRAM_SAMBAT_YEARS).map(
  ([year, [newYear, lengths]]) => `${year} ${newYear} ${lengths.join(' ')}`,
);
const names = BIKRAM_SAMBAT_MONTHS.map(({ name }) => name).join(' ');

/** A meta element: for each year its number, the Gregorian day of 1 Baishakh, and the lengths of its months. */
export function bikramSambatTable(): Html {
  return html`<meta name="bikram-sambat" content="${years.join(';')}" data-months="${names}">
`;
}
