// Holds the rules of ISO dates: what is one, and how they move.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addDays, addMonths, dayOfWeek, daysBetween, formatDate, isIsoDate, today } from './dates.ts';

describe('ISO dates', () => {
  it('are real days between 1900 and 2200, written in full', () => {
    for (const good of ['1900-01-01', '2024-02-29', '2026-11-23', '2200-12-31'])
      assert.ok(isIsoDate(good), good);
    const bad = ['', '2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-2-1', '1899-12-31'];
    const worse = [
      '2201-01-01',
      '20261123',
      '2026-11-23T00:00:00',
      ' 2026-11-23',
      '2026-11-23\n',
      '२०८३-०१-०१',
    ];
    for (const text of [...bad, ...worse]) assert.ok(!isIsoDate(text), JSON.stringify(text));
  });

  it('move by days across months, years and leap days', () => {
    assert.equal(addDays('2024-02-28', 1), '2024-02-29');
    assert.equal(addDays('2026-01-01', -1), '2025-12-31');
    assert.equal(daysBetween('2024-01-01', '2025-01-01'), 366);
    assert.equal(daysBetween('2026-11-23', '2026-11-20'), -3);
  });

  it('move by months, to the last day where the month is shorter', () => {
    assert.equal(addMonths('2026-01-31', 1), '2026-02-28');
    assert.equal(addMonths('2026-11-15', 14), '2028-01-15');
    assert.equal(addMonths('2026-11-15', -18), '2025-05-15');
  });

  it('know their day of the week and how people write them', () => {
    assert.equal(dayOfWeek('2026-11-23'), 1);
    assert.equal(formatDate('2026-09-03'), '3 Sep 2026');
  });

  it('of today depend on the time zone', () => {
    assert.ok(isIsoDate(today('Asia/Kathmandu')));
    assert.ok(daysBetween(today('Pacific/Pago_Pago'), today('Pacific/Kiritimati')) >= 1);
    assert.throws(() => today('Moon/Tranquility'), RangeError);
  });
});
