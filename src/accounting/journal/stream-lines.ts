// Cuts a stream of bytes into lines and hands them on in batches, holding no more than one piece and one line.
import { Problem } from '#lib/problem';

/** A line's number, from 1, and its bytes without the line feed. */
export type NumberedLine = { line: number; bytes: Buffer };

/** The longest line in bytes, and the most lines in a batch. */
export type LineLimits = { bytes: number; perBatch: number };

const defaults: LineLimits = { bytes: 1_048_576, perBatch: 1000 };

const isBlank = (bytes: Buffer) => bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);

/** Collects the pieces of a line until its end has come. */
class OpenLine {
  #pieces: Buffer[] = [];
  bytes = 0;

  add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.bytes += piece.length;
    // A sender of single bytes must not make us hold a buffer for each.
    if (this.#pieces.length > 64) this.#pieces = [Buffer.concat(this.#pieces)];
  }

  end(): Buffer {
    const [only, ...more] = this.#pieces;
    const whole = only && more.length === 0 ? only : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.bytes = 0;
    return whole;
  }
}

/**
 * The lines of the chunks, blank ones left out, in batches: the lines that end in one chunk come together, but no more than
 * `perBatch`. The next chunk is asked for when the batches before it are done with. Throws a too-large Problem at a line
 * over the limit, after the lines before it.
 */
export async function* lineBatches(
  chunks: AsyncIterable<Buffer>,
  limits: LineLimits = defaults,
): AsyncGenerator<NumberedLine[], void, void> {
  const open = new OpenLine();
  let line = 0;
  for await (const chunk of chunks) {
    let batch: NumberedLine[] = [];
    for (let start = 0, end = 0; start < chunk.length; start = end + 1) {
      end = chunk.indexOf(0x0a, start);
      const ends = end !== -1;
      if (!ends) end = chunk.length;
      open.add(chunk.subarray(start, end));
      if (open.bytes > limits.bytes) {
        if (batch.length > 0) yield batch;
        throw lineTooLong(line + 1, limits);
      }
      if (!ends) break;
      line += 1;
      const bytes = open.end();
      if (!isBlank(bytes)) batch.push({ line, bytes });
      if (batch.length < limits.perBatch) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
  const bytes = open.end();
  if (!isBlank(bytes)) yield [{ line: line + 1, bytes }];
}

function lineTooLong(line: number, limits: LineLimits): Problem {
  const detail = `line ${line} is longer than ${limits.bytes} bytes`;
  return new Problem('too-large', 'request/line-too-long', detail);
}
