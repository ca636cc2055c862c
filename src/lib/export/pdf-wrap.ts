// Text in lines for print, where too much of it ends in an ellipsis rather than in its neighbour.

/** Measures a text in one weight and size. */
export type Measure = (text: string) => number;

/** As much of a text as fits, in whole letters; an ellipsis tells that it goes on. */
function cutText(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  const letters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  const cut = (kept: number) => `${letters.slice(0, kept).join('').trimEnd()}…`;
  let [fits, tooMany] = [0, letters.length];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (measure(cut(middle)) <= width) fits = middle;
    else tooMany = middle;
  }
  return cut(fits);
}

/**
 * A text in at most `most` lines of a width, broken at blanks. What does not fit in them, and a word too long for a
 * line, ends in an ellipsis. An empty text has no line.
 */
export function wrapText(text: string, width: number, measure: Measure, most: number): string[] {
  if (text === '') return [];
  const lines: string[] = [];
  const words = text.split(' ');
  let line = words.shift() ?? '';
  for (const [index, word] of words.entries()) {
    if (measure(`${line} ${word}`) <= width) line += ` ${word}`;
    else if (lines.length + 1 < most) {
      lines.push(cutText(line, width, measure));
      line = word;
    } else {
      line = [line, ...words.slice(index)].join(' ');
      break;
    }
  }
  return [...lines, cutText(line, width, measure)];
}
