// The looks of cells in a workbook, numbered as they are first used, because the part that lists them is written last.

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

const FONT = '<name val="Calibri"/><family val="2"/>';
const INK = '<color rgb="FF1F2937"/>';
const MUTED = '<color rgb="FF6B7280"/>';
const BORDERS = {
  none: '<border><left/><right/><top/><bottom/><diagonal/></border>',
  above:
    '<border><left/><right/><top style="thin"><color rgb="FF6B7280"/></top><bottom/><diagonal/></border>',
  below:
    '<border><left/><right/><top/><bottom style="thin"><color rgb="FF6B7280"/></bottom><diagonal/></border>',
};
const borderNames = Object.keys(BORDERS);

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

const listOf = (element: string, members: string[]) =>
  `<${element} count="${members.length}">${members.join('')}</${element}>`;

// Numbers below this one are Excel's own formats.
const FIRST_FORMAT = 164;

const fontOf = ({ bold, size, muted }: CellLook) =>
  `<font>${bold ? '<b/>' : ''}<sz val="${size ?? 11}"/>${muted ? MUTED : INK}${FONT}</font>`;

function alignmentOf({ right, wrap, indent = 0 }: CellLook): string {
  const horizontal = right
    ? ' horizontal="right"'
    : indent > 0
      ? ` horizontal="left" indent="${indent}"`
      : '';
  return `<alignment vertical="top"${horizontal}${wrap ? ' wrapText="1"' : ''}/>`;
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
    const format = look.format === undefined ? 0 : FIRST_FORMAT + this.#formats.placeOf(look.format);
    const font = this.#fonts.placeOf(fontOf(look));
    const border = borderNames.indexOf(look.rule ?? 'none');
    return this.#cells.placeOf(
      `<xf numFmtId="${format}" fontId="${font}" fillId="0" borderId="${border}" xfId="0" applyNumberFormat="1" ` +
        `applyFont="1" applyBorder="1" applyAlignment="1"${look.quoted ? ' quotePrefix="1"' : ''}>${alignmentOf(look)}</xf>`,
    );
  }

  /** The part xl/styles.xml, without its XML declaration. */
  xml(): string {
    const formats = this.#formats
      .members()
      .map((code, place) => `<numFmt numFmtId="${FIRST_FORMAT + place}" formatCode="${code}"/>`);
    return (
      '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
      (formats.length > 0 ? listOf('numFmts', formats) : '') +
      listOf('fonts', this.#fonts.members()) +
      '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
      listOf('borders', Object.values(BORDERS)) +
      '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
      listOf('cellXfs', this.#cells.members()) +
      '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    );
  }
}
