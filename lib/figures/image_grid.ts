import { encodePng } from "./encode_png.ts";
import { FONT_FAMILY, type FontPair, loadFonts } from "./font.ts";
import { svgToPixels } from "./rasterize.ts";
import { escapeMarkup } from "./escape_markup.ts";
import { type TiledImages, tileImages, type Tiles } from "./tile_images.ts";

/** A grid of grey images with the words around it. */
export interface ImageGrid extends Tiles {
  /** One line in bold over the grid. */
  readonly title?: string;
  /** Lines under the title. */
  readonly subtitle?: string | readonly string[];
  /** One for each row, left of it; "" writes nothing. */
  readonly rowLabels?: readonly string[];
  /** One for each column; "" writes nothing. */
  readonly columnLabels?: readonly string[];
  /** Where the column labels stand, "top" unless told. */
  readonly columnLabelSide?: "top" | "bottom";
  /** The name of the horizontal axis, on the side of the column labels. */
  readonly xTitle?: string;
  /** The name of the vertical axis, left of the row labels, reading upwards. */
  readonly yTitle?: string;
}

/** All lengths are in pixels of the PNG, which is to be shown at half its size. */
const TITLE = 28;
const LABEL = 22;
const LINE = 1.35;
const MARGIN = 28;
const SPACE = 14;

/**
 * Draws a grid of grey images as a grey PNG, with a title and labels where given.
 *
 * Without any words there is no margin, no font is read and no permission is needed.
 *
 * @param grid The images, the layout and the words.
 * @returns The PNG file's bytes.
 * @throws {RangeError} If a size is impossible, a value is NaN, or labels do not match
 *   the rows or columns.
 *
 * @example Two rows of two grey squares
 * ```ts
 * import { imageGrid } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * const images = new Float32Array(4 * 28 * 28).fill(0.5);
 * const png = await imageGrid({ images, count: 4, height: 28, width: 28, columns: 2 });
 * assertEquals([...png.slice(1, 4)], [..."PNG"].map((c) => c.charCodeAt(0)));
 * ```
 */
export async function imageGrid(grid: ImageGrid): Promise<Uint8Array> {
  const tiled = tileImages(grid);
  requireLabels(grid, tiled);
  if (!hasWords(grid)) return greyPng(tiled);
  const place = placeWords(grid, { tiled, fonts: await loadFonts() });
  const page = await svgToPixels(wordsSvg(grid, { tiled, place }));
  const pixels = new Uint8Array(page.width * page.height);
  // The words are grey on white: one channel holds all there is.
  for (let i = 0; i < pixels.length; i++) pixels[i] = page.pixels[4 * i];
  for (let row = 0; row < tiled.height; row++) {
    const line = tiled.pixels.subarray(row * tiled.width, (row + 1) * tiled.width);
    pixels.set(line, (place.top + row) * page.width + place.left);
  }
  return greyPng({ width: page.width, height: page.height, pixels });
}

function greyPng(
  { width, height, pixels }: { width: number; height: number; pixels: Uint8Array },
): Uint8Array {
  return encodePng({ width, height, channels: 1, data: pixels });
}

function requireLabels(grid: ImageGrid, { lefts, tops }: TiledImages): void {
  const wanted = { rowLabels: tops.length, columnLabels: lefts.length };
  for (const [name, count] of Object.entries(wanted)) {
    const labels = grid[name as keyof typeof wanted];
    if (labels === undefined || labels.length === count) continue;
    throw new RangeError(
      `Cannot label the grid as ${name} must number ${count}: ${labels.length}`,
    );
  }
}

function hasWords(grid: ImageGrid): boolean {
  const { title, subtitle, rowLabels, columnLabels, xTitle, yTitle } = grid;
  return [title, subtitle, rowLabels, columnLabels, xTitle, yTitle]
    .some((words) => words !== undefined && words.length > 0);
}

/** The page, and where the images start on it. */
interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function placeWords(
  grid: ImageGrid,
  { tiled, fonts }: { tiled: TiledImages; fonts: FontPair },
): Place {
  const { regular, bold } = fonts;
  const labels = (grid.rowLabels ?? []).map((label) => LABEL * regular.advance(label));
  const labelWidth = Math.max(0, ...labels);
  const left = MARGIN + (grid.yTitle ? LABEL * LINE + SPACE : 0) +
    (labelWidth > 0 ? labelWidth + SPACE : 0);
  const headWidth = Math.max(
    TITLE * bold.advance(grid.title ?? ""),
    ...subtitles(grid).map((line) => LABEL * regular.advance(line)),
  );
  const atTop = (grid.columnLabelSide ?? "top") === "top";
  const beside = columnWords(grid);
  const top = MARGIN + headHeight(grid) + (atTop ? beside : 0);
  return {
    left: Math.ceil(left),
    top: Math.ceil(top),
    width: Math.ceil(Math.max(left + tiled.width, MARGIN + headWidth) + MARGIN),
    height: Math.ceil(top + tiled.height + (atTop ? 0 : beside) + MARGIN),
  };
}

