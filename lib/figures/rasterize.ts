import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { encodePng } from "./encode_png.ts";
import { FONT_FAMILY, type FontPair, loadFonts } from "./font.ts";

let starting: Promise<FontPair> | undefined;

/** Starts the rasterizer and reads the fonts, once for the process. */
function start(): Promise<FontPair> {
  starting ??= initialise().catch((error) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

async function initialise(): Promise<FontPair> {
  const wasm = new URL(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm"));
  const [fonts, bytes] = await Promise.all([loadFonts(), Deno.readFile(wasm)]);
  await initWasm(bytes);
  return fonts;
}

/** A picture as RGBA bytes, row by row. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * Turns an SVG into a PNG on white, its text in the font that the package carries.
 *
 * @param svg The SVG document.
 * @param options `scale`: pixels of the PNG for one of the SVG, 2 unless told.
 * @returns The PNG file's bytes; needs read permission (font and rasterizer).
 * @throws {Error} If the SVG is malformed.
 *
 * @example Two pixels for one (needs read permission, else does nothing)
 * ```ts
 * import { svgToPng } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "read" });
 * if (state === "granted") {
 *   const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>`;
 *   const png = await svgToPng(svg);
 *   const header = new DataView(png.buffer, png.byteOffset);
 *   assertEquals([header.getUint32(16), header.getUint32(20)], [60, 40]);
 * }
 * ```
 */
export async function svgToPng(
  svg: string,
  { scale = 2 }: { scale?: number } = {},
): Promise<Uint8Array> {
  const { width, height, pixels } = await svgToPixels(svg, { scale });
  // On white nothing is transparent; without the fourth channel a file is a third less.
  const data = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = pixels[from];
    data[to + 1] = pixels[from + 1];
    data[to + 2] = pixels[from + 2];
  }
  return encodePng({ width, height, channels: 3, data });
}

/**
 * Turns an SVG into RGBA pixels on white.
 *
 * @param svg The SVG document.
 * @param options `scale`: pixels for one of the SVG, 1 unless told.
 * @returns Width, height and the pixels; needs read permission.
 * @throws {Error} If the SVG is malformed.
 */
export async function svgToPixels(
  svg: string,
  { scale = 1 }: { scale?: number } = {},
): Promise<Raster> {
  const { regular, bold } = await start();
  const drawing = new Resvg(svg, {
    background: "#ffffff",
    fitTo: { mode: "zoom", value: scale },
    font: {
      fontBuffers: [regular.bytes, bold.bytes],
      defaultFontFamily: FONT_FAMILY,
      sansSerifFamily: FONT_FAMILY,
    },
  });
  try {
    const image = drawing.render();
    try {
      return { width: image.width, height: image.height, pixels: image.pixels };
    } finally {
      image.free();
    }
  } finally {
    drawing.free();
  }
}
