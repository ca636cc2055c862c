// The Bikram Sambat months of 2070 to 2090, because their lengths follow the sun and no simple formula.

/** The last year whose calendar Nepal's Panchanga committee has published; later years are computed. */
export const LAST_PUBLISHED_YEAR = 2083;

/**
 * For each Bikram Sambat year: the Gregorian day of 1 Baishakh and the lengths of its twelve months.
 *
 * Nepal Panchanga Nirnayak Samiti publishes one year at a time, a few months ahead; 2070 to 2083 are
 * as published, and three independent npm packages agree on them. From 2084 packages disagree with
 * each other: nepali-date-converter (2087–2090) and bikram-sambat (2084–2090) carry an older list with
 * months up to a day and a half off the sun. The table follows the rule by which the committee's
 * almanacs are computed, the sun's entry into each sign by the Surya Siddhanta; the rule gives every
 * published month, and for 2084–2090 the same as Nepali Patro and nepali-datetime. The test computes it.
 * When a year is published, compare it, and correct the row if the committee decided otherwise.
 */
export const BIKRAM_SAMBAT_YEARS: Readonly<Record<number, readonly [string, readonly number[]]>> = {
  2070: ['2013-04-14', [31, 31, 31, 32, 31, 31, 29, 30, 30, 29, 30, 30]],
  2071: ['2014-04-14', [31, 31, 32, 31, 31, 31, 30, 29, 30, 29, 30, 30]],
  2072: ['2015-04-14', [31, 32, 31, 32, 31, 30, 30, 29, 30, 29, 30, 30]],
  2073: ['2016-04-13', [31, 32, 31, 32, 31, 30, 30, 30, 29, 29, 30, 31]],
  2074: ['2017-04-14', [31, 31, 31, 32, 31, 31, 30, 29, 30, 29, 30, 30]],
  2075: ['2018-04-14', [31, 31, 32, 31, 31, 31, 30, 29, 30, 29, 30, 30]],
  2076: ['2019-04-14', [31, 32, 31, 32, 31, 30, 30, 30, 29, 29, 30, 30]],
  2077: ['2020-04-13', [31, 32, 31, 32, 31, 30, 30, 30, 29, 30, 29, 31]],
  2078: ['2021-04-14', [31, 31, 31, 32, 31, 31, 30, 29, 30, 29, 30, 30]],
  2079: ['2022-04-14', [31, 31, 32, 31, 31, 31, 30, 29, 30, 29, 30, 30]],
  2080: ['2023-04-14', [31, 32, 31, 32, 31, 30, 30, 30, 29, 29, 30, 30]],
  2081: ['2024-04-13', [31, 32, 31, 32, 31, 30, 30, 30, 29, 30, 29, 31]],
  2082: ['2025-04-14', [31, 31, 32, 31, 31, 31, 30, 29, 30, 29, 30, 30]],
  2083: ['2026-04-14', [31, 31, 32, 31, 31, 31, 30, 29, 30, 29, 30, 30]],
  2084: ['2027-04-14', [31, 32, 31, 32, 31, 30, 30, 30, 29, 29, 30, 31]],
  2085: ['2028-04-14', [30, 32, 31, 32, 31, 30, 30, 30, 29, 30, 29, 31]],
  2086: ['2029-04-14', [31, 31, 32, 31, 31, 31, 30, 29, 30, 29, 30, 30]],
  2087: ['2030-04-14', [31, 31, 32, 32, 31, 30, 30, 29, 30, 29, 30, 30]],
  2088: ['2031-04-14', [31, 32, 31, 32, 31, 30, 30, 30, 29, 29, 30, 31]],
  2089: ['2032-04-14', [30, 32, 31, 32, 31, 30, 30, 30, 29, 30, 29, 31]],
  2090: ['2033-04-14', [31, 31, 32, 31, 31, 31, 30, 29, 30, 29, 30, 30]],
};
