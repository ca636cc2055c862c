// Reads CSV (RFC 4180) as a stream of records, each with the physical line on which it starts.
import { pipeline, Readable } from 'node:stream';
import { type InfoRecord, type Options, parse } from 'csv-parse';

/** `broken` says why the cells cannot be trusted; `raw` is the record as written, its lines ended by "\n". */
export type CsvRecord = { line: number; cells: string[]; raw: string; broken: string | null };

const WELL_QUOTED = /^(?:"[^"]*(?:""[^"]*)*"|[^",]*)(?:,(?:"[^"]*(?:""[^"]*)*"|[^",]*))*$/;

const options = {
  info: true,
  raw: true,
  record_delimiter: '\n',
  skip_empty_lines: true,
  relax_column_count: true,
  // The parser would lose its way behind a misplaced quote; so it takes all, and brokenness is judged here.
  relax_quotes: true,
  skip_records_with_error: true,
};

type Parsed = { info: InfoRecord; record: string[]; raw: string };

const newlines = (text: string) => text.split('\n').length - 1;

/** UTF-8 without byte order mark; all line ends become "\n", so that lines are counted alike everywhere. */
async function* plainText(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held = '';
  for await (const chunk of source) {
    const text = held + decoder.decode(chunk, { stream: true });
    // A line feed may follow in the next chunk.
    held = text.endsWith('\r') ? '\r' : '';
    yield text.slice(0, text.length - held.length).replaceAll(/\r\n?/g, '\n');
  }
  yield (held + decoder.decode()).replaceAll('\r', '\n');
}

function brokennessOf(raw: string): string | null {
  if (raw.includes('\ufffd')) return 'this is not UTF-8 text; save the file as UTF-8';
  if (raw.includes('\0')) return 'a NUL character is no text';
  if (raw.includes('"') && !WELL_QUOTED.test(raw)) {
    return 'a quote is misplaced: a cell with quotes stands in quotes as a whole, and those within are doubled';
  }
  return null;
}

/** The records of a CSV file, blank lines left out. Throws only what reading the source throws. */
export async function* csvRecords(source: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  const unclosed: CsvRecord[] = [];
  const onSkip: NonNullable<Options['on_skip']> = (error, written = '') => {
    const raw = written.replace(/^\n+/, '').replace(/\n$/, '');
    const line = Number(error?.lines ?? 1) - newlines(raw);
    unclosed.push({ line, cells: [], raw, broken: 'a quote is opened here and never closed' });
  };
  const parser = parse({ ...options, on_skip: onSkip });
  // The loop below is told of every failure by the parser itself.
  pipeline(Readable.from(plainText(source)), parser, () => {});
  for await (const { info, record, raw: written } of parser as AsyncIterable<Parsed>) {
    const raw = written.replace(/^\n+/, '').replace(/\n$/, '');
    yield { line: info.lines - newlines(raw), cells: record, raw, broken: brokennessOf(raw) };
  }
  yield* unclosed;
}
