/** Grey images of one size, to be laid out in a grid. */
export interface Tiles {
  /** [count, height, width]: bytes from 0 to 255, or fractions from 0 to 1. */
  readonly images: Uint8Array | Uint8ClampedArray | Float32Array | Float64Array;
  /** How many images to lay out; more may be given. */
  readonly count: number;
  /** Of an image, in its own pixels. */
  readonly height: number;
  /** Of an image, in its own pixels. */
  readonly width: number;
  /** How many images stand in a row. */
  readonly columns: number;
  /** Pixels of the picture for one of the image, each way; as {@link zoomFor}. */
  readonly zoom?: number;
  /** White pixels between images, 8 unless told. */
  readonly gap?: number;
  /** The columns after which the gap is three times as wide. */
  readonly columnBreaks?: readonly number[];
  /** The rows after which the gap is three times as wide. */
  readonly rowBreaks?: readonly number[];
  /** Draw 0 as white and 1 as black, like ink on paper. */
  readonly invert?: boolean;
}

/** A grid of grey images as one grey picture on white, and where the images lie. */
export interface TiledImages {
  /** Of the picture, in pixels. */
  readonly width: number;
  /** Of the picture, in pixels. */
  readonly height: number;
  /** Grey bytes, [height, width]. */
  readonly pixels: Uint8Array;
  /** The left edge of each column. */
  readonly lefts: readonly number[];
  /** The upper edge of each row. */
  readonly tops: readonly number[];
  /** The width of a column in the picture. */
  readonly cellWidth: number;
  /** The height of a row in the picture. */
  readonly cellHeight: number;
}

/** The width in pixels that a grid comes near to unless told: 600 on the page. */
const USUAL_WIDTH = 1200;

/**
 * Chooses how large to draw the pixels of a grid, so that it is about as wide as a
 * page.
 *
 * @param tiles The width of an image and the number of columns.
 * @returns A whole number from 1 to 8: pixels of the picture for one of the image.
 *
 * @example Twenty digits in a row, and two
 * ```ts
 * import { zoomFor } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(zoomFor({ width: 28, columns: 20 }), 2);
 * assertEquals(zoomFor({ width: 28, columns: 2 }), 8);
 * ```
 */
export function zoomFor({ width, columns }: Pick<Tiles, "width" | "columns">): number {
  return Math.max(1, Math.min(8, Math.round(USUAL_WIDTH / (width * columns))));
}

/**
 * Chooses the number of columns for some images, so that the rows are full where they
 * can be and the grid is wider than high.
 *
 * @param count How many images there are.
 * @returns A divisor of the count from its root to twice that, else the root.
 *
 * @example Full rows where the count allows
 * ```ts
 * import { columnsFor } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([64, 100, 60, 7, 1].map(columnsFor), [16, 20, 15, 3, 1]);
 * ```
 */
export function columnsFor(count: number): number {
  const root = Math.ceil(Math.sqrt(count));
  for (let columns = 2 * root; columns >= root; columns--) {
    if (count % columns === 0 && columns < count) return columns;
  }
  return root;
}

/**
 * Lays grey images out in a grid, row by row, each pixel as a square of pixels.
 *
 * Fractions outside [0, 1] are held to it: a Gaussian decoder may draw beyond black.
 *
 * @param tiles The images and the layout.
 * @returns The picture; where the last row is short it stays white.
 * @throws {RangeError} If sizes are not positive whole numbers, the images are too few
 *   values, or a value is NaN.
 *
 * @example Two images of one row
 * ```ts
 * import { tileImages } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * const images = new Uint8Array([0, 80, 160, 240]);
 * const sizes = { count: 2, height: 1, width: 2, columns: 2, zoom: 1, gap: 1 };
 * assertEquals([...tileImages({ images, ...sizes }).pixels], [0, 80, 255, 160, 240]);
 * ```
 */
export function tileImages(tiles: Tiles): TiledImages {
  requireSizes(tiles);
  const { count, height, width, columns, zoom = zoomFor(tiles), gap = 8 } = tiles;
  const shown = Math.min(columns, count);
  const rows = Math.ceil(count / columns);
  const across = edges(shown, { cell: width * zoom, gap, breaks: tiles.columnBreaks });
  const down = edges(rows, { cell: height * zoom, gap, breaks: tiles.rowBreaks });
  const pixels = new Uint8Array(across.total * down.total).fill(255);
  for (let i = 0; i < count; i++) {
    const top = down.starts[Math.floor(i / columns)];
    const left = across.starts[i % columns];
    drawImage(tiles, {
      index: i,
      zoom,
      at: top * across.total + left,
      pixels,
      stride: across.total,
    });
  }
  return {
    width: across.total,
    height: down.total,
    pixels,
    lefts: across.starts,
    tops: down.starts,
    cellWidth: width * zoom,
    cellHeight: height * zoom,
  };
}

function requireSizes(tiles: Tiles): void {
  const { images, count, height, width, columns, zoom = 1, gap = 8 } = tiles;
  for (const [name, size] of Object.entries({ count, height, width, columns, zoom })) {
    if (Number.isInteger(size) && size >= 1) continue;
    throw new RangeError(
      `Cannot lay out the images as ${name} must be a positive whole number: ${size}`,
    );
  }
  if (!(Number.isInteger(gap) && gap >= 0)) {
    throw new RangeError(
      `Cannot lay out the images as gap must be a whole number, 0 or more: ${gap}`,
    );
  }
  if (images.length < count * height * width) {
    throw new RangeError(
      `Cannot lay out the images as they must hold ${count} of ${height} x ${width} ` +
        `pixels: ${images.length} values`,
    );
  }
}

function edges(
  count: number,
  { cell, gap, breaks = [] }: { cell: number; gap: number; breaks?: readonly number[] },
): { starts: number[]; total: number } {
  const starts: number[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    starts.push(at);
    at += cell + (breaks.includes(i) ? 3 * Math.max(gap, 2) : gap);
  }
  return { starts, total: starts[count - 1] + cell };
}

function drawImage(
  { images, height, width, invert = false }: Tiles,
  { index, at, pixels, stride, zoom }: {
    index: number;
    zoom: number;
    at: number;
    pixels: Uint8Array;
    stride: number;
  },
): void {
  const unit = images instanceof Float32Array || images instanceof Float64Array
    ? 255
    : 1;
  for (let pixel = 0; pixel < height * width; pixel++) {
    const value = images[index * height * width + pixel];
    if (Number.isNaN(value)) {
      throw new RangeError(
        `Cannot draw image ${index} as its pixels must be numbers: NaN at ${pixel}`,
      );
    }
    const byte = Math.round(Math.min(255, Math.max(0, unit * value)));
    const grey = invert ? 255 - byte : byte;
    const corner = at + Math.floor(pixel / width) * zoom * stride +
      (pixel % width) * zoom;
    for (let row = 0; row < zoom; row++) {
      pixels.fill(grey, corner + row * stride, corner + row * stride + zoom);
    }
  }
}
