// A date as the company's people know it, with the Bikram Sambat day for those who keep their books by it.
import { BIKRAM_SAMBAT_MONTHS, toBikramSambat } from '#lib/bikram-sambat';
import { formatDate } from '#lib/dates';
import { type Html, html } from '#lib/html';
import type { Calendar } from '#lib/tenant-tx';

/**
 * `iso` is a Gregorian ISO date; the Bikram Sambat day is left out of years that its table does not know. `short` leaves
 * the Bikram Sambat year out, for the columns of a table.
 */
export function dateLabel(iso: string, calendar: Calendar, form: 'full' | 'short' = 'full'): Html {
  const gregorian = html`<time datetime="${iso}">${formatDate(iso)}</time>`;
  const nepali = calendar === 'bikram_sambat' && nepaliDate(iso, form);
  return nepali ? html`${gregorian} <span class="hx-bs">${nepali}</span>` : gregorian;
}

/** An instant (ISO, UTC) by the clock of a company's IANA time zone: 23 Nov 2026, 15:45. */
export function timeLabel(instant: string, timeZone: string): Html {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone);
  const clock = local.toPlainTime().toString({ smallestUnit: 'minute' });
  return html`<time datetime="${instant}">${formatDate(local.toPlainDate().toString())}, ${clock}</time>`;
}

function nepaliDate(iso: string, form: 'full' | 'short'): string | null {
  try {
    const { year, month, day } = toBikramSambat(iso);
    const name = BIKRAM_SAMBAT_MONTHS[month - 1]?.name;
    return form === 'short' ? `${day} ${name}` : `${day} ${name} ${year}`;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
