// Says what a ready-made chart is, and reads the indented text in which the charts are written.

import type { AccountType, AccountCategory as Category } from '../accounts/account.ts';

export type { AccountType };

/** What the accounts of a company's daily business are for; null for all others. */
export type AccountCategory = Category | null;

/** An account to be created. Groups hold other accounts and are never posted. A chart lists parents first. */
export type ChartAccount = {
  code: string;
  name: string;
  type: AccountType;
  parent: string | null;
  group: boolean;
  category: AccountCategory;
};

type Line = { depth: number; code: string; name: string; category: AccountCategory };

function readLine(text: string): Line {
  const match = /^((?: {2})*)(\d+) (.+?)(?: \[(\w+)\])?$/.exec(text);
  if (!match) throw new SyntaxError(`no line of a chart: "${text}"`);
  const [, indent = '', code = '', name = '', category = null] = match;
  return { depth: indent.length / 2, code, name, category: category as AccountCategory };
}

/**
 * Reads the accounts of one type from an outline: one `CODE Name [category]` a line, two spaces of indent for
 * each group above it. What has a deeper line below it is a group.
 */
export function chartOf(type: AccountType, outline: string): ChartAccount[] {
  const lines = outline
    .split('\n')
    .filter((text) => text.trim() !== '')
    .map(readLine);
  const above: string[] = [];
  return lines.map(({ depth, code, name, category }, index) => {
    above.splice(depth, above.length, code);
    const group = (lines[index + 1]?.depth ?? 0) > depth;
    return { code, name, type, parent: above[depth - 1] ?? null, group, category };
  });
}
