/**
 * The one font of every picture, carried along because a machine without fonts draws
 * charts without words and reports no error.
 */

/** A TrueType font: its bytes for the rasterizer, its advance widths for the layout. */
export interface Font {
  readonly bytes: Uint8Array;
  /** The advance of a line of text in units of the font size. */
  advance(text: string): number;
}

/** The two weights that the figures use. */
export interface FontPair {
  readonly regular: Font;
  readonly bold: Font;
}

/** The family name inside the font files. */
export const FONT_FAMILY = "DejaVu Sans";

let loading: Promise<FontPair> | undefined;

/**
 * Reads DejaVu Sans, regular and bold, once for the process.
 *
 * @returns Both weights; needs read permission.
 * @throws {Deno.errors.NotCapable} Without read permission for the package's files.
 */
export function loadFonts(): Promise<FontPair> {
  loading ??= readPair().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function readPair(): Promise<FontPair> {
  const [regular, bold] = await Promise.all([
    readUrl(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")),
    readUrl(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf")),
  ]);
  return { regular: parseFont(regular), bold: parseFont(bold) };
}

function readUrl(url: string): Promise<Uint8Array<ArrayBuffer>> {
  return Deno.readFile(new URL(url));
}

/**
 * Reads the advance widths of a TrueType font (tables head, hhea, hmtx, cmap format 4).
 *
 * Vega without a canvas guesses 0.8 of the font size a letter, which leaves legends and
 * margins a third too wide; the true advances are in the font.
 *
 * @param bytes A TrueType file.
 * @returns The font.
 * @throws {SyntaxError} If the file has no such tables.
 */
export function parseFont(bytes: Uint8Array): Font {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = tableOffsets(view);
  const unitsPerEm = view.getUint16(tables("head") + 18);
  const longMetrics = view.getUint16(tables("hhea") + 34);
  const hmtx = tables("hmtx");
  const glyphOf = unicodeMap(view, tables("cmap"));
  const advanceOf = (codePoint: number) => {
    const row = Math.min(glyphOf(codePoint), longMetrics - 1);
    return view.getUint16(hmtx + 4 * row) / unitsPerEm;
  };
  return {
    bytes,
    advance: (text) => {
      let sum = 0;
      for (const letter of text) sum += advanceOf(letter.codePointAt(0)!);
      return sum;
    },
  };
}

function tableOffsets(view: DataView): (tag: string) => number {
  const offsets = new Map<string, number>();
  const count = view.byteLength < 12 ? 0 : view.getUint16(4);
  for (let i = 0; i < count; i++) {
    const at = 12 + 16 * i;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(at + k)));
    offsets.set(tag, view.getUint32(at + 8));
  }
  return (tag) => {
    const offset = offsets.get(tag);
    if (offset === undefined) {
      throw new SyntaxError(
        `Cannot read the font as it must have a table "${tag}": none found`,
      );
    }
    return offset;
  };
}

/** From a code point to a glyph index, 0 where the font has no glyph. */
function unicodeMap(view: DataView, cmap: number): (codePoint: number) => number {
  const count = view.getUint16(cmap + 2);
  for (let i = 0; i < count; i++) {
    const subtable = cmap + view.getUint32(cmap + 4 + 8 * i + 4);
    if (view.getUint16(subtable) === 4) return segmentMap(view, subtable);
  }
  throw new SyntaxError(
    "Cannot read the font as its cmap must have a table of format 4: none found",
  );
}

function segmentMap(view: DataView, at: number): (codePoint: number) => number {
  const doubled = view.getUint16(at + 6);
  const ends = at + 14;
  const starts = ends + doubled + 2;
  const deltas = starts + doubled;
  const ranges = deltas + doubled;
  return (codePoint) => {
    for (let k = 0; k < doubled; k += 2) {
      if (view.getUint16(ends + k) < codePoint) continue;
      const start = view.getUint16(starts + k);
      if (start > codePoint) return 0;
      const delta = view.getUint16(deltas + k);
      const range = view.getUint16(ranges + k);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = view.getUint16(ranges + k + range + 2 * (codePoint - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
