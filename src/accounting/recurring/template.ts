// The shapes of a recurring entry: the template that is given, and what is read back.
import type { EntryLine, LineInput } from '../journal/entry.ts';
import type { Schedule } from './schedule.ts';

export const reversalDays = ['next_day', 'next_period'] as const;

/** When each entry of a template is reversed by itself: on the day after its own, or on the first day of the next period. */
export type ReversalDay = (typeof reversalDays)[number];

/** What comes again, and when. An inactive template rests: nothing of it is posted, and nothing of it is forgotten. */
export type TemplateInput = Schedule & {
  name: string;
  memo: string;
  reference: string | null;
  reverses: ReversalDay | null;
  active: boolean;
  lines: LineInput[];
};

/** A template without its lines. `next_on` is the first day of its schedule that is not posted yet; null when no more come. */
export type TemplateSummary = Omit<TemplateInput, 'lines'> & {
  id: string;
  next_on: string | null;
  created_by: string | null;
  version: number;
};

/** A whole template. */
export type Template = TemplateSummary & { lines: EntryLine[] };

/** A coming entry: its day, and the day on which it will be reversed by itself. */
export type Occurrence = { date: string; reverse_on: string | null };
