// Calendar days as 'YYYY-MM-DD' strings, because books know days and never instants or time zones.

const SHAPE = /^(?:19|20|21)\d{2}-\d{2}-\d{2}$|^2200-\d{2}-\d{2}$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Whether a text is a real Gregorian day written exactly 'YYYY-MM-DD', in the years 1900 to 2200.
 * '2026-02-29', '2026-2-1' and '1899-12-31' are not. Such texts compare in order of time with `<`.
 */
export function isIsoDate(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8));
  if (month < 1 || month > 12 || day < 1) return false;
  // Every month has 28 days; only beyond them the calendar has to be asked, which costs far more than the rest.
  return (
    day <= 28 || day <= Temporal.PlainYearMonth.from({ year: Number(text.slice(0, 4)), month }).daysInMonth
  );
}

/** The day `days` after an ISO date (before it when negative). Throws a RangeError on a bad date. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/**
 * The same day of the month `months` later, or that month's last day where it is shorter:
 * one month after 2026-01-31 is 2026-02-28. Throws a RangeError on a bad date.
 */
export function addMonths(date: string, months: number): string {
  return Temporal.PlainDate.from(date).add({ months }).toString();
}

/** How many days `to` lies after `from`; negative when it lies before. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to).days;
}

/** The day of the week, 1 for Monday to 7 for Sunday (ISO 8601). */
export function dayOfWeek(date: string): number {
  return Temporal.PlainDate.from(date).dayOfWeek;
}

/** Today in an IANA time zone such as 'Asia/Kathmandu'. Throws a RangeError on an unknown zone. */
export function today(timeZone: string): string {
  return Temporal.Now.plainDateISO(timeZone).toString();
}

/** A month for people: '2026-11-23' becomes 'Nov 2026'. */
export function formatMonth(date: string): string {
  return `${MONTHS[Number(date.slice(5, 7)) - 1]} ${date.slice(0, 4)}`;
}

/** A day for people: '2026-11-03' becomes '3 Nov 2026'. */
export function formatDate(date: string): string {
  return `${Number(date.slice(8, 10))} ${formatMonth(date)}`;
}
