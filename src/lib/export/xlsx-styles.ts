// The looks of cells in a workbook, numbered as they are first used, because the part that lists them is written last.
import { element } from './xlsx-xml.ts';

/** How a cell looks. `format` is a number format; `indent` counts steps; `quoted` keeps text text when it is edited. */
export type CellLook = {
  bold?: boolean;
  size?: number;
  muted?: boolean;
  rule?: 'above' | 'below';
  right?: boolean;
  wrap?: boolean;
  indent?: number;
  quoted?: boolean;
  format?: string;
};

const INK = 'FF1F2937';
const MUTED = 'FF6B7280';

// Numbers below this one are Excel's own formats.
const FIRST_FORMAT = 164;

const edge = (name: string, drawn: boolean) =>
  drawn ? element(name, { style: 'thin' }, element('color', { rgb: MUTED })) : element(name);

const borders = ([undefined, 'above', 'below'] as const).map((rule) =>
  element(
    'border',
    {},
    element('left'),
    element('right'),
    edge('top', rule === 'above'),
    edge('bottom', rule === 'below'),
    element('diagonal'),
  ),
);

/** A list without doubles that tells the place of each of its members. */
class Numbered {
  readonly #places = new Map<string, number>();

  placeOf(member: string): number {
    const known = this.#places.get(member);
    if (known !== undefined) return known;
    this.#places.set(member, this.#places.size);
    return this.#places.size - 1;
  }

  members(): string[] {
    return [...this.#places.keys()];
  }
}

const listOf = (name: string, members: string[]) => element(name, { count: members.length }, ...members);

const fontOf = ({ bold, size = 11, muted }: CellLook) =>
  element(
    'font',
    {},
    bold ? element('b') : '',
    element('sz', { val: size }),
    element('color', { rgb: muted ? MUTED : INK }),
    element('name', { val: 'Calibri' }),
    element('family', { val: 2 }),
  );

function alignmentOf({ right, wrap, indent = 0 }: CellLook): string {
  const horizontal = right ? 'right' : indent > 0 ? 'left' : undefined;
  const steps = !right && indent > 0 ? indent : undefined;
  return element('alignment', { vertical: 'top', horizontal, indent: steps, wrapText: wrap ? 1 : undefined });
}

/** The looks used in one workbook. Their number is bounded by what a report can ask for, never by its rows. */
export class Looks {
  readonly #fonts = new Numbered();
  readonly #formats = new Numbered();
  readonly #cells = new Numbered();

  constructor() {
    this.numberOf({});
  }

  /** The number that a cell carries to look so. */
  numberOf(look: CellLook): number {
    const { rule, format, quoted } = look;
    const attributes = {
      numFmtId: format === undefined ? 0 : FIRST_FORMAT + this.#formats.placeOf(format),
      fontId: this.#fonts.placeOf(fontOf(look)),
      fillId: 0,
      borderId: rule === undefined ? 0 : rule === 'above' ? 1 : 2,
      xfId: 0,
      applyNumberFormat: 1,
      applyFont: 1,
      applyBorder: 1,
      applyAlignment: 1,
      quotePrefix: quoted ? 1 : undefined,
    };
    return this.#cells.placeOf(element('xf', attributes, alignmentOf(look)));
  }

  /** The inside of the part xl/styles.xml, in the order that its schema asks for. */
  xml(): string {
    const formats = this.#formats
      .members()
      .map((formatCode, place) => element('numFmt', { numFmtId: FIRST_FORMAT + place, formatCode }));
    const fills = ['none', 'gray125'].map((patternType) =>
      element('fill', {}, element('patternFill', { patternType })),
    );
    const base = element('xf', { numFmtId: 0, fontId: 0, fillId: 0, borderId: 0 });
    return [
      formats.length > 0 ? listOf('numFmts', formats) : '',
      listOf('fonts', this.#fonts.members()),
      listOf('fills', fills),
      listOf('borders', borders),
      listOf('cellStyleXfs', [base]),
      listOf('cellXfs', this.#cells.members()),
      listOf('cellStyles', [element('cellStyle', { name: 'Normal', xfId: 0, builtinId: 0 })]),
    ].join('');
  }
}
