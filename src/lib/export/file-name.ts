// Names for downloads that no file system refuses, no header breaks on and a Nepali reader can read.

// File systems hold 255 bytes, and a browser may add a number.
const MAX_BYTES = 200;

/**
 * A file name of parts such as a report, a company and a day: "trial-balance-Lhotse Ltd-2026-11-23.csv". It keeps letters
 * of every script, and never holds a path, a control character or what Windows forbids.
 */
export function fileNameOf(parts: string[], extension: string): string {
  const stem = parts
    .map((part) => part.toWellFormed().replace(/[\p{C}<>:"/\\|?*\uFFFD]+/gu, ' '))
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => part !== '')
    .join('-');
  // Cut between what readers take for letters, so that no vowel sign loses its consonant.
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(stem)) {
    if (Buffer.byteLength(cut + segment) > MAX_BYTES) break;
    cut += segment;
  }
  return `${cut.replace(/^[. ]+|[. ]+$/g, '') || 'report'}.${extension}`;
}

/**
 * The Content-Disposition of a download (RFC 6266): the name in ASCII for old programs, and in full as RFC 8187 writes it
 * for all others.
 */
export function contentDisposition(fileName: string): string {
  const ascii = fileName
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]+|["\\%]/g, '_');
  const full = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${full}`;
}
