// Checks the festivals against the public holidays of past and coming years.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { addDays } from '#lib/dates';
import { festivalsOf } from './festivals.ts';

it('Vijaya Dashami and Laxmi Puja fall within the days off that were published', () => {
  const published = {
    2022: ['2022-10-05', '2022-10-24'],
    2023: ['2023-10-24', '2023-11-12'],
    2024: ['2024-10-12', '2024-11-01'],
    2025: ['2025-10-02', '2025-10-20'],
    2026: ['2026-10-20', '2026-11-08'],
  };
  for (const [year, [dashami = '', laxmiPuja = '']] of Object.entries(published)) {
    const { dashainFrom, dashainTo, tiharFrom, tiharTo } = festivalsOf(Number(year));
    assert.ok(
      addDays(dashainFrom, 1) < dashami && dashami < dashainTo,
      `${dashainFrom} ${dashami} ${dashainTo}`,
    );
    assert.ok(tiharFrom <= laxmiPuja && laxmiPuja < tiharTo, `${tiharFrom} ${laxmiPuja} ${tiharTo}`);
  }
});
