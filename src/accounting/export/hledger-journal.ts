// Writes entries as a journal that hledger reads, with its chart and its currency declared.
import { formatAmount } from '#lib/money';
import type { Tenant, TenantTx } from '#lib/tenant-tx';
import { listAccounts } from '../accounts/account.ts';
import { accountDirectives, hledgerNames } from './hledger-accounts.ts';
import { codeText, commentText, descriptionText } from './hledger-text.ts';
import type { PostedEntry, PostedLine } from './posted-entries.ts';

/** What of a company is needed to write its amounts. */
type Currency = Pick<Tenant, 'currency' | 'currencyScale'>;

/** hledger tells the decimals by a sample with a decimal mark, even when there are none: `1000. JPY`. */
const sampleOf = ({ currency, currencyScale }: Currency) =>
  `1000.${'0'.repeat(currencyScale)} ${currency.trim()}`;

/** A line in another currency is priced by its total in the company's, so that no rounded rate can unbalance the entry. */
function amountOf({ base, foreign }: PostedLine, { currency, currencyScale }: Currency): string {
  if (foreign === null) return `${formatAmount(base, currencyScale)} ${currency}`;
  const cost = formatAmount(base < 0n ? -base : base, currencyScale);
  return `${foreign.amount} ${foreign.currency} @@ ${cost} ${currency}`;
}

function commentsOf({ id, reference, reverses, reversed_by }: PostedEntry): string[] {
  const tags = [
    `id:${id}`,
    ...(reverses === null ? [] : [`reverses:${codeText(reverses)}`]),
    ...(reversed_by === null ? [] : [`reversed-by:${codeText(reversed_by)}`]),
  ];
  const kept = reference === null ? '' : commentText(reference);
  return [...(kept === '' ? [] : [`reference: ${kept}`]), tags.join(', ')];
}

/**
 * One entry with the blank line that ends it. `names` are hledger's names of accounts by code. Throws an Error for an account
 * without one, rather than to write a journal that lacks a line.
 */
export function hledgerEntry(
  entry: PostedEntry,
  names: ReadonlyMap<string, string>,
  currency: Currency,
): string {
  const head = `${entry.entry_date} * (${codeText(entry.number)}) ${descriptionText(entry.memo)}`.trimEnd();
  const comments = commentsOf(entry).map((comment) => `    ; ${comment}`);
  const postings = entry.lines.map((line) => {
    const name = names.get(line.account);
    if (name === undefined) throw new Error(`account ${line.account} is not in the chart`);
    const memo = line.memo === null ? '' : commentText(line.memo);
    return `    ${name}  ${amountOf(line, currency)}${memo === '' ? '' : `  ; ${memo}`}`;
  });
  return [head, ...comments, ...postings, '', ''].join('\n');
}

/** The journal in pieces of text: what declares it, then entry by entry. */
export async function* hledgerJournal(
  tx: TenantTx,
  entries: AsyncIterable<PostedEntry>,
): AsyncGenerator<string> {
  const accounts = await listAccounts(tx);
  const names = hledgerNames(accounts);
  const { tenant } = tx;
  const head = [`; ${commentText(tenant.name)}`, 'decimal-mark .', `commodity ${sampleOf(tenant)}`, ''];
  yield [...head, ...accountDirectives(accounts, names), '', ''].join('\n');
  for await (const entry of entries) yield hledgerEntry(entry, names, tenant);
}
