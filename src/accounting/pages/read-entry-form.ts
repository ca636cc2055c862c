// Turns the entry grid's urlencoded fields into an entry body, and keeps what was keyed for showing it again.
import { displayAmount } from '#lib/display-amount';

/** One row of the grid as it was keyed. */
export type EntryFormLine = { account: string; debit: string; credit: string; memo: string };

/**
 * The grid as it was keyed. `id` is the entry's UUIDv7, made when the form was first shown, so that sending the same
 * form twice cannot post twice; `version` is that of the edited draft, '' for a new entry.
 */
export type EntryForm = {
  id: string;
  version: string;
  entry_date: string;
  memo: string;
  reference: string;
  lines: EntryFormLine[];
};

/** What the pressed button asks for: post, keep as a draft, or only show more rows (for browsers without scripts). */
export type EntryFormAction = 'post' | 'draft' | 'more';

const fields = ['account', 'debit', 'credit', 'memo'] as const;

/**
 * Reads fields named `entry_date`, `lines[0][account]` and so on. Rows without any text are dropped and the rest keep
 * their order, so that `/lines/2` of a fault is row 2 of the form shown again. Whatever is missing reads as ''.
 */
export function readEntryForm(body: unknown): { form: EntryForm; action: EntryFormAction } {
  const sent = new Map<string, unknown>(
    typeof body === 'object' && body !== null ? Object.entries(body) : [],
  );
  const text = (name: string) => {
    const value = sent.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const rows = new Map<number, EntryFormLine>();
  for (const name of sent.keys()) {
    const [, row] = /^lines\[(\d{1,5})\]\[(?:account|debit|credit|memo)\]$/.exec(name) ?? [];
    if (row === undefined || rows.has(Number(row))) continue;
    const [account = '', debit = '', credit = '', memo = ''] = fields.map((field) =>
      text(`lines[${row}][${field}]`),
    );
    if (account + debit + credit + memo !== '') rows.set(Number(row), { account, debit, credit, memo });
  }
  const lines = [...rows].sort(([a], [b]) => a - b).map(([, line]) => line);
  const head = { entry_date: text('entry_date'), memo: text('memo'), reference: text('reference') };
  const action = text('action') === 'draft' ? 'draft' : text('action') === 'more' ? 'more' : 'post';
  return { form: { id: text('id'), version: text('version'), ...head, lines }, action };
}

/** The body that the entry API would be sent for this form; amounts lose their grouping, blanks become absent. */
export function entryBodyOf(form: EntryForm) {
  return {
    entry_date: form.entry_date,
    memo: form.memo,
    reference: form.reference || null,
    lines: form.lines.map(({ account, debit, credit, memo }) => ({
      account,
      debit: plainAmount(debit) || null,
      credit: plainAmount(credit) || null,
      memo: memo || null,
    })),
  };
}

/** The form for editing what is stored; amounts are grouped as people of that currency write them. */
export function entryFormOf(
  entry: {
    id: string;
    version: number;
    entry_date: string;
    memo: string;
    reference: string | null;
    lines: readonly { account: string; debit: string | null; credit: string | null; memo: string | null }[];
  },
  currency: string,
): EntryForm {
  const amount = (text: string | null) => (text === null ? '' : displayAmount(text, currency));
  return {
    id: entry.id,
    version: String(entry.version),
    entry_date: entry.entry_date,
    memo: entry.memo,
    reference: entry.reference ?? '',
    lines: entry.lines.map((line) => ({
      account: line.account,
      debit: amount(line.debit),
      credit: amount(line.credit),
      memo: line.memo ?? '',
    })),
  };
}

/**
 * "1,234.5", "1,00,000" and "१,२३४" without their grouping and in ASCII digits. Commas are taken for grouping only where
 * groups of two or three digits follow, so that "1,5" is refused later instead of being read as fifteen.
 */
export function plainAmount(text: string): string {
  const ascii = text.replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x0966)).replace(/\s/g, '');
  const grouped = /^-?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?$/.test(ascii);
  return (grouped ? ascii.replaceAll(',', '') : ascii).replace(/\.$/, '').replace(/^(-?)\./, '$10.');
}
