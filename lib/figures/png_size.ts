const SIGNATURE = "89504e470d0a1a0a";

/**
 * Reads the size of a PNG picture from its header.
 *
 * @param png The file's bytes; the first 24 are enough.
 * @returns Width and height in pixels; `undefined` when it is no PNG.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encode } from "fast-png";
 * import { pngSize } from "./png_size.ts";
 *
 * const data = Uint8Array.of(0, 255);
 * const png = encode({ width: 2, height: 1, channels: 1, data });
 * assertEquals(pngSize(png), { width: 2, height: 1 });
 * ```
 */
export function pngSize(
  png: Uint8Array,
): { width: number; height: number } | undefined {
  // Signature, length and type of the first chunk, width, height.
  if (png.length < 24 || png.subarray(0, 8).toHex() !== SIGNATURE) return undefined;
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
