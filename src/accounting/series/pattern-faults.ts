// Finds what is wrong with the pattern of a number, all of it at once.
import type { Fault } from '#lib/problem';
import type { NumberSeries } from './number-series.ts';

const KNOWN = /\{(?:series|fiscal_year|period|yyyy|yy|mm)\}/g;
const code = 'accounting/series-pattern';

function textFaults(pointer: string, text: string): Fault[] {
  const rest = text.replace(KNOWN, '');
  if (/\p{Cc}/u.test(rest)) {
    return [{ pointer, code, detail: 'a number has no line breaks and no other control characters' }];
  }
  if (!/[{}]/.test(rest)) return [];
  const unknown = /\{[^{}]*\}/.exec(rest)?.[0];
  const known = 'there are {series}, {fiscal_year}, {period}, {yyyy}, {yy} and {mm}';
  return [
    {
      pointer,
      code,
      detail: unknown ? `${unknown} means nothing; ${known}` : `a brace stands alone; ${known}`,
    },
  ];
}

/**
 * The faults of prefix, suffix and reset. Digits that begin again need the name of what they begin with: a fiscal year's name is
 * its own, while a Gregorian year or month can lie in two years or periods.
 */
export function patternFaults({ prefix, suffix, reset }: NumberSeries): Fault[] {
  const faults = [...textFaults('/prefix', prefix), ...textFaults('/suffix', suffix)];
  const wanted =
    reset === 'never' ? [] : reset === 'period' ? ['{fiscal_year}', '{period}'] : ['{fiscal_year}'];
  const missing = wanted.filter((name) => !prefix.includes(name) && !suffix.includes(name));
  if (missing.length > 0) {
    const detail = `digits that begin again with each ${reset.replace('_', ' ')} need ${missing.join(' and ')} in prefix or suffix`;
    faults.push({ pointer: '/reset', code, detail });
  }
  return faults;
}