function subtitles({ subtitle = [] }: ImageGrid): readonly string[] {
  return typeof subtitle === "string" ? [subtitle] : subtitle;
}

function headHeight(grid: ImageGrid): number {
  const lines = subtitles(grid).length;
  const height = (grid.title ? TITLE * LINE : 0) + lines * LABEL * LINE;
  return height > 0 ? height + 1.7 * SPACE : 0;
}

/** The height of the column labels and the x title together. */
function columnWords({ columnLabels, xTitle }: ImageGrid): number {
  return (columnLabels ? LABEL * LINE + SPACE / 2 : 0) +
    (xTitle ? LABEL * LINE + SPACE / 2 : 0);
}

interface Word {
  readonly x: number;
  /** The baseline. */
  readonly y: number;
  readonly text: string;
  readonly anchor?: "start" | "middle" | "end";
  readonly size?: number;
  readonly bold?: boolean;
  readonly upwards?: boolean;
}

function wordsSvg(
  grid: ImageGrid,
  { tiled, place }: { tiled: TiledImages; place: Place },
): string {
  const words = [
    ...headWords(grid),
    ...rowWords(grid, { tiled, place }),
    ...columnWordsAt(grid, { tiled, place }),
  ];
  const { width, height } = place;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    words.map(wordSvg).join("") + "</svg>";
}

function headWords(grid: ImageGrid): Word[] {
  const title = grid.title
    ? [{ x: MARGIN, y: MARGIN + TITLE, text: grid.title, size: TITLE, bold: true }]
    : [];
  const top = MARGIN + (grid.title ? TITLE * LINE : 0);
  const lines = subtitles(grid).map((text, i) => ({
    x: MARGIN,
    y: top + LABEL * (1.1 + i * LINE),
    text,
  }));
  return [...title, ...lines];
}

/** The baseline that sets letters of the label size around a middle. */
const HALF_CAP = 0.36 * LABEL;

function rowWords(
  { rowLabels = [], yTitle }: ImageGrid,
  { tiled, place }: { tiled: TiledImages; place: Place },
): Word[] {
  const labels = rowLabels.map((text, i): Word => ({
    x: place.left - SPACE,
    y: place.top + tiled.tops[i] + tiled.cellHeight / 2 + HALF_CAP,
    text,
    anchor: "end",
  }));
  const middle = place.top + tiled.height / 2;
  return yTitle
    ? [...labels, {
      x: MARGIN + LABEL,
      y: middle,
      text: yTitle,
      anchor: "middle",
      upwards: true,
    }]
    : labels;
}

function columnWordsAt(
  grid: ImageGrid,
  { tiled, place }: { tiled: TiledImages; place: Place },
): Word[] {
  const { columnLabels = [], xTitle } = grid;
  const below = place.top + tiled.height;
  const atTop = (grid.columnLabelSide ?? "top") === "top";
  const line = LABEL * LINE + SPACE / 2;
  const y = atTop ? place.top - SPACE / 2 - 2 : below + LABEL + SPACE / 2;
  const labels = columnLabels.map((text, i): Word => ({
    x: place.left + tiled.lefts[i] + tiled.cellWidth / 2,
    y,
    text,
    anchor: "middle",
  }));
  if (!xTitle) return labels;
  const shift = columnLabels.length > 0 ? line : 0;
  return [...labels, {
    x: place.left + tiled.width / 2,
    y: atTop ? y - shift : y + shift,
    text: xTitle,
    anchor: "middle",
  }];
}

function wordSvg(
  { x, y, text, anchor = "start", size = LABEL, bold, upwards }: Word,
): string {
  const turned = upwards ? ` transform="rotate(-90 ${x} ${y})"` : "";
  const fill = bold ? "#202020" : "#505050";
  return `<text x="${x}" y="${y}" font-family="${FONT_FAMILY}" font-size="${size}" ` +
    `font-weight="${bold ? "bold" : "normal"}" fill="${fill}" text-anchor="${anchor}"` +
    `${turned}>${escapeMarkup(text)}</text>`;
}
