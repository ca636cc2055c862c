// Noto Sans for PDF: Latin, Greek, Cyrillic and Devanagari in one file, each run of a script shaped by its own rules.
import { createRequire } from 'node:module';
import type { Font, Glyph, GlyphPosition } from 'fontkit';

/** A weight of the font. */
export type Weight = 'regular' | 'bold';

/** Both weights, as PDFKit takes them, and the width of a text in points. */
export type Fonts = {
  readonly regular: Font;
  readonly bold: Font;
  widthOf(text: string, weight: Weight, size: number): number;
};

type Run = { glyphs: Glyph[]; positions: GlyphPosition[]; advanceWidth: number };

// Shaping is slow and words come again, so the last of them are kept; figures, which do not, are laid out glyph by glyph.
const KEPT_WORDS = 10_000;
const FIGURES = /^[\d.,\-−/: ]*$/;

// Marks and punctuation belong to the run that they stand in; the font's tables know one script at a time.
const RUNS = /(?:\p{scx=Devanagari}\p{scx=Inherited}*)+|[^\p{scx=Devanagari}]+/gu;

const position = (advance: number): GlyphPosition => ({
  xAdvance: advance,
  yAdvance: 0,
  xOffset: 0,
  yOffset: 0,
});

const runOf = (glyphs: Glyph[], positions: GlyphPosition[]): Run => ({
  glyphs,
  positions,
  advanceWidth: positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0),
});

/** Gives a font a layout that knows several scripts in one text and remembers the words of the last pages. */
function withScripts(font: Font): Font {
  const shape = font.layout.bind(font);
  const figures = new Map<string, Glyph>();
  const words = new Map<string, Run>();

  const figureOf = (letter: string): Glyph => {
    const glyph = figures.get(letter) ?? font.glyphForCodePoint(letter.codePointAt(0) ?? 0);
    figures.set(letter, glyph);
    return glyph;
  };
  const shaped = (word: string): Run => {
    const known = words.get(word);
    if (known !== undefined) return known;
    const runs = (word.match(RUNS) ?? []).map((run) => shape(run));
    const run = runOf(
      runs.flatMap(({ glyphs }) => glyphs),
      runs.flatMap(({ positions }) => positions),
    );
    if (words.size >= KEPT_WORDS) words.clear();
    words.set(word, run);
    return run;
  };
  const layout = (text: string): Run => {
    if (!FIGURES.test(text)) {
      const { glyphs, positions } = shaped(text);
      // PDFKit scales the positions that it is given in place, so what is kept must be a copy.
      return runOf(
        glyphs,
        positions.map((kept) => ({ ...kept })),
      );
    }
    const glyphs = [...text].map(figureOf);
    return runOf(
      glyphs,
      glyphs.map(({ advanceWidth }) => position(advanceWidth)),
    );
  };
  return Object.assign(font, { layout });
}

async function openFonts(): Promise<Fonts> {
  const { openSync } = await import('fontkit');
  const { resolve } = createRequire(import.meta.url);
  const open = (file: string) => {
    const font = openSync(resolve(`@expo-google-fonts/noto-sans/${file}.ttf`));
    if (!('layout' in font)) throw new Error(`${file} is a collection of fonts instead of one`);
    return withScripts(font);
  };
  const regular = open('400Regular/NotoSans_400Regular');
  const bold = open('600SemiBold/NotoSans_600SemiBold');
  return {
    regular,
    bold,
    widthOf(text, weight, size) {
      const font = weight === 'bold' ? bold : regular;
      // PDFKit lays a text out word by word with the blanks behind them; so these are the words to remember.
      const words = text.split(/(?<= )/).map((word) => font.layout(word).advanceWidth);
      return (words.reduce((sum, width) => sum + width, 0) / font.unitsPerEm) * size;
    },
  };
}

let opened: Promise<Fonts> | null = null;

/** The fonts, opened at the first PDF and kept, because they are large and a server may never write one. */
export function loadFonts(): Promise<Fonts> {
  opened ??= openFonts().catch((error) => {
    opened = null;
    throw error;
  });
  return opened;
}
